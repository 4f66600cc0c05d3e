"""The letter as PDF, as HTML and as plain text."""
