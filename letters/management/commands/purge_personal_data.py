"""`manage.py purge_personal_data`: deletes what has been kept for as long as it may be."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from letters.actions.purge import purge_data


class Command(BaseCommand):
    """Purge, or say what would be purged."""

    help = (
        "Deletes personal data that have been kept for as long as the settings allow. Beat does the same each hour. "
        "Letters keep seat, arguments, dates and status."
    )
    requires_system_checks: list[str] = []  # a missing font is no reason to keep data

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the form."""
        parser.add_argument("--dry-run", action="store_true", help="only count what is due")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        """Purge and print the counts of each rule."""
        counts = purge_data(dry_run=dry_run)
        self.stdout.write("Due, nothing deleted:" if dry_run else "Deleted:")
        for name, count in counts.items():
            self.stdout.write(f"{count:>8,}  {name}")
