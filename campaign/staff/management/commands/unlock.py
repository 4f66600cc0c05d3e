"""Let a locked-out organiser try again."""

from __future__ import annotations

from typing import Any

from axes.utils import reset
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Forget an account's wrong tries."""

    help = "Clears an account's wrong passwords and codes, from every address, so that its owner can try again now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        found = reset(username=username)
        self.stdout.write(f"{username} can try again." if found else f"{username} was not locked out.")
