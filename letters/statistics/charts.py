"""Lays out charts as numbers, which templates draw as SVG without scripts or inline styles, beside a table."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from campaign.parliament.hexes import Hex

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_COLUMNS = 62  # days in a chart; longer periods are shown by week
HEX_WIDTH, HEX_HEIGHT = 20, 17.32  # distance of the map's columns and rows


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart, which is also a table."""

    label: StrOrPromise
    count: int
    width: float  # 0–100, relative to the longest bar
    note: StrOrPromise = ""
    url: str = ""
    style: str = ""


def make_bars(
    rows: Iterable[tuple[StrOrPromise, int, StrOrPromise] | tuple[StrOrPromise, int, StrOrPromise, str]],
) -> list[Bar]:
    """Return a bar for each (label, count, note) or (label, count, note, URL); the longest has the full width."""
    given: list[Any] = list(rows)
    longest = max((row[1] for row in given), default=0) or 1
    return [Bar(label, count, get_bar_length(count, longest), *rest) for label, count, *rest in given]


def get_bar_length(count: float, most: float) -> float:
    """Scale `count` so that `most` is 100; anything above zero is visible."""
    return round(max(100 * count / most, 0.8), 1) if count > 0 else 0


@dataclass(frozen=True)
class Column:
    """A day or week, with its numbers of confirmed and sent letters."""

    start: dt.date
    first: int
    second: int
    x: float
    width: float
    first_height: float  # 0–100
    second_height: float

    @property
    def first_y(self) -> float:
        return round(100 - self.first_height, 1)

    @property
    def second_y(self) -> float:
        return round(100 - self.second_height, 1)

    @property
    def half(self) -> float:
        return round(self.width / 2, 2)

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Columns:
    """A column chart over time, 100 by 100."""

    columns: list[Column]
    weekly: bool
    top: int  # the value of the upper edge


def make_columns(first: dict[dt.date, int], second: dict[dt.date, int], until: dt.date) -> Columns:
    start = min([*first, *second], default=until)
    start = min(start, until - dt.timedelta(days=6))
    weekly = (until - start).days >= MAX_COLUMNS
    if weekly:
        first, second = (_sum_weeks(days) for days in (first, second))
        start -= dt.timedelta(days=start.weekday())
    step = dt.timedelta(days=7 if weekly else 1)
    starts = [start + step * number for number in range((until - start) // step + 1)]
    top = round_up(max([*first.values(), *second.values()], default=0))
    width = 100 / len(starts)
    columns = [
        Column(
            start=day,
            first=first.get(day, 0),
            second=second.get(day, 0),
            x=round(width * number + width * 0.1, 2),
            width=round(width * 0.8, 2),
            first_height=get_bar_length(first.get(day, 0), top),
            second_height=get_bar_length(second.get(day, 0), top),
        )
        for number, day in enumerate(starts)
    ]
    return Columns(columns, weekly, top)


@dataclass(frozen=True)
class Area:
    """An area chart, 100 by 100: the paths of its area and of the line above it."""

    fill: str
    line: str


def draw_area(values: Sequence[int], top: int) -> Area:
    """Draw the values from left to right; `top` is the value of the upper edge."""
    width = 100 / max(1, len(values) - 1)
    points = [f"{round(width * at, 2)} {round(100 - 100 * value / top, 1)}" for at, value in enumerate(values)]
    line = "M" + "L".join(points)
    return Area(f"{line}V100H0Z", line)


def _sum_weeks(days: dict[dt.date, int]) -> dict[dt.date, int]:
    weeks: dict[dt.date, int] = {}
    for day, count in days.items():
        monday = day - dt.timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, 0) + count
    return weeks


def round_up(number: int) -> int:
    power = 10 ** max(0, math.floor(math.log10(number))) if number > 0 else 1
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= number)


def count_between(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    """Count the values from each edge to just below the next; the last range has no end."""
    return [sum(low <= value < high for value in values) for low, high in pairwise([*edges, math.inf])]


@dataclass(frozen=True)
class Step:
    """A step of the map's scale: a range of numbers of letters."""

    number: int  # 0: none; more letters make larger hexagons
    least: int
    most: int | None
    constituencies: int


def make_steps(counts: Sequence[int]) -> list[Step]:
    some = sorted(count for count in counts if count)
    fifths = sorted({1, *(some[len(some) * fifth // 5] for fifth in range(1, 5))}) if some else []
    edges = [0, *fifths]
    found = count_between(counts, edges)
    ends: list[int | None] = [edge - 1 for edge in edges[1:]]
    return [Step(n, low, high, found[n]) for n, (low, high) in enumerate(zip(edges, [*ends, None], strict=True))]


def get_step(steps: Sequence[Step], count: int) -> int:
    return max(step.number for step in steps if step.least <= count)


def place_hex(hexagon: Hex) -> tuple[int, int]:
    return (
        round(HEX_WIDTH * (hexagon.column + 0.5 * (hexagon.row % 2) + 0.5)),
        round(HEX_HEIGHT * hexagon.row + 2 * HEX_HEIGHT / 3),
    )
