"""A letter's life is one table (status.py), and every move is one conditional update with its event (letter.py, event.py, queries.py)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from letters.models import (
    REFERENCE_ALPHABET,
    TRANSITIONS,
    EventType,
    Letter,
    Status,
    Transition,
    apply_transitions,
    make_reference,
)
from tests.letters.factories import make_letter

pytestmark = pytest.mark.django_db
SOME_TIME = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def test_every_status_is_in_the_table_and_moves_only_to_statuses() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert set().union(*TRANSITIONS.values()) <= set(Status)


@pytest.mark.parametrize("status", [Status.SENT, Status.BOUNCED, Status.WITHDRAWN])
def test_what_has_arrived_or_ended_never_goes_back_into_the_queue(status: Status) -> None:
    reachable: set[str] = {status}
    while new := set().union(*(TRANSITIONS[at] for at in reachable)) - reachable:
        reachable |= new
    assert reachable.isdisjoint({Status.QUEUED, Status.CLAIMED, Status.SENDING})


def test_a_move_writes_its_event() -> None:
    letter = make_letter()
    assert letter.transition_to(Status.HELD, note="a look")
    assert [(event.type, event.note) for event in letter.events.all()] == [("queued", ""), ("held", "a look")]


def test_a_move_that_the_table_does_not_allow_is_refused_and_changes_nothing() -> None:
    letter = make_letter()
    with pytest.raises(ValueError, match="cannot move from queued to sent"):
        letter.transition_to(Status.SENT, sent_at=timezone.now())
    letter.refresh_from_db()
    assert letter.status == Status.QUEUED
    assert letter.events.count() == 1


def test_only_the_first_of_two_moves_counts() -> None:
    letter = make_letter()
    mine, theirs = Letter.objects.get(pk=letter.pk), Letter.objects.get(pk=letter.pk)
    assert mine.transition_to(Status.HELD)
    assert theirs.transition_to(Status.WITHDRAWN) is False
    letter.refresh_from_db()
    assert letter.status == Status.HELD
    assert [event.type for event in letter.events.all()] == ["queued", "held"]


def test_moves_that_are_alike_are_made_together_and_none_that_is_too_late() -> None:
    """One update for all; whoever was faster with one letter keeps it."""
    letters = [make_letter() for _ in range(3)]
    moves = [Transition(Letter.objects.get(pk=letter.pk), Status.HELD, "a look") for letter in letters]
    assert letters[1].transition_to(Status.WITHDRAWN)
    with CaptureQueriesContext(connection) as queries:
        assert apply_transitions(*moves) == [True, False, True]
    assert sum(query["sql"].startswith("UPDATE") for query in queries) == 1
    assert [move.letter.status for move in moves] == [Status.HELD, Status.QUEUED, Status.HELD]
    last = [(letter.status, letter.events.latest("id").type) for letter in Letter.objects.order_by("reference")]
    assert sorted(last) == [("held", "held"), ("held", "held"), ("withdrawn", "withdrawn")]


def test_moves_that_differ_are_made_each_by_itself() -> None:
    letters = [make_letter() for _ in range(2)]
    assert (
        apply_transitions(Transition(letters[0], Status.HELD), Transition(letters[1], Status.WITHDRAWN)) == [True] * 2
    )
    assert sorted(Letter.objects.values_list("status", flat=True)) == ["held", "withdrawn"]


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("letter_sent_has_sent_at", {"status": "sent", "sent_at": None}),
        ("letter_queued_has_next_attempt", {"next_attempt_at": None}),
        ("letter_leased_only_while_claimed_or_sending", {"status": "claimed"}),
        ("letter_leased_only_while_claimed_or_sending", {"lease_until": SOME_TIME}),
        ("letter_confirmed_before_anything_else", {"confirmed_at": None}),
        ("letter_scrubbed_has_no_sender", {"scrubbed_at": SOME_TIME}),
    ],
)
def test_the_database_itself_refuses_a_row_that_lies(constraint: str, fields: dict[str, Any]) -> None:
    letter = make_letter()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**fields)


def test_references_are_short_and_hard_to_misread() -> None:
    references = {make_reference() for _ in range(200)}
    assert len(references) == 200
    assert all(re.fullmatch(f"[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}", one) for one in references)
    assert set(REFERENCE_ALPHABET).isdisjoint("AEIOU01L2Z5S8B")


def test_other_happenings_are_told_without_a_move() -> None:
    letter = make_letter()
    letter.log_event(EventType.POSTED)
    assert [event.type for event in letter.events.all()] == ["queued", "posted"]
    assert letter.status == Status.QUEUED
