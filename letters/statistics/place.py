"""A campaign's letters of one constituency: for a meeting with its MP."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, Sum

from campaign.content.models import Argument, Campaign
from campaign.parliament.models import Constituency, Member
from campaign.parliament.regions import name_regions
from letters.models import DownloadCount, Letter, LetterParagraph, Status
from letters.statistics.figures import WAITING, WRITTEN


@dataclass(frozen=True)
class Place:
    """A constituency with its MP, and the figures of a campaign's letters to them. No personal data."""

    constituency: Constituency
    region: str
    member: Member | None
    former: list[Member]
    written: int  # confirmed and not withdrawn
    with_mp: int
    waiting: int
    returned: int
    answered: int
    days_to_answer: int | None  # the median, in whole days
    first: dt.datetime | None  # when the first was confirmed
    last: dt.datetime | None
    downloaded: int
    posted: int
    to_others: int  # of those written, to a member who has left
    arguments: list[tuple[str, int]]  # title and letters, the most used first


def read_place(campaign: Campaign, constituency: Constituency, *, rehearsal: bool) -> Place:
    """Read the figures from the letters themselves; takes eight queries. A constituency has thousands at most."""
    letters = Letter.objects.filter(campaign=campaign, rehearsal=rehearsal, constituency_gss=constituency.gss)
    written = letters.filter(status__in=WRITTEN).order_by()
    counts: Counter[str] = Counter(dict(written.values_list("status").annotate(Count("pk"))))
    times = written.aggregate(first=Min("confirmed_at"), last=Max("confirmed_at"))
    answered = letters.filter(answered_at__isnull=False, sent_at__isnull=False).order_by()
    waits = answered.annotate(wait=F("answered_at") - F("sent_at")).values_list("wait", flat=True)
    answers = sorted(wait.days for wait in waits)
    members = list(constituency.members.select_related("portrait").defer("portrait__content").order_by("-as_of"))
    member = next((one for one in members if one.sitting), None)
    to_others = written.exclude(member_name=member.envelope).count() if member else counts.total()
    paper = DownloadCount.objects.filter(campaign=campaign, constituency_gss=constituency.gss).aggregate(
        downloaded=Sum("count"), posted=Sum("posted")
    )
    used = (
        LetterParagraph.objects.filter(letter__in=written)
        .exclude(argument_key="")
        .order_by()
        .values_list("argument_key")
        .annotate(letters=Count("letter", distinct=True))
    )
    titles = dict(Argument.objects.filter(campaign=campaign).order_by().values_list("key", "title"))
    return Place(
        constituency=constituency,
        region=name_regions().get(constituency.gss, ""),
        member=member,
        former=[one for one in members if not one.sitting],
        written=counts.total(),
        with_mp=counts[Status.SENT],
        waiting=sum(counts[status] for status in WAITING),
        returned=counts[Status.BOUNCED],
        answered=len(answers),
        days_to_answer=answers[len(answers) // 2] if answers else None,
        first=times["first"],
        last=times["last"],
        downloaded=paper["downloaded"] or 0,
        posted=paper["posted"] or 0,
        to_others=to_others,
        arguments=sorted(((titles.get(key, key), count) for key, count in used), key=lambda one: (-one[1], one[0])),
    )
