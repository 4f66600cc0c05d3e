"""Load a campaign pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from campaign.content.corrections import MAX_NOTE, Change, say_carriers
from campaign.content.loading import load_pack
from campaign.content.models import saving_as, watch_changes
from campaign.content.pack import PackRefusedError
from campaign.content.parsing import parse_pack

MAX_FAULTS_SHOWN = 100


class Command(BaseCommand):
    """Make a campaign's content match a pack. Its mode, dates and promoter stay as they are."""

    help = "Loads a campaign pack (YAML) and says what changed. Loading it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pack", type=Path, metavar="PACK", help="the pack's file")
        parser.add_argument(
            "--letters",
            choices=[Change.FACT.value, Change.STYLE.value],
            help="if letters carry words that it changes: whether the facts change (then letters that have not been "
            "sent are held until their supporters have chosen) or only the style",
        )
        parser.add_argument(
            "--note", default="", metavar="TEXT", help="what was wrong, for the supporters who wrote these letters"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *_args: Any, pack: Path, dry_run: bool, letters: str | None, note: str, **_options: Any) -> None:
        """Load it. Raises CommandError with every fault if the pack is broken; then nothing has changed."""
        try:
            parsed = parse_pack(pack)
            with transaction.atomic(), saving_as(Change(letters or Change.STYLE), note=note[:MAX_NOTE]):
                with watch_changes() as old:
                    changes = load_pack(parsed, dry_run=dry_run)
                carried = say_carriers(old)
                if carried and not (letters or dry_run):
                    raise CommandError(
                        f"{carried} Nothing was changed. Say --letters fact if the old words are wrong: then letters "
                        "that have not been sent are held until their supporters have chosen; or --letters style."
                    )
        except OSError as error:
            raise CommandError(f"{pack}: cannot be read: {error.strerror or error}") from None
        except PackRefusedError as refused:
            lines = [f"{pack}: {fault}" for fault in refused.faults[:MAX_FAULTS_SHOWN]]
            more = len(refused.faults) - len(lines)
            lines += [f"… and {more} more"] if more else []
            count = "1 fault" if len(refused.faults) == 1 else f"{len(refused.faults)} faults"
            raise CommandError("\n".join([*lines, f"{count}; nothing was changed."])) from None
        for change in changes or ["nothing changed"]:
            self.stdout.write(change)
        if carried:
            self.stdout.write(carried)
        if dry_run:
            self.stdout.write("This was a dry run: nothing was saved.")
