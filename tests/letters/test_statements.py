"""The statement that moves letters finds each by its key, however it is asked."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from letters.models import Letter, Move, Status
from letters.statements import write_statement
from tests.letters.factories import make_campaign, make_seat
from tests.letters.many import write_many

pytestmark = pytest.mark.django_db


def test_moving_a_few_letters_of_many_reads_no_others() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite moves letters one by one")
    make_seat()
    write_many(make_campaign(), 2000)
    changes = {"lease_token": uuid.uuid4(), "lease_until": timezone.now()}
    moves = [Move(letter, Status.SENDING, changes=changes) for letter in Letter.objects.all()[:16]]
    values = [value for move in moves for value in move.write_row(owed=True)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE letters_letter")
    with psycopg.RawCursor(connection.connection) as cursor:
        plan = "\n".join(line for (line,) in cursor.execute(f"EXPLAIN {write_statement(len(moves))}", values))
    assert "Index Scan using letters_letter_pkey on letters_letter" in plan
    assert "Seq Scan on letters_letter" not in plan
