"""Refusing to start what would not work."""

from __future__ import annotations

from django.core.checks import ERROR, run_checks


def refuse_to_start_on_errors() -> None:
    """Raise SystemExit with the words of every failed system check.

    `manage.py` runs the checks by itself; a web server and a Celery worker do not, and would fail at the first letter.
    """
    errors = [str(message) for message in run_checks() if message.level >= ERROR]
    if errors:
        raise SystemExit("Parley cannot start:\n" + "\n".join(errors))
