"""The demo's local mailbox: a mail server on loopback that keeps every mail, and pages to read them.

Since it holds all mail it exists only if MAILBOX_DIR is set, and only for this machine.
"""
