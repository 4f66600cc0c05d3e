"""Keeps a process's threads for everybody: what takes long is done once at a time for each visitor, and twice in all.

A process of the web server has eight threads. A page that takes up to a quarter of a second of the processor, waits for
the press, or hashes a password, has to find room here first. So one visitor, however many requests they send, holds up
neither the cheap pages nor the costly ones of others. Who finds no room is told so at once and tries again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MAX_AT_WORK = 2  # each for another visitor; more at a time would be no quicker: Python runs one thread at once
MAX_INSIDE = 6  # at work or waiting, so that other threads answer everybody else
MAX_EACH = (
    4  # of one visitor: one at work, others waiting, as when a household writes, or a page is loaded while it saves
)
WAIT_SECONDS = 10.0  # long enough for the slowest page
RETRY_SECONDS = 3  # until there is room again, most probably


class CrowdedError(Exception):
    """There is no room now; in a few seconds there will be."""


class Bulkhead:
    """Room for so many at once. Visitors are forgotten as they leave."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: Counter[str] = Counter()
        self._at_work: set[str] = set()

    @contextmanager
    def enter(self, visitor: str) -> Iterator[None]:
        """Do the block's work when it is its turn. Raises CrowdedError."""
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
                self._inside -= Counter([visitor])  # which drops what comes to nothing
                self._changed.notify_all()

    def _begin(self, visitor: str) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_turn(visitor), WAIT_SECONDS):
                raise CrowdedError
            self._at_work.add(visitor)

    def _has_turn(self, visitor: str) -> bool:
        return visitor not in self._at_work and len(self._at_work) < MAX_AT_WORK


BULKHEAD = Bulkhead()
