"""SQL by hand, where Django's way would cost half of a letter's sending time (benchmarks/delivery.py)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import psycopg
from django.db import connection


class MoveRow(NamedTuple):
    """What one move of one letter writes: into its row, as an event, and as a notice if its writer is to be told.

    Every value as PostgreSQL reads it, None for NULL, so that a statement for so many moves is always the same one.
    """

    id: str
    was: str  # the status which the row must have
    lease: str | None  # which the row must have; None: whichever
    status: str
    at: str
    note: str
    actor: str | None
    notice: str | None  # its kind
    lease_token: str | None
    lease_until: str | None
    waits: str  # whether next_attempt_at is written
    next_attempt_at: str | None
    attempts: str | None  # of this and what follows, None leaves it as it is
    last_answer: str | None
    sent_at: str | None
    pdf_sha256: str | None


KEPT = ("attempts", "last_answer", "sent_at", "pdf_sha256")
WRITTEN = ("next_attempt_at", "lease_token", "lease_until", *KEPT)  # what a MoveRow can write besides the status
TYPES = {"id": "uuid", "lease": "uuid", "at": "timestamptz", "actor": "int", "lease_token": "uuid"}
TYPES |= {"lease_until": "timestamptz", "waits": "bool", "next_attempt_at": "timestamptz", "attempts": "smallint"}
TYPES |= {"sent_at": "timestamptz"}


def move_at_once(rows: Sequence[MoveRow]) -> list[bool]:
    """Write all that is still possible in one statement of PostgreSQL, all or nothing; return which moves were made.

    The server keeps the statement prepared (DATABASES' prepare_threshold): planning it takes as long as doing it. So
    that it has few of them, rows that move nothing fill up to the next power of two.
    """
    connection.ensure_connection()
    count = 1 << (len(rows) - 1).bit_length()
    values = [value for row in rows for value in row] + [None] * len(MoveRow._fields) * (count - len(rows))
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        moved: set[int] = {number for (number,) in cursor.execute(write_statement(count), values, prepare=True)}
    return [number in moved for number in range(len(rows))]


CLAIM = """
    WITH claimed AS (
        UPDATE letters_letter SET status = 'claimed', lease_token = $2::uuid, lease_until = $3::timestamptz
        WHERE id = ANY ($1::text[]::uuid[]) RETURNING id
    )
    INSERT INTO letters_letterevent (letter_id, at, what, note)
    SELECT id, $4::timestamptz, 'claimed', '' FROM claimed
"""


def claim_at_once(ids: list[str], lease: str, until: str, at: str) -> None:
    """Claim these letters, which this transaction has locked, under the lease, each with its event."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        cursor.execute(CLAIM, [ids, lease, until, at], prepare=True)


@lru_cache
def write_statement(count: int) -> str:
    """Return the statement for so many moves, its parameters in the order of MoveRow's fields.

    Only names of columns and numbers are written into it (hence no S608, B608).
    A row is found by its key alone: `|| ''` keeps the planner from the index on status, where a busy queue leaves
    thousands of dead entries. (A range around the key does so, too, but a planner takes a range for a two-hundredth
    of the table, and prefers to read all of it for a few moves.)
    """
    width = len(MoveRow._fields)
    # Each answers by its number, not by its letter: of two senders of one letter, only who has the lease may go on.
    rows = ", ".join(
        f"({at}, {', '.join(_place(at * width + place) for place in range(width))})" for at in range(count)
    )
    kept = ", ".join(f"{name} = coalesce(asked.{name}, letter.{name})" for name in KEPT)
    return f"""
        WITH moved AS (
            UPDATE letters_letter AS letter
            SET status = asked.status, lease_token = asked.lease_token, lease_until = asked.lease_until, {kept},
                next_attempt_at = CASE WHEN asked.waits THEN asked.next_attempt_at ELSE letter.next_attempt_at END
            FROM (VALUES {rows}) AS asked(number, {", ".join(MoveRow._fields)})
            WHERE letter.id = asked.id AND letter.status || '' = asked.was
                AND (asked.lease IS NULL OR letter.lease_token = asked.lease)
            RETURNING asked.number, letter.id, letter.text_erased_at,
                asked.status, asked.at, asked.note, asked.actor, asked.notice
        ), event AS (
            INSERT INTO letters_letterevent (letter_id, at, what, note, actor_id)
            SELECT id, at, status, note, actor FROM moved
        ), notice AS (
            INSERT INTO letters_notice (letter_id, kind, due_at, attempts, last_answer)
            SELECT id, notice, at, 0, '' FROM moved WHERE notice IS NOT NULL AND text_erased_at IS NULL
            ON CONFLICT DO NOTHING
        )
        SELECT number FROM moved
    """  # noqa: S608 # nosec B608


def _place(number: int) -> str:
    """Return the parameter of that number, counted from 0, with its type."""
    name = MoveRow._fields[number % len(MoveRow._fields)]
    return f"${number + 1}::{TYPES.get(name, 'text')}"
