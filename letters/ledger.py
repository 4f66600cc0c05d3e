"""Writes down what became of letters, and which are next: several in one commit, and one's trouble stays its own."""

from __future__ import annotations

import logging
from itertools import chain

from django.db import DatabaseError

from letters.models import Move, make_moves

logger = logging.getLogger(__name__)


def write_moves(*moves: Move) -> list[bool | None]:
    """Make those of the moves that are still possible, in one transaction; return which were made, once it is durable.

    If that fails for the sake of one, each is written by itself; None is returned for what cannot be, and it is
    logged. That is safe whatever became of the first try, because a move is only made from where it starts.
    Raises ValueError for a move that the table does not allow, and DatabaseError if nothing can be written.
    """
    try:
        return [*make_moves(*moves)]
    except DatabaseError:
        if len(moves) < 2:
            raise
    made: list[list[bool] | list[None]] = []
    failure: DatabaseError | None = None
    for move in moves:
        try:
            made.append(make_moves(move))
        except DatabaseError as error:
            failure = error
            made.append([None])
            reference = move.letter.reference
            # The kind of error only: its words might quote the letter.
            words = "letter %s: %s could not be written: %s"
            logger.error(words, reference, move.status, type(error).__name__, extra={"letter": reference})
    if failure is not None and not any(chain(*made)):
        raise failure
    return list(chain(*made))
