"""What logs leave out."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from typing import Any

# The secret part of a path: whoever has it can read, withdraw or confirm a letter.
SECRET_PATH = re.compile(r"/(confirm|letter)/[^/\s]+")


class HideSecretPaths(logging.Filter):
    """Replaces the secret in the path of a confirmation or a letter: Django names paths in its warnings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message; let every record pass."""
        record.msg, record.args = SECRET_PATH.sub(r"/\1/…", record.getMessage()), ()
        return True


class RefusalsInOneLine(logging.Filter):
    """Leaves out the traceback where Django refuses a request for what it says, such as an unknown host.

    Anybody can send such a request, and the traceback is always the same.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the traceback off the record; let every record pass."""
        if record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
        return True


class Lines(logging.Formatter):
    """A line of words, and below it the traceback of an error."""

    def formatException(self, ei: Any) -> str:
        """Return the traceback without secret paths."""
        return SECRET_PATH.sub(r"/\1/…", super().formatException(ei))


class JsonLines(Lines):
    """One JSON object a line, for programs that collect logs; `letter` is there if the record names one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if reference := getattr(record, "letter", ""):
            line["letter"] = str(reference)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
