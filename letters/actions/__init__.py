"""What may happen to a letter, one file per action."""
