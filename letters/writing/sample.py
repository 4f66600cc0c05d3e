"""A letter that nobody has written: to look at, and to try the mail server with."""

from __future__ import annotations

import dataclasses

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.writing.compose import LetterText, Sender, choose_asks, write_letter
from letters.writing.draft import Draft, Piece

SAMPLE_SENDER = Sender(name="A. Constituent", lines=("1 Example Street", "Sampletown"), postcode="ZZ99 9ZZ")
SAMPLE_ARGUMENTS = 2


class SampleError(Exception):
    """There is nothing to make a sample of; its words say why."""


def write_sample(campaign: Campaign, gss: str) -> LetterText:
    """Return a letter with the campaign's first arguments and its first suitable ask, marked as a sample.

    Raises SampleError if the constituency is unknown or vacant, or if the campaign offers no argument.
    """
    constituency = Constituency.objects.with_members().filter(gss=gss).first()
    if constituency is None:
        raise SampleError(f"There is no constituency {gss}. If the list is empty, run `manage.py import_members`.")
    if constituency.member is None:
        raise SampleError(f"{constituency.name} has no sitting MP at present, so there is nobody to write to.")
    offered = campaign.arguments.offered().with_facts()[:SAMPLE_ARGUMENTS]
    arguments = {argument.key: argument for argument in offered}
    if not arguments:
        raise SampleError(f"The campaign “{campaign.slug}” offers no argument at present.")
    asks = choose_asks(campaign, constituency.member)
    draft = Draft(gss=gss, pieces=[Piece(key, length="full") for key in arguments], ask=asks[0].key if asks else "")
    text = write_letter(draft, campaign, arguments, constituency, constituency.member, SAMPLE_SENDER)
    return dataclasses.replace(text, sample=True)
