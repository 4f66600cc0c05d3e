"""`manage.py fetch_bounces`: takes in the mail that came back."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from letters.bounces.apply import Outcome, take_bounce
from letters.bounces.fetch import AfterReading, InboxError, read_path, read_pipe, walk_imap
from letters.models import Heartbeat

# Applied reports carry the letter, with name and address: they go. What a person may want to read stays.
LEAVE = {
    Outcome.BOUNCED: AfterReading.REMOVED,
    Outcome.NOTED: AfterReading.REMOVED,
    Outcome.KNOWN: AfterReading.REMOVED,
    Outcome.EARLY: AfterReading.AGAIN,
}


class Command(BaseCommand):
    """Take in bounces from a pipe, a file or folder, or the IMAP mailbox of the settings."""

    help = (
        "Reads returned mail and marks letters as bounced. Reads from BOUNCE_IMAP_URL, from PATH, or with --pipe from "
        "standard input. Reading the same mail twice changes nothing."
    )
    requires_system_checks: list[str] = []  # a missing font is no reason to refuse a report

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, metavar="PATH", help="a mail, an mbox, a Maildir or a folder of mails"
        )
        parser.add_argument(
            "--pipe", action="store_true", help="read one mail from standard input, as Postfix sends it"
        )
        parser.add_argument("--recipient", help="with --pipe: the envelope recipient; the headers are then ignored")

    def handle(self, *_args: Any, path: Path | None, pipe: bool, recipient: str | None, **_options: Any) -> None:
        if pipe and path:
            raise CommandError("Give PATH or --pipe, not both.")
        if recipient is not None and not pipe:
            raise CommandError("--recipient can only be used with --pipe.")
        self.tally: Counter[Outcome] = Counter()
        if pipe:
            self.take_pipe(recipient)
        elif path:
            try:
                for raw in read_path(path):
                    self.take(raw)
            except OSError as error:
                raise CommandError(f"Cannot read {path}: {error.strerror or error}.") from error
        elif settings.BOUNCE_IMAP_URL:
            try:
                walk_imap(settings.BOUNCE_IMAP_URL, self.take)
                Heartbeat.beat("bounces")
            except InboxError as error:
                raise CommandError(f"The mailbox for returned mail could not be read completely: {error}") from error
        else:
            raise CommandError("Set BOUNCE_IMAP_URL, or give PATH or --pipe.")
        counts = ", ".join(f"{self.tally[outcome]} {outcome.value}" for outcome in Outcome if self.tally[outcome])
        self.stdout.write(f"{self.tally.total()} read: {counts}" if counts else "0 read")

    def take(self, raw: bytes, recipient: str | None = None) -> AfterReading:
        outcome = take_bounce(raw, recipient)
        self.tally[outcome] += 1
        return LEAVE.get(outcome, AfterReading.KEPT)

    def take_pipe(self, recipient: str | None) -> None:
        """Apply the mail on standard input; tell the mail server to try again (EX_TEMPFAIL) if that cannot be now.

        With any other exit code Postfix would throw the report away.
        """
        try:
            leave = self.take(read_pipe(sys.stdin.buffer), recipient)
        except DatabaseError as error:
            raise CommandError(
                f"The database does not answer ({type(error).__name__}).", returncode=os.EX_TEMPFAIL
            ) from error
        if leave is AfterReading.AGAIN:
            raise CommandError("The letter is being sent at this moment. Try again later.", returncode=os.EX_TEMPFAIL)
