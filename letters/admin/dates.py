"""Links to years, months and days above the list of letters, without counting letters."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PERIOD = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
MONTHS_SHOWN = 12  # months by name; older letters by year


@dataclass(frozen=True)
class Period:
    """A year, a month or a day in the United Kingdom."""

    first: dt.date
    after: dt.date  # the first day after it
    unit: str  # year, month, day

    @property
    def start(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.first, dt.time.min))

    @property
    def end(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.after, dt.time.min))


def read_period(text: str) -> Period | None:
    """Parse "2026", "2026-11" or "2026-11-05"; None for anything else."""
    found = PERIOD.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = dt.date(year, month or (1 if not found[2] else 0), day or (1 if not found[3] else 0))
        if year == dt.MAXYEAR:  # the last year that dates have
            return None
        if day:
            return Period(first, first + dt.timedelta(days=1), "day")
        if month:
            return Period(first, _get_next_month(first), "month")
        return Period(first, dt.date(year + 1, 1, 1), "year")
    except ValueError:
        return None


def say_period(period: Period, *, short: bool = False) -> str:
    """Format as 2026, November 2026 or 5 November 2026; with `short` only the day's number."""
    if period.unit == "day":
        return str(period.first.day) if short else date_format(period.first, "j F Y")
    return date_format(period.first, "F Y" if period.unit == "month" else "Y")


def write_period(period: Period) -> str:
    return period.first.isoformat()[: {"year": 4, "month": 7, "day": 10}[period.unit]]


def list_steps(written: str, oldest: dt.date | None, today: dt.date) -> list[tuple[str, StrOrPromise]]:
    """Return the next links: parameter and name. An empty parameter, the first, leads back."""
    period = read_period(written)
    if period is None:
        return [(write_period(one), say_period(one)) for one in _list_recent(oldest or today, today)]
    steps: list[tuple[str, StrOrPromise]] = [("", _("All times"))]
    if period.unit != "year":
        year = Period(period.first.replace(month=1, day=1), dt.date(period.first.year + 1, 1, 1), "year")
        steps.append((write_period(year), say_period(year)))
    if period.unit == "day":
        first = period.first.replace(day=1)
        month = Period(first, _get_next_month(first), "month")
        return [*steps, (write_period(month), say_period(month))]
    within = [one for one in _split(period) if one.first <= today]
    return steps + [(write_period(one), say_period(one, short=True)) for one in within]


def _get_next_month(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=32)).replace(day=1)


def _split(period: Period) -> list[Period]:
    parts, first = [], period.first
    while first < period.after:
        after = _get_next_month(first) if period.unit == "year" else first + dt.timedelta(days=1)
        parts.append(Period(first, after, "month" if period.unit == "year" else "day"))
        first = after
    return parts


def _list_recent(oldest: dt.date, today: dt.date) -> list[Period]:
    """Return the last months, newest first, back to the oldest letter, and the years before."""
    first = today.replace(day=1)
    found: list[Period] = []
    while len(found) < MONTHS_SHOWN and (not found or first >= oldest.replace(day=1)):
        found.append(Period(first, _get_next_month(first), "month"))
        first = (first - dt.timedelta(days=1)).replace(day=1)
    last = found[-1].first
    years = range(last.year if last.month > 1 else last.year - 1, oldest.year - 1, -1) if oldest < last else ()
    return found + [Period(dt.date(year, 1, 1), dt.date(year + 1, 1, 1), "year") for year in years]
