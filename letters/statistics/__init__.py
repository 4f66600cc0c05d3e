"""A campaign's statistics: the roll-up, charts, exports."""
