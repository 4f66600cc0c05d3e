"""A letter begins with its writer's own words; an argument comes to them, if any (letters/forms/own_words.py)."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from campaign.content.models import Argument, Campaign, Fact
from letters.writing.draft import OWN_WAY
from letters.writing.session import load_draft
from tests.letters.factories import GSS, make_campaign, make_constituency
from tests.letters.views.test_alone import OWN, begin
from tests.letters.views.test_journey import POSTCODE, go, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def campaign(client: Client) -> Campaign:
    make_constituency()
    campaign = make_campaign()
    go(client, "write-mp", {"postcode": POSTCODE})
    return campaign


def test_own_words_come_first_and_go_on_to_the_builder(client: Client) -> None:
    page = go(client, "write-arguments").content.decode()
    assert page.index('name="own_words"') < page.index('name="arguments"')
    begin(client, OWN, "argument-1")
    draft = load_draft(client.session, "peace")
    assert (draft.own_words, draft.keys, draft.alone) == (OWN, ["argument-1"], False)
    assert f"{OWN}</textarea>" in go(client, "write-words").content.decode()
    assert f"{OWN}</textarea>" in go(client, "write-arguments").content.decode()
    begin(client, "", "argument-1")
    assert load_draft(client.session, "peace").own_words == ""


def test_all_arguments_can_be_shown_without_losing_what_was_typed(client: Client) -> None:
    page = go(client, "write-arguments", {"own_words": OWN, "arguments": ["argument-1"], "show": "all"})
    assert f"{OWN}</textarea>" in page.content.decode()


def test_a_page_that_is_older_than_the_builders_text_loses_nothing(client: Client) -> None:
    begin(client, OWN, "argument-1")
    old = {"gss": GSS, "version": 1, "arguments": ["argument-1"]}
    go(client, "write-words", words(client, own_words=f"{OWN} And more.", action="save"))
    go(client, "write-arguments", old | {"own_words": OWN})
    assert load_draft(client.session, "peace").own_words == f"{OWN} And more."
    go(client, "write-arguments", old | {"own_words": f"{OWN} And more. Much more."})
    assert load_draft(client.session, "peace").own_words == f"{OWN} And more. Much more."
    go(client, "write-arguments", old | {"own_words": "Something else."})
    page = go(client, "write-words").content.decode()
    assert "This letter was changed in another tab" in page
    assert "Something else." in page
    assert "Much more." in page


def test_a_session_that_expired_meanwhile_loses_nothing(client: Client) -> None:
    Session.objects.all().delete()
    sent = {"gss": GSS, "version": 3, "own_words": OWN, "arguments": ["argument-1"]}
    assert go(client, "write-arguments", sent)["Location"].endswith("/words/")
    draft = load_draft(client.session, "peace")
    assert (draft.gss, draft.own_words, draft.keys) == (GSS, OWN, ["argument-1"])
    typed = words(client, own_words=f"{OWN} And more.", action="save")
    Session.objects.all().delete()
    go(client, "write-words", typed)
    assert load_draft(client.session, "peace").own_words == f"{OWN} And more."


def test_an_argument_with_facts_is_first_left_to_the_writers_own_words(client: Client) -> None:
    Fact.objects.create(argument=Argument.objects.get(key="argument-1"), text="A fact.")
    begin(client, OWN, "argument-1", "argument-2")
    lengths = {piece.key: piece.length for piece in load_draft(client.session, "peace").pieces}
    assert lengths == {"argument-1": OWN_WAY, "argument-2": "short"}
    page = go(client, "write-words")
    assert "If you leave this empty, your letter says nothing about it." in page.content.decode()
    assert "argument 1" not in " ".join(part.text for part in page.context["text"].paragraphs)
    ready = words(client, **{"length-argument-1": "short", "action": "save"})
    go(client, "write-words", ready)
    page = go(client, "write-words")
    assert "The short text of argument 1." in [part.text for part in page.context["text"].paragraphs]
    begin(client, OWN, "argument-1")
    assert load_draft(client.session, "peace").pieces[0].length == "short"


def test_neither_own_words_nor_anything_about_an_argument_is_no_letter(client: Client) -> None:
    Fact.objects.create(argument=Argument.objects.get(key="argument-1"), text="A fact.")
    begin(client, "", "argument-1")
    page = go(client, "write-words", words(client, action="next:post"))
    assert "your letter says nothing yet" in page.content.decode()
