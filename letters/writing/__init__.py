"""From a supporter's choices and words to the letter's text."""
