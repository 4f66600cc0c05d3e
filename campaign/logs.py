"""What logs leave out."""

from __future__ import annotations

import logging
import re

# The secret part of a path: whoever has it can read, withdraw or confirm a letter.
SECRET_PATH = re.compile(r"/(confirm|letter)/[^/\s]+")


class HideSecretPaths(logging.Filter):
    """Replaces the secret in the path of a confirmation or a letter: Django names paths in its warnings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message; let every record pass."""
        record.msg, record.args = SECRET_PATH.sub(r"/\1/…", record.getMessage()), ()
        return True
