"""The fact about their constituency that a supporter may add: what it is today."""

from __future__ import annotations

from campaign.content.models import Campaign, LocalFact
from campaign.parliament.models import Constituency
from letters.writing.openings import list_openings


def find_local_fact(campaign: Campaign, gss: str) -> LocalFact | None:
    """Return the campaign's fact about this constituency, if there is one in date. Asked for once in a request."""
    known: dict[str, LocalFact | None] = vars(campaign).setdefault("_known_local_facts", {})
    if gss not in known:
        known[gss] = LocalFact.objects.in_date().filter(campaign=campaign, gss=gss).first()
    return known[gss]


def list_supplied(campaign: Campaign, constituency: Constituency) -> list[str]:
    """Return what the campaign supplies for letters from this constituency alone: openings and its fact."""
    fact = find_local_fact(campaign, constituency.gss)
    said = [fact.say(constituency.name), fact.say_with_source(constituency.name)] if fact else []
    return [*list_openings(campaign, constituency), *said]
