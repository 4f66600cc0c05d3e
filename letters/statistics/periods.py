"""Numbers of the last seven days, and of the seven before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from letters.models import Letter


@dataclass(frozen=True)
class Numbers:
    """How many letters there are, and how many are of the last seven days and of the seven before."""

    count: int
    week: int
    before: int

    @property
    def change(self) -> int:
        return self.week - self.before


def sum_days(days: Mapping[dt.date, int], today: dt.date) -> Numbers:
    def count(first: int, last: int) -> int:
        return sum(days.get(today - dt.timedelta(days=ago), 0) for ago in range(first, last))

    return Numbers(sum(days.values()), count(0, 7), count(7, 14))


def name_periods(name: str, letters: QuerySet[Letter], moment: str) -> dict[str, QuerySet[Letter]]:
    """Return the letters of all times, of the last seven days and of the seven before, in Numbers' order."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    week, before = (today - dt.timedelta(days=days) for days in (6, 13))
    return {
        name: letters,
        f"{name}_week": letters.filter(**{f"{moment}__gte": week}),
        f"{name}_before": letters.filter(**{f"{moment}__gte": before, f"{moment}__lt": week}),
    }
