"""The demo's local mailbox: a mail server on loopback that keeps everything, and pages to read it.

It holds all mail, so it exists only where MAILBOX_DIR is set and answers nobody but this machine.
"""
