"""What may happen to a letter, one file an action."""
