"""A letter without an argument: the supporter's own words, and what the campaign asks for."""

from __future__ import annotations

import pytest
from django.test import Client

from campaign.content.models import Campaign
from letters.actions.confirm import confirm
from letters.models import Letter, Status
from letters.writing.session import load_draft
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import DETAILS, POSTCODE, go, words

pytestmark = pytest.mark.django_db
OWN = "My brother drives an ambulance there, and I would like him to come home."


@pytest.fixture(autouse=True)
def campaign() -> Campaign:
    make_constituency()
    return make_campaign()


def begin(client: Client, own_words: str, *keys: str) -> None:
    """Send the page on which a letter begins, as it stands but for this."""
    form = go(client, "write-arguments").context["form"]
    sent = {name: form[name].value() for name in ("gss", "version")}
    assert go(client, "write-arguments", sent | {"own_words": own_words, "arguments": keys})["Location"].endswith(
        "/words/"
    )


def come_to_words_alone(client: Client) -> None:
    go(client, "write-mp", {"postcode": POSTCODE})
    begin(client, "")


def test_own_words_alone_are_a_letter(client: Client) -> None:
    come_to_words_alone(client)
    page = go(client, "write-words")
    assert "Add an argument" in page.content.decode()
    assert "without any" not in page.content.decode()
    assert go(client, "write-words", words(client, own_words=OWN))["Location"].endswith("/details/")
    check = go(client, "write-check", DETAILS)
    assert "None: your own words only" in check.content.decode()
    text = check.context["text"]
    assert OWN in " ".join(paragraph.text for paragraph in text.paragraphs)
    assert not text.sources
    assert text.ask
    assert go(client, "write-send", DETAILS | {"consent": "on"}).status_code == 302
    letter = Letter.objects.get()
    assert not letter.paragraphs.exclude(argument_key="").exists()
    assert OWN in " ".join(paragraph.text for paragraph in letter.paragraphs.all())
    assert confirm(letter)
    letter.refresh_from_db()
    assert letter.status == Status.QUEUED


@pytest.mark.parametrize("action", ["next", "next:post"])
def test_neither_an_argument_nor_a_word_is_no_letter(client: Client, action: str) -> None:
    come_to_words_alone(client)
    page = go(client, "write-words", words(client, own_words=" ", action=action))
    assert "your letter says nothing yet" in page.content.decode()


@pytest.mark.parametrize("step", ["write-details", "write-check"])
def test_nobody_gives_an_address_for_a_letter_that_says_nothing(client: Client, step: str) -> None:
    come_to_words_alone(client)
    assert go(client, step)["Location"].endswith("/words/")
    assert "your letter says nothing yet" in go(client, "write-words").content.decode()


@pytest.mark.parametrize("step", ["write-check", "write-download", "write-text", "write-send"])
def test_a_letter_that_says_nothing_is_neither_shown_nor_sent_and_the_address_is_kept(
    client: Client, step: str
) -> None:
    come_to_words_alone(client)
    page = go(client, step, DETAILS | {"channel": "post", "consent": "on"}).content.decode()
    assert "your letter says nothing yet" in page
    assert DETAILS["address_1"] in page


def test_who_leaves_the_last_argument_out_after_the_check_is_asked_for_words_with_the_address(client: Client) -> None:
    go(client, "write-mp", {"postcode": POSTCODE})
    go(client, "write-arguments", {"arguments": ["argument-1"]})
    leaving = DETAILS | {"channel": "post", "carry": "yes"}
    page = go(client, "write-arguments", leaving).content.decode()
    assert "your letter says nothing yet" in page
    assert DETAILS["address_1"] in page
    response = go(client, "write-arguments", leaving | {"own_words": OWN})
    assert (response.status_code, response["Location"]) == (307, "/peace/write/check/")


def test_who_empties_the_builder_after_the_check_is_asked_for_words_with_the_address(client: Client) -> None:
    come_to_words_alone(client)
    page = go(client, "write-words", words(client, own_words="", carry="yes", **DETAILS)).content.decode()
    assert "your letter says nothing yet" in page
    assert DETAILS["address_1"] in page
    assert go(client, "write-words", words(client, own_words=OWN))["Location"].endswith("/details/")


def test_an_argument_can_be_added_later_and_one_left_keeps_its_words(client: Client) -> None:
    go(client, "write-mp", {"postcode": POSTCODE})
    go(client, "write-arguments", {"arguments": ["argument-1"]})
    go(client, "write-words", words(client, **{"text-argument-1": "As I would put it.", "action": "save"}))
    go(client, "write-arguments", {"arguments": []})
    draft = load_draft(client.session, "peace")
    assert (draft.alone, draft.keys) == (True, [])
    assert go(client, "write-words", {"action": "add"})["Location"].endswith("/arguments/")
    go(client, "write-arguments", {"arguments": ["argument-1"]})
    draft = load_draft(client.session, "peace")
    assert (draft.alone, draft.keys) == (False, ["argument-1"])
    assert "As I would put it." in draft.pieces[0].edits.values()


def test_who_has_not_said_so_is_asked_for_an_argument(client: Client) -> None:
    go(client, "write-mp", {"postcode": POSTCODE})
    assert go(client, "write-words")["Location"].endswith("/arguments/")
