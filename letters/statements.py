"""SQL by hand, where Django's way would cost half of a letter's sending time (benchmarks/delivery.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class MoveRows:
    """What one move of one letter writes: columns of its row, an event, and a notice if its writer is to be told."""

    columns: dict[str, Any]
    pk: Any
    status: str  # which the row must have; of `columns` it is not
    lease: Any  # which the row must have; None: whichever
    event: tuple[Any, str, str, int | None]  # at, what, note, actor
    notice: tuple[str, Any] | None  # kind, due


def move_at_once(moves: Sequence[MoveRows]) -> list[bool]:
    """Write all that is still possible in one statement of PostgreSQL, all or nothing; return which moves were made."""
    sql = write_statement(
        tuple((tuple(move.columns), move.lease is not None, move.notice is not None) for move in moves)
    )
    values: list[Any] = []
    for move in moves:
        values += [*move.columns.values(), move.pk, move.status, *([move.lease] if move.lease is not None else [])]
        values += move.event
        values += move.notice or ()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [bool(count) for count in cursor.fetchone()]


@lru_cache
def write_statement(shape: tuple[tuple[tuple[str, ...], bool, bool], ...]) -> str:
    """Return the statement for moves of this shape: columns, whether under a lease, whether with a notice, of each.

    Only names of columns and numbers are written into it (hence no S608, B608); all values are parameters, in
    `move_at_once`'s order.
    `status || ''` keeps the planner from looking for the row through the index on status, where a busy queue leaves
    thousands of dead entries.
    """
    parts = []
    for number, (columns, leased, told) in enumerate(shape):
        assignments = ", ".join(f'"{column}" = %s' for column in columns)
        parts.append(
            f"moved{number} AS (UPDATE letters_letter SET {assignments} WHERE id = %s AND status || '' = %s"  # noqa: S608 # nosec B608
            f"{' AND lease_token = %s' if leased else ''} RETURNING id, text_erased_at)"
        )
        parts.append(
            f"event{number} AS (INSERT INTO letters_letterevent (letter_id, at, what, note, actor_id)"  # noqa: S608 # nosec B608
            f" SELECT id, %s::timestamptz, %s, %s, %s::int FROM moved{number})"
        )
        if told:
            parts.append(
                f"notice{number} AS (INSERT INTO letters_notice (letter_id, kind, due_at, attempts, last_answer)"  # noqa: S608 # nosec B608
                f" SELECT id, %s, %s::timestamptz, 0, '' FROM moved{number} WHERE text_erased_at IS NULL"
                " ON CONFLICT DO NOTHING)"
            )
    counts = ", ".join(f"(SELECT count(*) FROM moved{number})" for number in range(len(shape)))  # noqa: S608 # nosec B608
    return f"WITH {', '.join(parts)} SELECT {counts}"
