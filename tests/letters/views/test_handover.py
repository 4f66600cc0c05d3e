"""A draft goes on on another device (letters/writing/handover.py, campaign/core/qr.py)."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from letters.writing.session import load_draft
from tests.letters.factories import make_campaign, make_constituency

pytestmark = pytest.mark.django_db
WORDS = "/peace/write/words/"


@pytest.fixture
def supporter(client: Client) -> Client:
    """Somebody with a draft."""
    make_constituency()
    make_campaign(own_words_minimum=0)
    client.post("/peace/write/", {"postcode": "SW1A 1AA"})
    client.post("/peace/write/arguments/", {"arguments": ["argument-1"]})
    page = client.get(WORDS).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    typed = {"own_words": "I care.", "order": "~own argument-1", "version": version[1], "action": "leave"}
    assert client.post(WORDS, typed)["Location"] == "/peace/write/device/"
    return client


def read_link(client: Client) -> str:
    """The path of the link on the page."""
    page = client.get("/peace/write/device/").content.decode()
    [link] = re.findall(r'id="draft-link"[^>]*value="([^"]+)"', page)
    assert 'src="data:image/svg+xml;base64,' in page
    return urlsplit(unescape(link)).path


def test_the_link_brings_arguments_and_words_to_another_device_after_a_press(supporter: Client) -> None:
    link, other = read_link(supporter), Client()
    assert "3" not in str(other.session.get("drafts", {}))
    page = other.get(link).content.decode()
    assert "It has 1 argument and 2 words of yours." in page
    assert load_draft(other.session, "peace").pieces == [], "looking takes nothing"
    assert other.post(link)["Location"] == WORDS
    taken, kept = load_draft(other.session, "peace"), load_draft(supporter.session, "peace")
    assert (taken.own_words, taken.keys, taken.gss) == ("I care.", ["argument-1"], kept.gss)
    assert taken.id != kept.id, "nobody comes by this link to the letter that the first draft becomes"


def test_the_link_tells_nothing_of_the_session(supporter: Client) -> None:
    link = read_link(supporter)
    assert str(supporter.session.session_key) not in link
    assert "peace" not in link


def test_a_deleted_draft_a_wrong_link_and_half_a_link_lead_nowhere(supporter: Client) -> None:
    link = read_link(supporter)
    for wrong in ("/continue/nonsense/", link[:-9] + "/", "/continue/a%2Fb/", "/continue/ä/"):
        assert Client().get(wrong).status_code == 404
    supporter.post("/peace/write/finish/")
    for response in (Client().get(link), Client().post(link)):
        assert response.status_code == 404
        assert "This draft is gone" in response.content.decode()


def test_it_says_that_another_draft_would_be_replaced(supporter: Client) -> None:
    link, other = read_link(supporter), Client()
    other.post("/peace/write/", {"postcode": "SW1A 1AA"})
    other.post("/peace/write/arguments/", {"arguments": ["argument-2"]})
    assert "will be replaced" in other.get(link).content.decode()
    assert "will be replaced" not in supporter.get(link).content.decode()


def test_a_press_from_elsewhere_plants_no_draft(supporter: Client) -> None:
    link = read_link(supporter)
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
