"""Keeps the PDFs of letters on their way in memory, so that the writer's copy need not be printed again.

In this process alone and never on disk, each for at most an hour and one use; the oldest go first. What is missing is
printed again, from the same text, with the same bytes.
"""

from __future__ import annotations

import itertools
import threading
import time

from letters.drafting import LetterText

MOST_BYTES = 32 * 1024 * 1024  # of PDFs: more than a thousand letters
SECONDS = 3600


class Shelf:
    """PDFs by their texts, in the order in which they came."""

    def __init__(self) -> None:
        self._kept: dict[LetterText, tuple[float, bytes]] = {}
        self._size = 0
        self._lock = threading.Lock()

    def keep(self, text: LetterText, pdf: bytes) -> None:
        """Keep the PDF of this text."""
        now = time.monotonic()
        with self._lock:
            self._drop(text)
            self._kept[text] = now, pdf
            self._size += len(pdf)
            for key, (since, _pdf) in list(itertools.islice(self._kept.items(), 2)):  # one more than comes
                if self._size > MOST_BYTES or now - since > SECONDS:
                    self._drop(key)

    def forget_old(self) -> None:
        """Drop what nobody has taken in time."""
        with self._lock:
            old = time.monotonic() - SECONDS
            for key in [key for key, (since, _pdf) in self._kept.items() if since < old]:
                self._drop(key)

    def take(self, text: LetterText) -> bytes | None:
        """Return the PDF of exactly this text and keep it no longer; None if there is none."""
        with self._lock:
            return self._drop(text)

    def _drop(self, key: LetterText) -> bytes | None:
        _since, pdf = self._kept.pop(key, (0.0, None))
        self._size -= len(pdf or b"")
        return pdf


COPIES = Shelf()
