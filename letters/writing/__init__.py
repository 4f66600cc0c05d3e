"""From a supporter's words to the letter's text."""
