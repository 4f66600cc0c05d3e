"""`manage.py doctor`: looks at the whole machine, and says what to do about each thing that is wrong."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign import __version__
from letters.doctor.examination import examine_all
from letters.doctor.finding import Finding, Level
from letters.mail.mime import MailRefusedError
from letters.mail.sample import build_sample_mail
from letters.mail.smtp import Connection, DeliveryResult
from letters.rendering.pdf import RenderingNotReadyError
from letters.writing.sample import SampleError

SIGNS = {Level.WELL: "ok  ", Level.WARNING: "LOOK", Level.PROBLEM: "BAD "}
EXIT_CODES = {Level.WELL: 0, Level.WARNING: 0, Level.PROBLEM: 1}


class Command(BaseCommand):
    """Examine, or send a test letter."""

    help = (
        "Checks database, broker, tasks, mail, DNS, disk, clock, keys, backups, certificate and more, and says what "
        "to do. Changes nothing, and sends nothing without --send-test. Exit code 1 if something does not work."
    )
    requires_system_checks: list[str] = []  # it has to answer just when things are broken

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the form."""
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")
        parser.add_argument("--send-test", metavar="ADDRESS", help="send a rehearsed letter with its PDF to ADDRESS")

    def handle(self, *_args: Any, send_test: str | None, **options: Any) -> None:
        """Print the findings, then end with 1 if one is a problem."""
        if send_test:
            self.stdout.write(send_test_letter(send_test))
            return
        findings = list(examine_all())
        if options["json"]:
            told = {"version": find_version(), "findings": [asdict(one) for one in findings]}
            self.stdout.write(json.dumps(told, indent=2))
        else:
            self.stdout.write("\n".join([*write_lines(findings), "", sum_up(findings)]))
        if code := max(EXIT_CODES[one.level] for one in findings):
            sys.exit(code)


def find_version() -> str:
    """Return Parley's version, Python's and Django's."""
    return f"Parley {__version__}, Python {platform.python_version()}, Django {django.get_version()}"


def write_lines(findings: list[Finding]) -> list[str]:
    """Return one line a finding, with what to do below it."""
    lines = [find_version(), ""]
    for one in findings:
        lines.append(f"{SIGNS[one.level]}  {one.subject}: {one.words}")
        if one.cure:
            lines.append(f"        → {one.cure}")
    return lines


def sum_up(findings: list[Finding]) -> str:
    """Return how many there are of each."""
    bad, look = (sum(one.level is level for one in findings) for level in (Level.PROBLEM, Level.WARNING))
    return f"{bad} to correct, {look} to look at." if bad or look else "No problems found."


def send_test_letter(address: str) -> str:
    """Send a sample letter, as in rehearsal, and return what the server said. Raises CommandError if it was not taken.

    Nobody has written it, so it may go anywhere but to Parliament.
    """
    if f".{address.rpartition('@')[2].lower()}".endswith(".parliament.uk"):
        raise CommandError("Test letters do not go to Parliament. Give one of your own addresses.")
    try:
        mail = build_sample_mail(address)
    except (SampleError, RenderingNotReadyError, MailRefusedError) as error:
        raise CommandError(str(error)) from error
    with Connection() as server:
        answer = server.send(mail.envelope_sender, mail.recipient, mail.content)
    if answer.fate is not DeliveryResult.ACCEPTED:
        raise CommandError(f"The mail server did not accept it: {answer.text}")
    return f"The mail server accepted it: {answer.text}. Check that it arrives, and that it is not marked as spam."
