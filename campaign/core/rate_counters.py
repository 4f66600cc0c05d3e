"""Rate limits with moving windows, shared by all processes through Redis; without Redis, of each process alone.

If Redis is down or hangs, this process counts alone for a while. That raises nothing, and nothing waits for long.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

T = TypeVar("T")
Window = tuple[RateLimitItem, str]  # a rate, and the name of what is counted
REDIS_SECONDS = 2  # timeout of one call to Redis
AWAY_SECONDS = 30  # after a failed call, how long this process counts alone
MEMORY = MovingWindowRateLimiter(MemoryStorage())
_lock = threading.Lock()  # the library's own lets two threads in while it expires entries
_away_until = 0.0


@lru_cache(maxsize=32)
def read_rate(words: str) -> RateLimitItem | None:
    """Return the rate that a setting names, such as 120/minute; None for no limit. Raises ValueError."""
    return parse(words) if words else None


def make_wider_rate(rate: RateLimitItem, times: int) -> RateLimitItem:
    return type(rate)(rate.amount * times, rate.multiples)


def hit(rate: RateLimitItem, key: str, count: int = 1) -> bool:
    """Take that many slots, all or none; False if fewer are left."""
    return _ask(lambda windows: windows.hit(rate, key, cost=count))


def take_each(windows: Iterable[Window]) -> Window | None:
    """Take a slot in every window, or in none; return the first that is full, or None."""
    windows = list(windows)
    full = next((window for window in windows if remaining(*window) < 1), None)
    # Another process may have been faster since, so only taking decides.
    return full or next((window for window in windows if not hit(*window)), None)


def return_slots(rate: RateLimitItem, key: str, count: int) -> None:
    """Give back the last slots taken, unused. The library has no way to."""

    def return_them(windows: MovingWindowRateLimiter) -> None:
        storage, name = windows.storage, rate.key_for(key)
        if isinstance(storage, RedisStorage):
            redis: Any = storage.get_connection()  # the library's type declares only what it uses
            redis.lpop(storage.prefixed_key(name), count)  # the newest are at the head
        elif isinstance(storage, MemoryStorage):
            del storage.events.get(name, [])[:count]

    _ask(return_them)


def remaining(rate: RateLimitItem, key: str) -> int:
    return _ask(lambda windows: windows.get_window_stats(rate, key).remaining)


def reset_at(rate: RateLimitItem, key: str) -> float:
    return _ask(lambda windows: windows.get_window_stats(rate, key).reset_time)


def _ask(question: Callable[[MovingWindowRateLimiter], T]) -> T:
    """Use Redis, or this process's memory while Redis is down."""
    global _away_until
    if settings.REDIS_URL and time.monotonic() > _away_until:
        try:
            return question(_reach_redis(settings.REDIS_URL))
        except (RedisError, OSError) as error:
            _away_until = time.monotonic() + AWAY_SECONDS
            words = "Redis does not answer (%s): this process counts for itself for %d seconds"
            logger.warning(words, type(error).__name__, AWAY_SECONDS)
    with _lock:
        return question(MEMORY)


@lru_cache(maxsize=4)
def _reach_redis(url: str) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        url,
        key_prefix="parley:windows",
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed on to redis-py as it is
    )
    return MovingWindowRateLimiter(storage)
