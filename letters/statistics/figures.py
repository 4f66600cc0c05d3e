"""A campaign's figures, read from the roll-up: as fast with a million letters as with a thousand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from campaign.parliament.hexes import read_hexes
from campaign.parliament.models import Constituency, Member
from campaign.parliament.parties import find_family
from campaign.parliament.regions import name_regions
from letters.actions.decide import list_decided
from letters.models import DownloadCount, Letter, Status, StepCount, Tally
from letters.statistics.rollup import NOT_WRITTEN, roll_up

AT_ONCE = 2000  # letters counted before a page is shown; if more have changed, the page says that it is behind
NEWEST = 1000  # letters used for figures on own words
WRITTEN = tuple(status for status in Status if status not in NOT_WRITTEN)
WAITING = (Status.QUEUED, Status.HELD, Status.CLAIMED)

Kind = Tally.Kind


@dataclass
class Figures:
    """The figures of a campaign's letters, either rehearsed or live ones."""

    rehearsal: bool
    uncounted: int = 0  # letters whose change is not in these figures yet; usually few
    statuses: dict[Status, int] = field(default_factory=dict)
    decided: int = 0  # failed ones that a person has refused or given up
    steps: dict[str, int] = field(default_factory=dict)  # drafts by step, of the whole campaign
    confirmed: dict[dt.date, int] = field(default_factory=dict)
    sent: dict[dt.date, int] = field(default_factory=dict)
    arguments: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    parties: dict[str, tuple[int, int]] = field(default_factory=dict)  # letters, constituencies
    regions: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # letters, constituencies with any, and all
    vacant_waiting: dict[str, int] = field(default_factory=dict)  # letters by GSS code of a constituency without an MP
    own_words: list[int] = field(default_factory=list)  # of the newest letters: words
    own_scores: list[float] = field(default_factory=list)  # of the newest letters: distinctiveness, 0–1
    sent_in_an_hour: int = 0  # of this campaign
    last_sent_at: dt.datetime | None = None

    @property
    def written(self) -> int:
        return sum(self.statuses.get(status, 0) for status in WRITTEN)

    @property
    def constituencies_reached(self) -> int:
        return sum(reached for _letters, reached, _all in self.regions.values())

    @property
    def constituencies(self) -> int:
        return sum(constituencies for _letters, _reached, constituencies in self.regions.values())


def list_campaigns() -> QuerySet[Campaign]:
    letters = Letter.objects.filter(campaign=OuterRef("pk")).order_by()
    hour = timezone.now() - dt.timedelta(hours=1)
    counts: dict[str, QuerySet[Any, Any]] = {
        step.value: StepCount.objects.filter(campaign=OuterRef("pk"), step=step)
        .values("campaign")
        .annotate(total=Sum("count"))
        .values("total")
        for step in StepCount.Step
    }
    counts |= {
        name: found.values("campaign").annotate(total=Count("pk")).values("total")
        for name, found in {
            "unconfirmed_rehearsal": letters.filter(status=Status.UNCONFIRMED, rehearsal=True),
            "unconfirmed_live": letters.filter(status=Status.UNCONFIRMED, rehearsal=False),
            "sent_in_an_hour": letters.filter(sent_at__gte=hour),
        }.items()
    }
    counts |= {
        f"{name}_{of}": found.filter(campaign=OuterRef("pk"), rehearsal=of == "rehearsal")
        .values("campaign")
        .annotate(total=Count("pk"))
        .values("total")
        for name, found in list_decided().items()
        for of in ("rehearsal", "live")
    }
    numbers = {name: Coalesce(Subquery(count, output_field=IntegerField()), Value(0)) for name, count in counts.items()}
    last = Letter.objects.filter(campaign=OuterRef("pk"), sent_at__isnull=False).order_by("-sent_at")
    live = Tally.objects.filter(campaign=OuterRef("pk"), rehearsal=False, count__gt=0)
    return Campaign.objects.annotate(
        **numbers, last_sent_at=Subquery(last.values("sent_at")[:1]), has_live=Exists(live)
    )


def read_figures(campaign: Campaign, *, rehearsal: bool) -> Figures:
    extra = vars(campaign)
    figures = Figures(rehearsal, uncounted=count_now())
    figures.steps = {step: extra[step] for step in StepCount.Step.values}
    figures.sent_in_an_hour, figures.last_sent_at = extra["sent_in_an_hour"], extra["last_sent_at"]
    _read_tallies(figures, campaign)
    _read_constituencies(figures, campaign)
    of = "rehearsal" if rehearsal else "live"
    figures.statuses[Status.UNCONFIRMED] = extra[f"unconfirmed_{of}"]
    figures.decided = extra[f"refused_{of}"] + extra[f"given_up_{of}"]
    newest = Letter.objects.filter(campaign=campaign, rehearsal=rehearsal, own_score__isnull=False)
    for words, score in newest.order_by("-created_at").values_list("own_word_count", "own_score")[:NEWEST]:
        figures.own_words.append(words or 0)
        figures.own_scores.append(score or 0)
    return figures


