"""A campaign's figures, read from the roll-up: as fast with a million letters as with a thousand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from campaign.parliament.hexes import read_hexes
from campaign.parliament.models import Constituency, Member
from campaign.parliament.parties import find_family
from campaign.parliament.regions import name_regions
from letters.actions.decide import list_decided
from letters.models import DownloadCount, Letter, Status, StepCount, Tally
from letters.statistics.periods import Numbers, name_periods
from letters.statistics.rollup import HAS_LEFT, NOT_WRITTEN, roll_up

AT_ONCE = 2000  # letters counted before a page is shown; if more have changed, the page says that it is behind
OF = ("rehearsal", "live")
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
    by_constituency: Counter[str] = field(default_factory=Counter)  # letters that stand, by GSS code
    names: dict[str, str] = field(default_factory=dict)  # of constituencies
    answered: Numbers = field(default_factory=lambda: Numbers(0, 0, 0))
    unconfirmed: Numbers = field(default_factory=lambda: Numbers(0, 0, 0))

    @property
    def standing(self) -> int:
        """Letters confirmed and not withdrawn: those in all figures by place, party and argument."""
        return sum(self.statuses.get(status, 0) for status in WRITTEN)

    @property
    def confirmed_in_all(self) -> int:
        return sum(self.confirmed.values())

    @property
    def withdrawn(self) -> int:
        """Letters withdrawn after they had been confirmed."""
        return self.confirmed_in_all - self.standing

    @property
    def left(self) -> int:
        """Letters sent, also those that came back."""
        return sum(self.statuses.get(status, 0) for status in HAS_LEFT)

    @property
    def returned(self) -> int:
        return self.statuses.get(Status.BOUNCED, 0)

    @property
    def written(self) -> int:
        """All letters, also those not confirmed yet or withdrawn."""
        return sum(self.statuses.values())

    @property
    def constituencies_reached(self) -> int:
        return sum(reached for _letters, reached, _all in self.regions.values())

    @property
    def constituencies(self) -> int:
        return sum(constituencies for _letters, _reached, constituencies in self.regions.values())


def list_campaigns() -> QuerySet[Campaign]:
    """Return the campaigns with what is counted of them apart from the roll-up, for `read_figures`."""
    letters = Letter.objects.filter(campaign=OuterRef("pk")).order_by()
    hour = timezone.now() - dt.timedelta(hours=1)
    counts: dict[str, QuerySet[Any, Any]] = {
        step.value: StepCount.objects.filter(campaign=OuterRef("pk"), step=step)
        .values("campaign")
        .annotate(total=Sum("count"))
        .values("total")
        for step in StepCount.Step
    }
    found: dict[str, QuerySet[Letter]] = {"sent_in_an_hour": letters.filter(sent_at__gte=hour)}
    for of in OF:
        mine = letters.filter(rehearsal=of == "rehearsal")
        found |= name_periods(f"unconfirmed_{of}", mine.filter(status=Status.UNCONFIRMED), "created_at")
        found |= name_periods(f"answered_{of}", mine.filter(answered_at__isnull=False), "answered_at")
        for name, decided in list_decided().items():
            found[f"{name}_{of}"] = decided.filter(campaign=OuterRef("pk"), rehearsal=of == "rehearsal")
    counts |= {
        name: some.values("campaign").annotate(total=Count("pk")).values("total") for name, some in found.items()
    }
    numbers = {name: Coalesce(Subquery(count, output_field=IntegerField()), Value(0)) for name, count in counts.items()}
    last = Letter.objects.filter(campaign=OuterRef("pk"), sent_at__isnull=False).order_by("-sent_at")
    return list_with_live().annotate(
        **numbers,
        last_sent_at=Subquery(last.values("sent_at")[:1]),
        # With this order the partial index is used, as in rollup.roll_up; Exists would drop it, and read all letters.
        uncounted=Subquery(Letter.objects.uncounted().order_by("campaign_id").values("pk")[:1]),
    )


def list_with_live() -> QuerySet[Campaign]:
    """Return the campaigns, each with whether it has letters to MPs."""
    live = Tally.objects.filter(campaign=OuterRef("pk"), rehearsal=False, count__gt=0)
    return Campaign.objects.annotate(has_live=Exists(live))


def read_figures(campaign: Campaign, *, rehearsal: bool) -> Figures:
    """Read the figures of a campaign from `list_campaigns`, in three queries if no letter is to be counted."""
    extra = vars(campaign)
    figures = Figures(rehearsal, uncounted=count_now() if extra["uncounted"] else 0)
    figures.steps = {step: extra[step] for step in StepCount.Step.values}
    figures.sent_in_an_hour, figures.last_sent_at = extra["sent_in_an_hour"], extra["last_sent_at"]
    _read_tallies(figures, campaign)
    of = "rehearsal" if rehearsal else "live"
    for name in ("unconfirmed", "answered"):
        setattr(figures, name, Numbers(*(extra[f"{name}_{of}{period}"] for period in ("", "_week", "_before"))))
    figures.statuses[Status.UNCONFIRMED] = figures.unconfirmed.count
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
    """Read all tallies in one query, so that they are of one moment and agree with each other."""
    tallies = Tally.objects.filter(campaign=campaign, rehearsal=figures.rehearsal, count__gt=0)
    rows: list[tuple[str, str, str, int]] = []
    for kind, key, other, status, count in tallies.values_list("kind", "key", "other", "status", "count"):
        if kind == Kind.CONSTITUENCY:
            rows.append((key, other, status, count))
        elif kind == Kind.CONFIRMED:
            figures.confirmed[dt.date.fromisoformat(key)] = count
        elif kind == Kind.SENT:
            figures.sent[dt.date.fromisoformat(key)] = count
        elif kind == Kind.ARGUMENT:
            figures.arguments[key] = count
        elif kind == Kind.PAIR:
            figures.pairs[key, other] = count
    _add_constituencies(figures, rows)


def _add_constituencies(figures: Figures, rows: Iterable[tuple[str, str, str, int]]) -> None:
    """Add the counts by constituency, party and status."""
    sitting = Member.objects.filter(sitting=True, constituency=OuterRef("pk"))
    known = Constituency.objects.order_by().annotate(has_member=Exists(sitting))
    vacant = set()
    for gss, name, has_member in known.values_list("pk", "name", "has_member"):
        figures.names[gss] = name
        if not has_member:
            vacant.add(gss)
    parties: dict[str, Counter[str]] = {}
    figures.statuses = dict.fromkeys(Status, 0)
    for gss, party, status, count in rows:
        figures.statuses[Status(status)] += count
        if status in WRITTEN:
            figures.by_constituency[gss] += count
            parties.setdefault(find_family(party), Counter())[gss] += count
        if status in WAITING and (gss in vacant or gss not in figures.names):
            figures.vacant_waiting[gss] = figures.vacant_waiting.get(gss, 0) + count
    figures.parties = {party: (by_gss.total(), len(by_gss)) for party, by_gss in parties.items()}
    regions: dict[str, list[str]] = {}
    for hexagon in read_hexes():
        regions.setdefault(hexagon.region, []).append(hexagon.gss)
    for region, codes in regions.items():
        reached = [figures.by_constituency[gss] for gss in codes if figures.by_constituency[gss]]
        figures.regions[region] = (sum(reached), len(reached), len(codes))


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


class Named(NamedTuple):
    """An argument's row and title."""

    pk: int
    title: str


def name_arguments(campaign: Campaign) -> tuple[dict[str, Named], int]:
    """Return the arguments by key, and how many are due for review."""
    today = timezone.localdate()
    rows = Argument.objects.filter(campaign=campaign).order_by()
    named, due = {}, 0
    for pk, key, title, published, review_by in rows.values_list("pk", "key", "title", "published", "review_by"):
        named[key] = Named(pk, title)
        due += published and review_by < today
    return named, due
