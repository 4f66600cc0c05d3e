"""Hold the dashboard's numbers against a full count of all letters."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from letters.models import Letter
from letters.statistics.rollup import check_tallies, roll_up_all


class Command(BaseCommand):
    """Count every letter, compare, and mend what is wrong."""

    help = "Compares the dashboard's figures with a full count of all letters, and corrects them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only report what is wrong; exit code 1 if anything is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        counted = roll_up_all()
        wrong = check_tallies(mend=not options["dry_run"])
        for number, change in sorted(wrong.items()):
            what = " ".join(filter(None, [number.kind, number.key, number.other, number.status]))
            self.stdout.write(f"campaign {number.campaign_id}, {what}: wrong by {-change:+d}")
        left = Letter.objects.uncounted().count()
        self.stdout.write(f"Letters newly counted: {counted}. Still to count: {left}. Wrong figures: {len(wrong)}.")
        if wrong and options["dry_run"]:
            raise CommandError("Run this without --dry-run to correct them.")
        if wrong:
            self.stdout.write(self.style.SUCCESS("They are now correct."))
