"""What a campaign shows to others: its numbers, its map and its arguments, without anything about a supporter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from campaign.content.models import Campaign
from campaign.parliament.hexes import read_hexes
from letters.models import DownloadCount, Letter, Status, Tally
from letters.statistics.charts import get_step, make_steps, place_hex
from letters.statistics.figures import count_now, name_arguments

MOST_ARGUMENTS = 5
MAP_WIDTH, MAP_HEIGHT = 632, 820  # what `place_hex` fills
HEXAGON = ((0, -11), (9.5, -5.5), (9.5, 5.5), (0, 11), (-9.5, 5.5), (-9.5, -5.5))  # round its centre
EMPTY = "#e4e1d9"
SHADES = ("#b9d3d3", "#86b3b5", "#549396", "#2a7479", "#0f5c63")  # few letters to many


@dataclass(frozen=True)
class Hexagon:
    """A constituency on the map: its centre and its colour."""

    x: int
    y: int
    colour: str

    @property
    def points(self) -> list[tuple[float, float]]:
        return [(self.x + x, self.y + y) for x, y in HEXAGON]


@dataclass(frozen=True)
class Step:
    """A step of the map's scale, with its words."""

    colour: str
    words: str


@dataclass(frozen=True)
class Report:
    """A campaign's figures at a moment."""

    title: str
    tagline: str
    run_by: str
    url: str
    day: dt.date
    rehearsal: bool
    sent: int  # with MPs now, neither returned nor withdrawn
    constituencies: int  # with such a letter
    all_constituencies: int
    posted: int
    answered: int
    arguments: list[tuple[str, int, float]]  # title, letters that use it, its share of the most used one's in per cent
    regions: list[tuple[str, int]]  # nations and English regions with their letters, most letters first
    hexagons: list[Hexagon]
    steps: list[Step]

    @property
    def address(self) -> str:
        """The campaign's address as people say it."""
        return self.url.partition("://")[2].rstrip("/")


def read_report(campaign: Campaign, *, rehearsal: bool) -> Report:
    count_now()
    tallies = Tally.objects.filter(campaign=campaign, rehearsal=rehearsal, count__gt=0)
    places = tallies.filter(kind=Tally.Kind.CONSTITUENCY, status=Status.SENT)
    sent = dict(places.values_list("key").annotate(total=Sum("count")).order_by())
    used = tallies.filter(kind=Tally.Kind.ARGUMENT).order_by("-count", "key").values_list("key", "count")
    named, _due = name_arguments(campaign)
    top = [(named[key].title, count) for key, count in used if key in named][:MOST_ARGUMENTS]
    most = top[0][1] if top else 1
    hexes = read_hexes()
    regions: Counter[str] = Counter()
    for one in hexes:
        regions[one.region] += sent.get(one.gss, 0)
    steps = make_steps([sent.get(one.gss, 0) for one in hexes])
    colours = choose_colours(len(steps))
    return Report(
        title=campaign.title,
        tagline=campaign.tagline,
        run_by=campaign.promoter_name,
        url=settings.SITE_URL + campaign.get_absolute_url(),
        day=timezone.localdate(),
        rehearsal=rehearsal,
        sent=sum(sent.values()),
        constituencies=len(sent),
        all_constituencies=len(hexes),
        posted=DownloadCount.objects.filter(campaign=campaign).aggregate(total=Sum("posted"))["total"] or 0,
        answered=Letter.objects.filter(campaign=campaign, rehearsal=rehearsal, answered_at__isnull=False).count(),
        arguments=[(title, count, 100 * count / most) for title, count in top],
        regions=regions.most_common(),
        hexagons=[Hexagon(*place_hex(one), colours[get_step(steps, sent.get(one.gss, 0))]) for one in hexes],
        steps=[Step(colours[step.number], _say(step.least, step.most)) for step in steps],
    )


def choose_colours(steps: int) -> list[str]:
    """Return a colour for each step of a map: the first has no letters, and the last is always the darkest."""
    shades = SHADES[::2] if steps <= 4 else SHADES  # further apart if there are few
    return [EMPTY, *shades[len(shades) - (steps - 1) :]]


def _say(least: int, most: int | None) -> str:
    if most is None and least:
        return f"{least} or more"
    return str(least) if least == most or most is None else f"{least} to {most}"
