"""A letter's page says what its status means, and keeps organisers' notes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from letters.admin.letter_page import MEANINGS
from letters.models import EventType, Letter, Status
from tests.letters.factories import make_campaign, make_letter

pytestmark = pytest.mark.django_db


def find_url(letter: Letter, page: str = "change") -> str:
    return reverse(f"admin:letters_letter_{page}", args=[letter.pk])


def test_every_status_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Status)


def test_what_the_server_said_is_beside_the_decision(
    admin_client: Client, django_assert_max_num_queries: object
) -> None:
    campaign = make_campaign()
    letter, other = make_letter(campaign), make_letter(campaign)
    Letter.objects.filter(pk=letter.pk).update(status=Status.UNKNOWN, last_answer="451 Try again")
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        page = admin_client.get(find_url(letter)).content.decode()
    assert "the mail server did not say" in page
    assert page.index("451 Try again") < page.index("It did not arrive: send it again")
    assert other.reference in page
    assert f'<article class="letter" lang="{letter.language}">' in page
    asked = {"action": "resend_unknown", "_selected_action": [letter.pk]}
    assert "451 Try again" in admin_client.post(reverse("admin:letters_letter_changelist"), asked).content.decode()


def test_an_organiser_notes_what_was_found_out(admin_client: Client) -> None:
    letter = make_letter()
    assert "Write the note first." in admin_client.post(find_url(letter, "note"), {"note": " "}).content.decode()
    answer = admin_client.post(find_url(letter, "note"), {"note": "Their office has it."})
    assert answer["Location"] == find_url(letter)
    event = letter.events.last()
    assert event is not None
    assert (event.type, event.note, str(event.actor)) == (EventType.NOTE, "Their office has it.", "admin")
    assert "Their office has it." in admin_client.get(find_url(letter)).content.decode()
