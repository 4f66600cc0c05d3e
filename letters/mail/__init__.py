"""Composing mails, and sending them over SMTP."""
