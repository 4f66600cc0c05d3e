"""Commits the moves of several senders together: each waits until its own are durable, and they share one commit.

While one sender's statement is on its way, the others write down what they want moved and wait; who comes next takes
all of it along. With a few senders on one worker that halves what a letter costs the database, and nothing is promised
sooner: `write_moves` returns when the moves are committed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.db import connection

from letters.models import Move, make_moves


@dataclass
class Entry:
    """What one sender wants written: its moves, and which of them were made once that is known."""

    moves: tuple[Move, ...]
    made: list[bool] | None = None
    tried: bool = False  # without success if nothing is made: its sender writes it by itself


class Ledger:
    """The moves that the senders of one process wait for."""

    def __init__(self) -> None:
        self._pen = threading.Lock()  # who holds it writes
        self._lock = threading.Lock()
        self._waiting: list[Entry] = []

    def write(self, *moves: Move) -> list[bool]:
        """Make those of the moves that are still possible, in one transaction; tell which were made.

        Raises what `make_moves` raises, for these moves alone: if writing them with others' fails, for a broken
        connection or for one letter's sake, each sender tries again by itself. That is safe whatever became of the
        first try, because a move is only made from where it starts.
        """
        entry = Entry(moves)
        with self._lock:
            self._waiting.append(entry)
        with self._pen:
            if not entry.tried:
                with self._lock:
                    entries, self._waiting = self._waiting, []
                if len(entries) == 1:
                    return make_moves(*moves)
                _write_together(entries)
        return make_moves(*moves) if entry.made is None else entry.made


def _write_together(entries: list[Entry]) -> None:
    """Write the moves of several senders in one transaction, or none of them."""
    for entry in entries:
        entry.tried = True
    try:
        made = make_moves(*(move for entry in entries for move in entry.moves))
    except Exception:  # noqa: BLE001 each sender tries by itself, and meets the error again if it is its own
        return
    for entry in entries:
        entry.made, made = made[: len(entry.moves)], made[len(entry.moves) :]


_ledger = Ledger()


def write_moves(*moves: Move) -> list[bool]:
    """Make those of the moves that are still possible, in one commit, perhaps with other senders' of this process.

    Returns which were made, once that is durable. Raises ValueError for a move that the table does not allow, and
    database errors; then none of these was made, unless the connection broke in the commit.
    """
    if not moves:
        return []
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return make_moves(*moves)
    return _ledger.write(*moves)