def count_now() -> int:
    """Count up to AT_ONCE changed letters; return how many are left."""
    if roll_up(AT_ONCE) < AT_ONCE:
        return 0
    return Letter.objects.uncounted().count()


def _read_tallies(figures: Figures, campaign: Campaign) -> None:
    tallies = Tally.objects.filter(campaign=campaign, rehearsal=figures.rehearsal, count__gt=0).exclude(
        kind=Kind.CONSTITUENCY
    )
    for kind, key, other, count in tallies.values_list("kind", "key", "other", "count"):
        if kind == Kind.CONFIRMED:
            figures.confirmed[dt.date.fromisoformat(key)] = count
        elif kind == Kind.SENT:
            figures.sent[dt.date.fromisoformat(key)] = count
        elif kind == Kind.ARGUMENT:
            figures.arguments[key] = count
        elif kind == Kind.PAIR:
            figures.pairs[key, other] = count


def _read_constituencies(figures: Figures, campaign: Campaign) -> None:
    # IN instead of EXISTS: PostgreSQL then reads the members once, not for each row.
    sitting = Q(key__in=Member.objects.filter(sitting=True).values("constituency"))
    rows = (
        Tally.objects.filter(campaign=campaign, rehearsal=figures.rehearsal, kind=Kind.CONSTITUENCY, count__gt=0)
        .values("key", "other", has_member=ExpressionWrapper(sitting, BooleanField()))
        .annotate(**{status.value: Coalesce(Sum("count", filter=Q(status=status)), 0) for status in Status})
    )
    by_constituency: Counter[str] = Counter()
    parties: dict[str, dict[str, int]] = {}
    row: dict[str, Any]
    for row in rows:  # type: ignore[assignment]  # its keys are made from the statuses
        for status in Status:
            figures.statuses[status] = figures.statuses.get(status, 0) + row[status.value]
        if written := sum(row[status.value] for status in WRITTEN):
            by_constituency[row["key"]] += written
            of_party = parties.setdefault(find_family(row["other"]), {})
            of_party[row["key"]] = of_party.get(row["key"], 0) + written
        if not row["has_member"] and (waiting := sum(row[status.value] for status in WAITING)):
            figures.vacant_waiting[row["key"]] = figures.vacant_waiting.get(row["key"], 0) + waiting
    figures.parties = {
        party: (sum(constituencies.values()), len(constituencies)) for party, constituencies in parties.items()
    }
    regions: dict[str, list[str]] = {}
    for hexagon in read_hexes():
        regions.setdefault(hexagon.region, []).append(hexagon.gss)
    for region, constituencies in regions.items():
        reached = [by_constituency[gss] for gss in constituencies if by_constituency[gss]]
        figures.regions[region] = (sum(reached), len(reached), len(constituencies))


@dataclass(frozen=True)
class ConstituencyFigures:
    """A constituency's figures."""

    gss: str
    name: str
    region: str
    member: str  # empty while the constituency is vacant
    party: str
    letters: int  # confirmed and not withdrawn
    sent: int
    waiting: int
    downloads: int


def list_constituencies(campaign: Campaign, *, rehearsal: bool) -> list[ConstituencyFigures]:
    count_now()
    counts = {
        row["key"]: row
        for row in Tally.objects.filter(campaign=campaign, rehearsal=rehearsal, kind=Kind.CONSTITUENCY, count__gt=0)
        .values("key")
        .annotate(
            letters=Coalesce(Sum("count", filter=Q(status__in=WRITTEN)), 0),
            sent=Coalesce(Sum("count", filter=Q(status=Status.SENT)), 0),
            waiting=Coalesce(Sum("count", filter=Q(status__in=WAITING)), 0),
        )
    }
    downloads = dict(
        DownloadCount.objects.filter(campaign=campaign)
        .values_list("constituency_gss")
        .annotate(total=Sum("count"))
        .order_by()
    )
    regions = name_regions()
    none = {"letters": 0, "sent": 0, "waiting": 0}
    constituencies = []
    for constituency in Constituency.objects.with_members():
        row, member = counts.get(constituency.gss, none), constituency.member
        constituencies.append(
            ConstituencyFigures(
                gss=constituency.gss,
                name=constituency.name,
                region=regions.get(constituency.gss, ""),
                member=member.name_display if member else "",
                party=member.party if member else "",
                letters=row["letters"],
                sent=row["sent"],
                waiting=row["waiting"],
                downloads=downloads.get(constituency.gss, 0),
            )
        )
    return constituencies


def name_arguments(campaign: Campaign) -> tuple[dict[str, str], int]:
    today = timezone.localdate()
    rows = Argument.objects.filter(campaign=campaign).order_by().values_list("key", "title", "published", "review_by")
    titles, due = {}, 0
    for key, title, published, review_by in rows:
        titles[key] = title
        due += published and review_by < today
    return titles, due
