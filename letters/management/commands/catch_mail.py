"""`manage.py catch_mail`: the demo's mail server."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from letters.mailbox.catcher import HOST, start_catcher


class Command(BaseCommand):
    """Catch mail on a port of this machine until told to stop."""

    help = "The demo's mail server: stores all mail in MAILBOX_DIR and delivers none. Only this machine can reach it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.EMAIL_PORT)

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        if settings.MAILBOX_DIR is None:
            raise CommandError("Set MAILBOX_DIR to the folder where mail is stored.")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            catcher = start_catcher(settings.MAILBOX_DIR, port)
        except OSError as error:
            raise CommandError(f"Cannot catch mail on port {port}: {error.strerror or error}.") from error
        self.stdout.write(f"Catching mail on {HOST}:{port} and storing it in {settings.MAILBOX_DIR}")
        self.stdout.flush()
        stop.wait()
        catcher.stop()
