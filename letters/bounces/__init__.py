"""Bounces: mails that come back, and what they mean for a letter."""
