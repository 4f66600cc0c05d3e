"""Log filters and formatters: without secrets, and without needless tracebacks."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from typing import Any

# The secret part of a path: anybody who has it can read, withdraw or confirm a letter, or become an organiser.
SECRET_PATH = re.compile(r"/(confirm|invitation|letter)/[^/\s]+")


class HideSecretPaths(logging.Filter):
    """Replaces the secret in paths of confirmations, invitations and letters, since Django's warnings name paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message. Every record passes."""
        record.msg, record.args = SECRET_PATH.sub(r"/\1/…", record.getMessage()), ()
        return True


class RefusalsInOneLine(logging.Filter):
    """Drops the traceback where Django refuses a request, such as one for an unknown host.

    Anybody can send such requests, and the traceback is always the same.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the record's traceback. Every record passes."""
        if record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
        return True


class Lines(logging.Formatter):
    """Plain lines, with the request's number at the end, an error's traceback below."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        number = getattr(record, "request_id", "")
        return super().formatMessage(record) + (f" [{number}]" if number else "")

    def formatException(self, ei: Any) -> str:
        """Return the traceback without secret paths."""
        return SECRET_PATH.sub(r"/\1/…", super().formatException(ei))


class JsonLines(Lines):
    """One JSON object a line, for log collectors; with `letter` if the record names one, and `request`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if reference := getattr(record, "letter", ""):
            line["letter"] = str(reference)
        if number := getattr(record, "request_id", ""):
            line["request"] = str(number)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
