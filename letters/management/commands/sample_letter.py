"""Print a sample letter to any constituency's MP."""

from __future__ import annotations

import dataclasses
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.rendering.pdf import RenderingNotReadyError, render_letter_pdf
from letters.writing.compose import LetterText, Sender, choose_asks, write_letter
from letters.writing.draft import Draft, Piece

SAMPLE_SENDER = Sender(name="A. Constituent", lines=("1 Example Street", "Sampletown"), postcode="ZZ99 9ZZ")
SAMPLE_ARGUMENTS = 2


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
        text = write_sample(find_campaign(options["campaign"]), options["gss"].strip().upper())
        try:
            pdf = render_letter_pdf(text, large_print=options["large_print"])
        except RenderingNotReadyError as error:
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


def write_sample(campaign: Campaign, gss: str) -> LetterText:
    """Return a letter with the campaign's first arguments and its first suitable ask, marked as a sample.

    Raises CommandError if the constituency is unknown or vacant, or if the campaign offers no argument.
    """
    constituency = Constituency.objects.with_members().filter(gss=gss).first()
    if constituency is None:
        raise CommandError(f"There is no constituency {gss}. If the list is empty, run `manage.py import_members`.")
    if constituency.member is None:
        raise CommandError(f"{constituency.name} has no sitting MP at present, so there is nobody to write to.")
    offered = campaign.arguments.offered().with_facts()[:SAMPLE_ARGUMENTS]
    arguments = {argument.key: argument for argument in offered}
    if not arguments:
        raise CommandError(f"The campaign “{campaign.slug}” offers no argument at present.")
    asks = choose_asks(campaign, constituency.member)
    draft = Draft(gss=gss, pieces=[Piece(key, length="full") for key in arguments], ask=asks[0].key if asks else "")
    text = write_letter(draft, campaign, arguments, constituency, constituency.member, SAMPLE_SENDER)
    return dataclasses.replace(text, sample=True)
