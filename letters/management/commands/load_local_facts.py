"""Load a campaign's facts about constituencies."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.content.local_facts import FactsRefusedError, parse_facts, replace_facts
from campaign.content.models import Campaign
from campaign.parliament.models import Constituency


class Command(BaseCommand):
    """Put the facts of a CSV file in place of those that a campaign has."""

    help = "Loads a campaign's facts about constituencies from a CSV file. They replace the facts it has."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the campaign's short name")
        parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file (docs/campaigns.md)")
        parser.add_argument("--dry-run", action="store_true", help="check the file, and change nothing")

    def handle(self, *_args: Any, slug: str, file: Path, dry_run: bool, **_options: Any) -> None:
        """Load it. Raises CommandError with every fault; then nothing has changed."""
        campaign = Campaign.objects.filter(slug=slug).first()
        if campaign is None:
            raise CommandError(f"There is no campaign “{slug}”.")
        try:
            facts = parse_facts(file.read_bytes(), set(Constituency.objects.values_list("pk", flat=True)))
        except OSError as error:
            raise CommandError(f"{file}: cannot be read: {error.strerror or error}") from None
        except FactsRefusedError as refused:
            lines = [f"{file}: {fault}" for fault in refused.faults]
            raise CommandError("\n".join([*lines, "Nothing was changed."])) from None
        if dry_run:
            self.stdout.write(f"{len(facts)} constituencies. This was a dry run: nothing was saved.")
            return
        loaded = replace_facts(campaign, facts)
        self.stdout.write(f"Loaded facts about {loaded.count} constituencies.")
        if loaded.out_of_date:
            self.stdout.write(f"Out of date, and therefore not shown: {loaded.out_of_date}.")
