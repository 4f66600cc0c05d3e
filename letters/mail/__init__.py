"""Mails as they are written, and the conversation with a mail server."""
