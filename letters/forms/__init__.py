"""What the pages ask, and what they say about the answers."""
