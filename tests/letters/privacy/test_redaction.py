"""Mail servers' words tell nothing of a letter's supporter."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from letters.models import EventType, Letter
from letters.privacy.redaction import MAX_NOTE, redact_notes, redact_personal, redact_supporter
from tests.letters.factories import make_letter

SUPPORTER: dict[str, Any] = {
    "sender_name": "Jane Doe",
    "sender_address": "1 Harrowgate Street\nLondon",
    "sender_postcode": "SW1A 1AA",
    "sender_email": "jane@supporter.example",
}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("550 5.1.1 <ann@parliament.example>: no such user", "550 5.1.1 <…>: no such user"),
        ("554 refused a mail of JANE DOE", "554 refused a mail of …"),
        ("554 Doe, of Harrowgate", "554 …, of …"),
        ("spam from SW1A1AA or sw1a 1aa", "spam from … or …"),
        ("doesn't like Janet", "doesn't like Janet"),
        ("452 4.2.2 mailbox full", "452 4.2.2 mailbox full"),
    ],
)
def test_addresses_and_the_supporter_are_hidden_and_the_rest_is_kept(words: str, told: str) -> None:
    assert redact_personal(words, Letter(**SUPPORTER)) == told


def test_a_long_answer_is_cut() -> None:
    assert len(redact_personal("550 " + "no " * 400, Letter(**SUPPORTER))) == MAX_NOTE


def test_after_an_erasure_only_the_codes_are_kept() -> None:
    letter = Letter(scrubbed_at=timezone.now())
    assert redact_personal("550 5.1.1 Jane at 192.0.2.55, port 2525", letter) == "550 5.1.1"


def test_an_organisers_note_keeps_other_peoples_addresses() -> None:
    assert redact_supporter("Asked ann@parliament.example about Jane", Letter(**SUPPORTER)) == (
        "Asked ann@parliament.example about …"
    )


@pytest.mark.django_db
def test_notes_and_answers_in_the_database_are_gone_over() -> None:
    letter = make_letter(**SUPPORTER)
    letter.events.create(type=EventType.CREATED, note="Jane Doe rang.")
    letter.last_answer = "450 jane@supporter.example is greylisted"
    letter.save()
    redact_notes(letter)
    letter.refresh_from_db()
    assert letter.events.latest("pk").note == "… rang."
    assert letter.last_answer == "450 … is greylisted"
