"""A real Celery worker on the database of the tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.servers.processes import running


@contextmanager
def run_worker(folder: Path, *, beat: bool = False, **env: str) -> Iterator[Path]:
    """Run a worker that sees what this process commits; yields the path of its log.

    `env` adds to its environment, such as LIVE_DELIVERY="true". Without `beat` nothing sweeps by itself.
    """
    from campaign.celery import app

    app.control.purge()  # what an earlier test asked for is not this one's
    log = folder / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "campaign", "worker", "-P", "threads", "-c", "2"]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    if beat:
        command += ["-B", "--schedule", str(folder / "beat-schedule")]
    with running(command, log=log, env=_environment() | env, is_ready=lambda: b" ready." in log.read_bytes()):
        yield log


def _environment() -> dict[str, str]:
    """Return the environment that gives the worker this process's settings."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
    return ours | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": _database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "PARLEY_DATA_DIR": str(settings.DATA_DIR),
        "EMAIL_HOST": settings.EMAIL_HOST,
        "EMAIL_PORT": str(settings.EMAIL_PORT),
        "SITE_URL": settings.SITE_URL,
        "LETTERS_FROM": settings.LETTERS_FROM,
        "LIVE_DELIVERY": str(settings.LIVE_DELIVERY),
        "REHEARSAL_ADDRESS": settings.REHEARSAL_ADDRESS,
    }


def _database_url() -> str:
    """Return the URL of the test database that this process uses."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    return f"postgres://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
