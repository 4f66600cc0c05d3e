"""The forms, with their error messages."""
