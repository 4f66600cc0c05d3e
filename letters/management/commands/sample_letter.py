"""Print a sample letter to any constituency's MP."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.content.models import Campaign
from letters.rendering.pdf import RenderingNotReadyError, render_letter_pdf
from letters.writing.sample import SampleError, write_sample


class Command(BaseCommand):
    """Write a sample letter's PDF to the standard output."""

    help = "Writes a sample letter as a PDF to standard output: manage.py sample_letter --gss E14001064 > letter.pdf"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--gss", required=True, help="the constituency's GSS code, such as E14001064")
        parser.add_argument("--campaign", metavar="SLUG", help="needed only if there are several")
        parser.add_argument("--large-print", action="store_true", help="in 18 pt type")

    def handle(self, *args: Any, **options: Any) -> None:
        if self.stdout.isatty():
            raise CommandError("A terminal cannot show a PDF. Add `> letter.pdf` to the command.")
        try:
            text = write_sample(find_campaign(options["campaign"]), options["gss"].strip().upper())
            pdf = render_letter_pdf(text, large_print=options["large_print"])
        except (SampleError, RenderingNotReadyError) as error:
            raise CommandError(str(error)) from error
        self.stdout.buffer.write(pdf)  # type: ignore[attr-defined]  # passed on to the stream beneath


def find_campaign(slug: str | None) -> Campaign:
    """Return the campaign of this slug, or the only one. Raises CommandError if there is none or a choice."""
    campaigns = {campaign.slug: campaign for campaign in Campaign.objects.order_by("slug")}
    if not campaigns:
        raise CommandError("There is no campaign yet. Load one with `manage.py load_campaign`.")
    known = ", ".join(campaigns)
    if slug is None:
        if len(campaigns) > 1:
            raise CommandError(f"There are several campaigns. Add --campaign with one of: {known}.")
        return next(iter(campaigns.values()))
    if slug not in campaigns:
        raise CommandError(f"There is no campaign “{slug}”. Campaigns here: {known}.")
    return campaigns[slug]
