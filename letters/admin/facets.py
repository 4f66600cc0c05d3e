"""How many letters each choice of the list's filters would show: exact, from the roll-up; no letter is read for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.db.models import CharField, Count, QuerySet, Sum, Value
from django.http import HttpRequest

from letters.models import Letter, Status, Tally

MOST_READ = 2000  # letters that have moved since they were counted, and unconfirmed ones; with more, no numbers
# What the roll-up can tell apart, by the parameter that asks for it.
ASKED = {
    "status__exact": "status",
    "campaign__id__exact": "campaign",
    "rehearsal__exact": "rehearsal",
    "party": "party",
    "constituency_gss__exact": "seat",
}
WRITTEN = re.compile(r"[1-9]\d*", re.ASCII)  # as a campaign's number stands in the roll-up
Group = tuple[str, str, str, str]  # campaign, rehearsal, party, status, as the list's address has them
NAMES = ("campaign", "rehearsal", "party", "status")


@dataclass(frozen=True)
class Facets:
    """The letters by campaign, rehearsal, party and status, and what is asked for of each."""

    groups: Mapping[Group, int]
    asked: Mapping[str, str]

    def count(self, by: str = "") -> Counter[str]:
        """Return how many there are of each, among those that the other filters leave; by nothing: how many at all."""
        others = [(NAMES.index(name), value) for name, value in self.asked.items() if name != by]
        counts: Counter[str] = Counter()
        for group, number in self.groups.items():
            if all(group[at] == value for at, value in others):
                counts[group[NAMES.index(by)] if by else ""] += number
        return counts


def read_asked(request: HttpRequest) -> dict[str, str] | None:
    """Return what the list is narrowed down to; None if the roll-up does not know it: a search, a day, an email.

    Nor does it know another way of writing a choice, such as 01 or True, which no link of the list has.
    """
    asked = {}
    for name, values in request.GET.lists():
        if name == PAGE_VAR or (name == SEARCH_VAR and not "".join(values).strip()):
            continue
        if name not in ASKED or len(values) != 1 or not values[0]:
            return None
        asked[ASKED[name]] = values[0]
    if not (WRITTEN.fullmatch(asked.get("campaign", "1")) and asked.get("rehearsal", "0") in ("0", "1")):
        return None
    return asked


def read_facets(request: HttpRequest) -> Facets | None:
    """Return the numbers, in one query; None if they would not be exact.

    The roll-up's are some seconds old: what has moved since is put right, and what it never holds is added.
    """
    asked = read_asked(request)
    if asked is None:
        return None
    letters, tallies = Letter.objects.all(), Tally.objects.filter(kind=Tally.Kind.SEAT, count__gt=0)
    if seat := asked.pop("seat", ""):
        letters, tallies = letters.filter(constituency_gss=seat), tallies.filter(key=seat)
    counted: Any = tallies.order_by().values_list(
        "campaign_id", "rehearsal", "other", "status", *name("", source="tally")
    )
    # In these orders the indexes answer at once; else a planner may read all letters to find none.
    moved = letters.uncounted().order_by("campaign_id")
    unconfirmed = letters.filter(status=Status.UNCONFIRMED).order_by("-created_at")
    parts = (count_some(moved, "moved"), count_some(unconfirmed, "open"))
    groups: Counter[Group] = Counter()
    read: Counter[str] = Counter()
    for campaign, rehearsal, party, status, counted_as, source, number in counted.annotate(n=Sum("count")).union(
        *parts, all=True
    ):
        kind = (str(campaign), str(int(rehearsal)), party)
        read[source] += number
        if source == "moved":
            groups[*kind, counted_as] -= number * (counted_as != Status.UNCONFIRMED)
            groups[*kind, status] += number * (status != Status.UNCONFIRMED)
        else:
            groups[*kind, status] += number
    exact = max(read["moved"], read["open"]) <= MOST_READ
    return Facets(groups, asked) if exact else None


def count_some(letters: QuerySet[Letter], source: str) -> Any:
    """Count those of the letters, up to a few more than are read, that have all in common."""
    some: Any = Letter.objects.filter(pk__in=letters.values("pk")[: MOST_READ + 1]).order_by()
    return some.values_list(
        "campaign_id", "rehearsal", "member_party", "status", "counted_as", *name(source=source)
    ).annotate(n=Count("pk"))


def name(*texts: str, source: str) -> list[Value]:
    """Return columns that say the same in each row."""
    return [Value(text, CharField()) for text in (*texts, source)]
