"""How long to wait before the next try."""

from __future__ import annotations

import datetime as dt
import random

MOST_ATTEMPTS = 12  # with the backoff below, about two days
FIRST_PAUSE = dt.timedelta(minutes=5)  # a greylisting server wants a few minutes
LONGEST_PAUSE = dt.timedelta(hours=6)


def count_pause(attempts: int) -> dt.timedelta:
    """Return how long to wait after this many attempts: doubling, with up to a fifth of chance on top."""
    pause = min(FIRST_PAUSE * 2 ** max(attempts - 1, 0), LONGEST_PAUSE)
    return dt.timedelta(seconds=pause.total_seconds() * random.uniform(1, 1.2))  # noqa: S311 spreads retries, keeps no secret
