"""A live argument falls due while somebody writes: it leaves the draft, they are told, and their words stay.

Stands for letters/views/journey_base.py (`Journey.withdrawn`) and what is shown of it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from letters.models import Letter
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import DETAILS, POSTCODE, come_to_words, go, words

pytestmark = pytest.mark.django_db
GONE = "“Argument 1” is no longer in your letter."


@pytest.fixture
def campaign(settings: Any) -> Campaign:
    settings.LIVE_DELIVERY = True
    make_constituency()
    return make_campaign(mode=Campaign.Mode.LIVE)


def let_fall_due(*keys: str) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Argument.objects.filter(key__in=keys).update(review_by=yesterday)


def test_it_is_marked_in_rehearsal_wherever_it_is_chosen_and_edited(client: Client, campaign: Campaign) -> None:
    Campaign.objects.update(mode=Campaign.Mode.REHEARSAL)
    Argument.objects.filter(key="argument-1").update(reviewed_on=None)
    let_fall_due("argument-1")
    said = "Facts as of 20 February 2023. Not reviewed since."
    go(client, "write-mp", {"postcode": POSTCODE})
    assert said in go(client, "write-arguments").content.decode()
    come_to_words(client, "argument-1")
    page = go(client, "write-words")
    assert (page.content.decode().count(said), page.context["text"].sources) == (1, ())  # beside the paragraph
    go(client, "write-words", words(client, source_style="notes", action="save"))
    page = go(client, "write-words")
    assert page.content.decode().count(said) == 2  # beside the paragraph, and in the letter's notes
    assert page.context["text"].sources[-1] == said


def test_it_leaves_a_live_draft_and_its_supporter_keeps_every_word(client: Client, campaign: Campaign) -> None:
    come_to_words(client, "argument-1", "argument-2")
    typed = words(client, own_words="My own words.", **{"text-argument-1": "What I made of it."})
    go(client, "write-words", typed | {"action": "save"})
    let_fall_due("argument-1")
    page = go(client, "write-words")
    assert GONE in page.content.decode()
    assert "What I made of it." in page.content.decode()
    assert "What I made of it." not in str(page.context["text"].paragraphs)
    assert page.context["form"]["own_words"].value() == "My own words."
    assert GONE in go(client, "write-arguments").content.decode()
    assert "Argument 1</label>" not in go(client, "write-arguments").content.decode()


@pytest.mark.parametrize("keys", [("argument-1",), ("argument-1", "argument-2")])
def test_what_is_typed_on_a_page_that_is_open_is_kept(client: Client, campaign: Campaign, keys: tuple[str]) -> None:
    come_to_words(client, *keys)
    typed = words(client, own_words="Mine, not yet saved.", **{"text-argument-1": "Nor this."})
    let_fall_due("argument-1")
    go(client, "write-words", typed | {"action": "save"})
    page = go(client, "write-arguments").content.decode()
    assert GONE in page
    assert "Nor this." in page
    go(client, "write-arguments", {"arguments": ["argument-2"]})
    page = go(client, "write-words")
    assert page.context["form"]["own_words"].value() == "Mine, not yet saved."
    assert "Nor this." in page.content.decode()


def test_a_letter_is_not_sent_that_says_other_than_what_was_checked(client: Client, campaign: Campaign) -> None:
    come_to_words(client, "argument-1", "argument-2")
    go(client, "write-words", words(client, own_words="I have thought about this for many years.") | {"action": "next"})
    checked = go(client, "write-check", DETAILS)
    send = DETAILS | {"consent": "on", "seen": checked.context["seen"]}
    let_fall_due("argument-1")
    page = go(client, "write-send", send)
    assert "Your letter has changed since you saw it" in page.content.decode()
    assert GONE in page.content.decode()
    assert not Letter.objects.exists()
    assert go(client, "write-send", send | {"seen": page.context["seen"]}).status_code == 302
    assert [p.argument_key for p in Letter.objects.get().paragraphs.all()].count("argument-1") == 0


def test_details_that_nothing_keeps_are_shown_when_no_argument_is_left(client: Client, campaign: Campaign) -> None:
    come_to_words(client, "argument-1")
    let_fall_due("argument-1")
    page = go(client, "write-check", DETAILS)
    assert page.status_code == 403
    assert GONE in page.content.decode()
    assert "1 Test Street" in page.content.decode()
