"""Limits slow requests, so that threads remain for everybody: one at a time for each visitor, two in all.

A process of the web server has eight threads. A page that takes up to a quarter of a second of the processor, waits for
the PDF engine, or hashes a password, needs a place here first. However many requests one visitor sends, other people's
pages do not have to wait for them. A request that finds no place is refused at once, to be tried again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MAX_AT_WORK = 2  # each for another visitor; more would be no quicker, since Python runs one thread at a time
MAX_INSIDE = 6  # at work or waiting, so that threads remain for everything else
MAX_EACH = 4  # of one visitor, one at work and others waiting: a household writes, or a page loads while it saves
WAIT_SECONDS = 10.0  # long enough for the slowest page
RETRY_SECONDS = 3  # by then there is probably room again


class CrowdedError(Exception):
    """There is no room at the moment. Try again in a few seconds."""


class Bulkhead:
    """Room for so many at once. Visitors are forgotten when they leave."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: Counter[str] = Counter()
        self._at_work: set[str] = set()

    @contextmanager
    def enter(self, visitor: str) -> Iterator[None]:
        """Run the block when there is room. Raises CrowdedError."""
        with self._changed:
            if self._inside.total() >= MAX_INSIDE or self._inside[visitor] >= MAX_EACH:
                raise CrowdedError
            self._inside[visitor] += 1
        try:
            self._begin(visitor)
            try:
                yield
            finally:
                with self._changed:
                    self._at_work.remove(visitor)
        finally:
            with self._changed:
                self._inside -= Counter([visitor])  # subtraction drops counts of zero
                self._changed.notify_all()

    def _begin(self, visitor: str) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_turn(visitor), WAIT_SECONDS):
                raise CrowdedError
            self._at_work.add(visitor)

    def _has_turn(self, visitor: str) -> bool:
        return visitor not in self._at_work and len(self._at_work) < MAX_AT_WORK


BULKHEAD = Bulkhead()
