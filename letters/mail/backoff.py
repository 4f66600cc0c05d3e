"""How long to wait before the next attempt."""

from __future__ import annotations

import datetime as dt
import random
import re

MAX_ATTEMPTS = 12  # with the backoff below, about two days
FIRST_PAUSE = dt.timedelta(minutes=5)  # a greylisting server wants a few minutes
MAX_PAUSE = dt.timedelta(hours=6)
SERVER_PAUSE = dt.timedelta(
    seconds=90
)  # for a server that is down for everybody: soon again, without counting an attempt


# "Greylisted, retry in 300 seconds", "try again in 10 minutes", "please come back after 00:05:00"
RETRY_AFTER = re.compile(
    r"\b(?:in|after|for)\s+(?:(\d{1,2}):(\d\d):(\d\d)\b|(\d{1,6})\s*(s|m|h)[a-z]*\b)", re.IGNORECASE
)
SECONDS = {"s": 1, "m": 60, "h": 3600}


def count_pause(attempts: int, answer: str = "") -> dt.timedelta:
    """Return how long to wait after this many attempts: doubling, plus up to a fifth at random.

    A longer pause that the server's reply asks for is granted, up to MAX_PAUSE.
    """
    pause = min(max(FIRST_PAUSE * 2 ** max(attempts - 1, 0), parse_retry_after(answer)), MAX_PAUSE)
    return dt.timedelta(seconds=pause.total_seconds() * random.uniform(1, 1.2))  # noqa: S311 spreads retries, keeps no secret


def count_server_pause(answer: str) -> dt.timedelta:
    return min(max(SERVER_PAUSE, parse_retry_after(answer)), MAX_PAUSE)


def parse_retry_after(answer: str) -> dt.timedelta:
    """Return the pause that a server's reply asks for; zero if it has none that can be parsed."""
    if not (found := RETRY_AFTER.search(answer)):
        return dt.timedelta()
    hours, minutes, seconds, number, unit = found.groups()
    if unit:
        return dt.timedelta(seconds=int(number) * SECONDS[unit.lower()])
    return dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
