"""A campaign's numbers: counted, laid out, exported."""
