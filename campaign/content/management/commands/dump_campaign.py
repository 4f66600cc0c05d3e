"""Write a campaign as a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.content.dumping import make_pack, write_pack
from campaign.content.models import Campaign
from campaign.content.pack import PackRefusedError
from campaign.content.parsing import parse_bytes


class Command(BaseCommand):
    """Write a campaign's content as a pack that load_campaign reads."""

    help = "Writes a campaign as a pack (YAML), without arguments that are not published."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--output", type=Path, metavar="FILE", help="write to FILE instead of standard output")

    def handle(self, *_args: Any, slug: str, output: Path | None, **_options: Any) -> None:
        """Raises CommandError if there is no such campaign or the file cannot be written."""
        campaign = Campaign.objects.filter(slug=slug).first()
        if campaign is None:
            known = ", ".join(Campaign.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no campaign “{slug}”. Campaigns here: {known}.")
        text = write_pack(make_pack(campaign))
        try:
            parse_bytes(text.encode())
        except PackRefusedError as refused:
            self.stderr.write(f"load_campaign would refuse this pack:\n{refused}")
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output}: cannot be written: {error.strerror or error}") from None
