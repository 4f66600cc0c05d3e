"""`manage.py purge_personal_data`: deletes what has been kept for as long as it may be."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from letters.actions.purge import purge_data
from letters.models import SWEEP, Heartbeat, has_jumped, reset_clock


class Command(BaseCommand):
    """Purge, or say what would be purged."""

    help = (
        "Deletes personal data that have been kept for as long as the settings allow. Beat does the same every hour. "
        "Letters keep their constituency, arguments, dates and status."
    )
    requires_system_checks: list[str] = []  # a missing font is no reason to keep data

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what is due for deletion")
        parser.add_argument(
            "--clock-is-right", action="store_true", help="confirm that this machine's clock is right after a jump"
        )

    def handle(self, *_args: Any, dry_run: bool, clock_is_right: bool, **_options: Any) -> None:
        """Purge and print the counts of each rule. Raises CommandError if the clock is in doubt."""
        if clock_is_right:
            reset_clock()
            Heartbeat.beat(SWEEP)  # else the next look would find the same jump
        elif not dry_run and has_jumped():
            now = timezone.localtime()
            raise CommandError(
                f"Nothing was deleted. This machine's clock says {now:%-d %B %Y, %H:%M}, more than a day from the last "
                "sweep. Either the clock is wrong, or the site was off. If it is right, run this again with "
                "--clock-is-right."
            )
        counts = purge_data(dry_run=dry_run)
        self.stdout.write("Due (nothing was deleted):" if dry_run else "Deleted:")
        for name, count in counts.items():
            self.stdout.write(f"{count:>8,}  {name}")
