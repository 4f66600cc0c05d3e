"""The list of letters: keyset pages, and the number of letters for each filter.

The last page is as fast as the first. The numbers are exact and come from the roll-up, without reading letters.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.db.models import CharField, Count, Q, QuerySet, Sum, Value
from django.http import HttpRequest
from django.utils import timezone

from campaign.parliament.models import Constituency, Member
from campaign.parliament.parties import find_family
from letters.admin.dates import list_steps, read_period
from letters.admin.filters import WhenFilter
from letters.models import REFERENCE_ALPHABET, Letter, LetterParagraph, Status, Tally

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


MAX_READ = 2000  # letters changed since they were counted, and unconfirmed ones; if more, no numbers are shown
# What the roll-up distinguishes, by query parameter.
ASKED = {
    "status__exact": "status",
    "campaign__id__exact": "campaign",
    "rehearsal__exact": "rehearsal",
    "party": "party",
    "constituency_gss__exact": "constituency",
}
WRITTEN = re.compile(r"[1-9]\d*", re.ASCII)  # a campaign's number as in the roll-up
Group = tuple[str, str, str, str]  # campaign, rehearsal, party, status, as in the list's URL
NAMES = ("campaign", "rehearsal", "party", "status")


@dataclass(frozen=True)
class Facets:
    """Counts of letters by campaign, rehearsal, party and status, and the chosen filters."""

    groups: Mapping[Group, int]
    asked: Mapping[str, str]

    def count(self, by: str = "") -> Counter[str]:
        """Count letters per value of `by`, applying all other filters; in total if `by` is empty."""
        others = [(NAMES.index(name), value) for name, value in self.asked.items() if name != by]
        counts: Counter[str] = Counter()
        for group, number in self.groups.items():
            if all(group[at] == value for at, value in others):
                counts[group[NAMES.index(by)] if by else ""] += number
        return counts


def read_asked(request: HttpRequest) -> dict[str, str] | None:
    """Return the chosen filters; None if the roll-up lacks one: a search, a day, an email.

    It also lacks other spellings of a choice, such as 01 or True, which no link of the list has.
    """
    asked = {}
    for name, values in request.GET.lists():
        if name == PAGE_VAR or (name == SEARCH_VAR and not "".join(values).strip()):
            continue
        if name not in ASKED or len(values) != 1 or not values[0]:
            return None
        asked[ASKED[name]] = values[0]
    if "party" in asked:
        asked["party"] = find_family(asked["party"])
    if not (WRITTEN.fullmatch(asked.get("campaign", "1")) and asked.get("rehearsal", "0") in ("0", "1")):
        return None
    return asked


def read_facets(request: HttpRequest) -> Facets | None:
    """Return the counts, in one query; None if they would not be exact.

    The roll-up is some seconds old, so letters changed since are corrected for, and unconfirmed ones added.
    """
    asked = read_asked(request)
    if asked is None:
        return None
    letters, tallies = Letter.objects.all(), Tally.objects.filter(kind=Tally.Kind.CONSTITUENCY, count__gt=0)
    if constituency := asked.pop("constituency", ""):
        letters, tallies = letters.filter(constituency_gss=constituency), tallies.filter(key=constituency)
    counted: Any = tallies.order_by().values_list(
        "campaign_id", "rehearsal", "other", "status", *name("", source="tally")
    )
    # With these orders indexes are used; otherwise a planner may read all letters to find none.
    moved = letters.uncounted().order_by("campaign_id")
    unconfirmed = letters.filter(status=Status.UNCONFIRMED).order_by("-created_at")
    parts = (count_some(moved, "moved"), count_some(unconfirmed, "open"))
    groups: Counter[Group] = Counter()
    read: Counter[str] = Counter()
    for campaign, rehearsal, party, status, tallied_status, source, number in counted.annotate(n=Sum("count")).union(
        *parts, all=True
    ):
        kind = (str(campaign), str(int(rehearsal)), find_family(party))
        read[source] += number
        if source == "moved":
            groups[*kind, tallied_status] -= number * (tallied_status != Status.UNCONFIRMED)
            groups[*kind, status] += number * (status != Status.UNCONFIRMED)
        else:
            groups[*kind, status] += number
    exact = max(read["moved"], read["open"]) <= MAX_READ
    return Facets(groups, asked) if exact else None


def count_some(letters: QuerySet[Letter], source: str) -> Any:
    some: Any = Letter.objects.filter(pk__in=letters.values("pk")[: MAX_READ + 1]).order_by()
    return some.values_list(
        "campaign_id", "rehearsal", "member_party", "status", "tallied_status", *name(source=source)
    ).annotate(n=Count("pk"))


def name(*texts: str, source: str) -> list[Value]:
    return [Value(text, CharField()) for text in (*texts, source)]


MAX_COUNTED = 1000  # results are counted up to here; beyond, it is "more than"
OLDER, NEWER = "older", "newer"


class PagesByLetter(ChangeList):
    """Pages of letters, newest first, after or before the letter that the link names."""

    def get_results(self, request: HttpRequest) -> None:
        towards, moment, pk = read_place(request.GET.get(PAGE_VAR, ""))
        letters: QuerySet[Letter] = self.queryset.order_by("-created_at", "-pk")
        if towards == OLDER:
            letters = letters.filter(Q(created_at__lt=moment) | Q(pk__lt=pk), created_at__lte=moment)
        elif towards == NEWER:
            letters = letters.filter(Q(created_at__gt=moment) | Q(pk__gt=pk), created_at__gte=moment)
            letters = letters.order_by("created_at", "pk")
        page = list(letters[: self.list_per_page + 1])
        more = len(page) > self.list_per_page
        page = page[: self.list_per_page]
        if towards == NEWER:
            page.reverse()
        self.older_url = self.link_to(OLDER, page[-1]) if page and (more or towards == NEWER) else ""
        self.newer_url = (
            self.link_to(NEWER, page[0]) if page and (towards == OLDER or (towards == NEWER and more)) else ""
        )
        self.first_url = self.get_query_string() if towards else ""
        self.result_list = page
        self.facets = read_facets(request)
        self.add_facets = self.facets is not None
        if self.facets is not None:
            self.result_count, self.counted_all = self.facets.count()[""], True
        else:
            # Counted in the list's order, which has indexes; without an order a planner may read all letters.
            self.result_count = self.queryset.order_by("-created_at")[: MAX_COUNTED + 1].count()
            self.counted_all = self.result_count <= MAX_COUNTED
        self.arguments = self.count_arguments() if self.counted_all and self.result_count <= MAX_COUNTED else []
        self.dates = [] if self.query else self.list_dates(request.GET.get(WhenFilter.parameter_name, ""))
        # The number is below the list, where it can say "more than", and not beside the search.
        self.full_result_count = self.result_count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all, self.multi_page = False, self.result_count > self.list_per_page
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)

    def count_arguments(self) -> list[tuple[str, int]]:
        """Return the arguments of the letters found, by title, and in how many of them each is; the most used first."""
        letters = self.queryset.order_by().values("pk")
        parts = LetterParagraph.objects.filter(letter__in=letters, argument__isnull=False)
        counted = parts.order_by().values_list("argument__title").annotate(n=Count("letter", distinct=True))
        return sorted(counted, key=lambda row: (-row[1], row[0]))

    def list_dates(self, written: str) -> list[tuple[str, StrOrPromise]]:
        """Return the links to years, months or days, as URLs and names. At most one query, of one letter."""
        oldest = None
        if not read_period(written):
            oldest = Letter.objects.order_by("created_at").values_list("created_at", flat=True).first()
        steps = list_steps(written, timezone.localdate(oldest) if oldest else None, timezone.localdate())
        name = WhenFilter.parameter_name
        return [
            (self.get_query_string({name: step} if step else {}, [PAGE_VAR] + ([] if step else [name])), said)
            for step, said in steps
        ]

    def link_to(self, towards: str, letter: Letter) -> str:
        return self.get_query_string({PAGE_VAR: f"{towards}_{letter.created_at.timestamp():.6f}_{letter.pk}"})


def read_place(text: str) -> tuple[str, dt.datetime | None, uuid.UUID | None]:
    """Return the direction, and the letter to start from; the first page for anything invalid."""
    towards, _sign, place = text.partition("_")
    moment, _sign, pk = place.partition("_")
    try:
        if towards in (OLDER, NEWER):
            return towards, dt.datetime.fromtimestamp(float(moment), tz=dt.UTC), uuid.UUID(pk)
    except (ValueError, OverflowError, OSError):
        pass
    return "", None, None


def search_letters(letters: QuerySet[Letter], text: str) -> QuerySet[Letter]:
    """Find letters by reference, GSS code, constituency or MP (also former ones).

    Names are searched among the 650 constituencies and their members, not in letters.
    """
    text = text.strip()[:100]
    if not text:
        return letters
    # Only conditions that can be true, to help the planner. No GSS code looks like a reference.
    constituencies = list(Constituency.objects.search(text).order_by().values_list("pk", flat=True))
    if like_reference := set(text.upper()) <= {*REFERENCE_ALPHABET, "-"}:
        wanted = Q(reference__startswith=text.upper())
    else:
        wanted = Q(constituency_gss=text.upper())
    if len(constituencies) == 1 and not like_reference:
        wanted = Q(constituency_gss=constituencies[0])
    elif constituencies:
        wanted |= Q(constituency_gss__in=constituencies)
    members = [one for one in Member.objects.filter(sitting=False) if text.casefold() in one.name_display.casefold()]
    for member in members[:20]:
        wanted |= Q(constituency_gss=member.constituency_id, member_name=member.envelope)
    return letters.filter(wanted)
