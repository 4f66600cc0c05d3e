"""Partial dates, of which only the year or the month may be known."""

from __future__ import annotations

import datetime as dt


def find_first_day(text: str) -> dt.date:
    """Return the first day of a partial date (2022-11-09, 2022-11 or 2022). Raises ValueError."""
    year, month, day = [*(int(part) for part in text.split("-")), 1, 1][:3]
    return dt.date(year, month, day)


def say_date(text: str) -> str:
    """Format a partial date: 9 November 2022, November 2022 or 2022."""
    first = find_first_day(text)
    match text.count("-"):
        case 0:
            return str(first.year)
        case 1:
            return f"{first:%B %Y}"
    return f"{first.day} {first:%B %Y}"
