"""The supporters' pages: the journey, sending, and those behind secret links."""
