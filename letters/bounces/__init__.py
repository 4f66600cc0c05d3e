"""Mails and reports that come back, and what they mean for a letter."""
