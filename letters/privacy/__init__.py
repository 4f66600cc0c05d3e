"""Secret links, consent, redaction and lasting erasure."""
