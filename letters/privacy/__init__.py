"""Secret links, consent, and what leaves no trace."""
