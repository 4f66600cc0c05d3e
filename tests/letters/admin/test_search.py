"""One box searches the list: an email is never in an address, a name says what to search by (letters/admin/letters.py)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.letters.factories import make_letter

pytestmark = pytest.mark.django_db
EMAIL = "jane.roe@supporter.example"


def search(client: Client, text: str, query: str = "") -> Any:
    return client.post(reverse("admin:letters_letter_find") + query, {"sought": text})


def test_an_email_is_found_and_stands_in_no_address(admin_client: Client) -> None:
    mine, other = make_letter(sender_email=EMAIL), make_letter()
    found = search(admin_client, f" {EMAIL.upper()} ", "?status__exact=sent")
    assert "jane" not in found["Location"].lower()
    page = admin_client.get(found["Location"]).content.decode()
    assert mine.reference in page
    assert other.reference not in page
    assert EMAIL not in page


def test_what_is_no_email_is_searched_for_among_what_the_filters_leave(admin_client: Client) -> None:
    letter = make_letter()
    found = search(admin_client, letter.reference, "?status__exact=queued&p=older_1_x&q=before")
    assert parse_qs(urlsplit(found["Location"]).query) == {"status__exact": ["queued"], "q": [letter.reference]}
    page = admin_client.get(found["Location"]).content.decode()
    assert letter.reference in page
    assert f'value="{letter.reference}"' in page
    assert urlsplit(search(admin_client, " ")["Location"]).query == ""


def test_a_name_says_what_to_search_by(admin_client: Client) -> None:
    make_letter(sender_name="Jane Roe")
    page = admin_client.get(search(admin_client, "Jane Roe")["Location"]).content.decode()
    assert "Supporters' names are encrypted" in page.replace("&#x27;", "'").replace("’", "'")


def test_an_email_typed_into_the_address_is_dropped(admin_client: Client) -> None:
    answer = admin_client.get(reverse("admin:letters_letter_changelist"), {"q": EMAIL})
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:letters_letter_changelist"))
    assert "Type an email address into the box" in admin_client.get(answer["Location"]).content.decode()


@given(text=st.text(max_size=80).map(lambda text: f"{text}@{text}"))
def test_nothing_with_an_at_sign_comes_into_an_address(admin_client: Client, text: str) -> None:
    query = parse_qs(urlsplit(search(admin_client, text)["Location"]).query)
    assert set(query) <= {"sender_email_index__in"}
