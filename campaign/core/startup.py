"""Refuses to start a process that would not work."""

from __future__ import annotations

import sys

from django.core.checks import ERROR, run_checks

CANNOT_START = 3  # gunicorn's code for an application that does not load: it does not retry


def refuse_to_start_on_errors() -> None:
    """Print the words of every failed system check and raise SystemExit with CANNOT_START.

    `manage.py` runs the checks by itself; a web server and a Celery worker do not, and would fail at the first letter.
    """
    errors = [str(message) for message in run_checks() if message.level >= ERROR]
    if errors:
        sys.stderr.write("\n".join(["Parley cannot start:", *errors, ""]))
        raise SystemExit(CANNOT_START)
