"""How fast letters may go: one shared rate for each recipient's domain and one for each MP, across all workers.

Slots are counted in a moving window, in Redis when there is one. If Redis is down or hangs, this process counts for
itself for a while: then each worker keeps the pace, though not all together. Nothing here raises or waits for long.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from letters.emails import choose_recipient
from letters.models import Letter

logger = logging.getLogger(__name__)

T = TypeVar("T")
REDIS_SECONDS = 2  # how long one question to Redis may take
AWAY_SECONDS = 30  # after a question without an answer, how long this process counts for itself
MEMORY = MovingWindowRateLimiter(MemoryStorage())
_lock = threading.Lock()  # the library's own lets two threads in while it forgets what is old
_away_until = 0.0


def admit_letters(letters: Iterable[Letter]) -> tuple[list[Letter], set[str]]:
    """Reserve a slot for each letter, in this order; return those that may go now, and the domains that are full.

    A letter needs a slot of its MP and one of its recipient's domain.
    """
    per_mp, per_domain = read_rate(settings.PACE_PER_MP), read_rate(settings.PACE_PER_DOMAIN)
    room: dict[str, int] = {}  # of each domain
    full: set[str] = set()  # MPs
    going: dict[str, list[Letter]] = {}
    for letter in letters:
        mp, domain = name_mp(letter), find_domain(choose_recipient(letter))
        if per_domain and domain not in room:
            room[domain] = count_free(per_domain, f"domain:{domain}")
        if mp in full or (per_domain and room[domain] < 1):
            continue
        if per_mp and not take_slots(per_mp, mp):
            full.add(mp)
            continue
        going.setdefault(domain, []).append(letter)
        if per_domain:
            room[domain] -= 1
    admitted = []
    for domain, theirs in going.items():
        # Another worker may have been faster since the room was counted: take as many as are left.
        while per_domain and theirs and not take_slots(per_domain, f"domain:{domain}", len(theirs)):
            room[domain] = count_free(per_domain, f"domain:{domain}")
            theirs = theirs[: min(room[domain], len(theirs) - 1)]
            room[domain] -= len(theirs)
        admitted += theirs
    return admitted, {domain for domain, left in room.items() if left < 1}


def name_mp(letter: Letter) -> str:
    """Return the MP's key. A rehearsed letter takes no slot from real ones. No personal data."""
    return f"{'rehearsal' if letter.rehearsal else 'mp'}:{letter.constituency_gss}"


def find_domain(address: str) -> str:
    """Return the domain of an address, in small letters."""
    return address.rpartition("@")[2].lower()


@lru_cache(maxsize=8)
def read_rate(words: str) -> RateLimitItem | None:
    """Return the rate that a setting names, such as 120/minute; None for no limit. Raises ValueError."""
    return parse(words) if words else None


def take_slots(rate: RateLimitItem, key: str, count: int = 1) -> bool:
    """Take that many slots, all or none; False if the window has not that many."""
    return _ask(lambda windows: windows.hit(rate, key, cost=count))


def count_free(rate: RateLimitItem, key: str) -> int:
    """Return how many slots the window has left now."""
    return _ask(lambda windows: windows.get_window_stats(rate, key).remaining)


def _ask(question: Callable[[MovingWindowRateLimiter], T]) -> T:
    """Ask Redis, else this process's own memory."""
    global _away_until
    if settings.REDIS_URL and time.monotonic() > _away_until:
        try:
            return question(_reach_redis(settings.REDIS_URL))
        except (RedisError, OSError) as error:
            _away_until = time.monotonic() + AWAY_SECONDS
            words = "Redis does not answer (%s): this worker keeps the pace by itself for %d seconds"
            logger.warning(words, type(error).__name__, AWAY_SECONDS)
    with _lock:
        return question(MEMORY)


@lru_cache(maxsize=4)
def _reach_redis(url: str) -> MovingWindowRateLimiter:
    """Return the windows in that Redis. redis-py would try three more times by default."""
    storage = RedisStorage(
        url,
        key_prefix="parley:pace",
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed on to redis-py as it is
    )
    return MovingWindowRateLimiter(storage)
