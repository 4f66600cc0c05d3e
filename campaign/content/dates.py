"""Partial dates, of which only the year or the month may be known."""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_name

MONTHS = {name.casefold(): number for number, name in enumerate(month_name) if number}
MAX_LENGTH = 40  # characters of a date as somebody writes it
ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", re.ASCII)
# Day before month, as in the United Kingdom.
PATTERNS = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?",
        r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})",
        r"(?P<month>\d{1,2})/(?P<year>\d{4})",
        r"(?:(?P<day>\d{1,2}) )?(?P<month>[a-z]{3,9})\.? (?P<year>\d{4})",
        r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2}) (?P<year>\d{4})",
    )
]


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


def read_date(text: str) -> str:
    """Return a date as people write it (9 November 2022, Nov 2022, 9/11/2022, 2022) as a partial date.

    Raises ValueError if it is none, or does not exist.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("too long for a date")
    plain = ORDINAL.sub(r"\1", " ".join(text.casefold().replace(",", " ").split()))
    found = next(filter(None, (pattern.fullmatch(plain) for pattern in PATTERNS)), None)
    if found is None:
        raise ValueError("not a date")
    parts = found.groupdict()
    numbers = [int(parts["year"]), _read_month(parts["month"]), int(parts.get("day") or 0)]
    known = numbers[: 3 if numbers[2] else 2 if numbers[1] else 1]
    if parts.get("day") and not numbers[2]:
        raise ValueError("no such day")
    dt.date(*[*known, 1, 1][:3])
    return "-".join([f"{known[0]:04}", *(f"{number:02}" for number in known[1:])])


def _read_month(text: str | None) -> int:
    if not text:
        return 0
    if text.isdecimal():
        if not int(text):
            raise ValueError("no such month")
        return int(text)
    named = [number for name, number in MONTHS.items() if name.startswith(text) or (text == "sept" and number == 9)]
    if len(named) != 1:
        raise ValueError("no such month")
    return named[0]
