"""Easy read: one question a page, the same letter (letters/views/details.py, letters/forms/easy.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaign.content.models import Campaign, Phrasing
from letters.models import Letter
from letters.views.journey_base import TYPED
from letters.writing.session import load_draft
from tests.letters.factories import GSS, make_campaign, make_constituency
from tests.letters.views.test_journey import DETAILS, POSTCODE, go
from tests.test_english import Reader, find_age

MAX_GRADE = 6  # of the American school, as Flesch and Kincaid count; the age is five years more
WORDS = "My father was a soldier, and I think of him each day when I hear the news of this war."
SENT = {name: value for name, value in DETAILS.items() if name in TYPED or name == "channel"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_windows")]


@pytest.fixture
def campaign() -> Campaign:
    make_constituency()
    return make_campaign(arguments=6)


def begin(client: Client) -> None:
    assert go(client, "write-mp", {"postcode": POSTCODE, "way": "easy"})["Location"].endswith("/easy/reason/")


def come_to_details(client: Client, words: str = WORDS) -> None:
    begin(client)
    assert go(client, "easy-reason", {"choice": "argument-2"})["Location"].endswith("/easy/words/")
    assert go(client, "easy-words", {"own_words": words})["Location"].endswith("/easy/request/")
    asks = go(client, "easy-ask").context["asks"]
    assert go(client, "easy-ask", {"choice": asks[-1].key})["Location"].endswith("/easy/name/")


def read_draft(client: Client) -> Any:
    return load_draft(client.session, "peace")


def read_hidden(page: Any) -> dict[str, str]:
    """What the page's form sends without anything typed."""
    fields = [*page.context["hidden"], page.context["form"]["started"]]
    return {field.html_name: field.value() or "" for field in fields}


def test_the_campaigns_page_leads_to_it(client: Client, campaign: Campaign) -> None:
    assert f'href="{reverse("easy", args=["peace"])}"' in client.get("/peace/").content.decode()


def test_each_page_asks_one_question_up_to_the_same_letter(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    page = go(client, "easy-name")
    assert [field.name for field in page.context["fields"]] == ["name"]
    page = go(client, "easy-address", read_hidden(page) | {"name": "Jane Doe"})
    assert [field.name for field in page.context["fields"]] == ["address_1", "address_2", "town", "postcode"]
    assert not page.context["form"].errors
    typed = {name: DETAILS[name] for name in ("address_1", "town", "postcode")}
    page = go(client, "easy-sending", read_hidden(page) | typed)
    assert [field.name for field in page.context["fields"]] == ["channel", "email"]
    page = go(client, "write-check", read_hidden(page) | {"channel": "email", "email": DETAILS["email"]})
    assert "letters/easy/check.html" in [template.name for template in page.templates]
    assert WORDS in page.content.decode()
    assert Letter.objects.count() == 0, "name and address are not stored"
    sent = go(client, "write-send", DETAILS | {"consent": "on"})
    assert sent["Location"] == reverse("write-sent", args=["peace"])
    letter = Letter.objects.get()
    assert (letter.sender_name, letter.constituency_gss) == ("Jane Doe", GSS)
    assert [p.argument_key for p in letter.paragraphs.all() if p.argument_key] == ["argument-2"]


def test_one_of_the_shortest_wordings_is_taken(client: Client, campaign: Campaign) -> None:
    argument = campaign.arguments.get(key="argument-2")
    Phrasing.objects.create(argument=argument, language="en", length="short", variant=1, text="Peace, please.")
    begin(client)
    go(client, "easy-reason", {"choice": "argument-2"})
    [piece] = read_draft(client).pieces
    assert (piece.length, piece.variant) in {("short", 0), ("short", 1)}


def test_too_few_words_are_a_choice_before_any_name_is_asked_for(client: Client, campaign: Campaign) -> None:
    begin(client)
    go(client, "easy-reason", {"choice": "argument-1"})
    page = go(client, "easy-words", {"own_words": "No war."})
    assert "Write 3 more words" in page.content.decode()
    assert "No war." in page.content.decode()
    assert read_draft(client).own_words == "No war.", "nothing typed is lost"
    answer = go(client, "easy-words", {"own_words": "No war.", "action": "print"})
    assert answer["Location"].endswith("/easy/request/")
    channel = go(client, "easy-name").context["form"]["channel"]
    assert channel.value() == "post"


def test_another_question_keeps_the_words(client: Client, campaign: Campaign) -> None:
    begin(client)
    go(client, "easy-reason", {"choice": "argument-1"})
    before = go(client, "easy-words").context["prompt"]
    page = go(client, "easy-words", {"own_words": WORDS, "action": "question"})
    assert page.context["prompt"] != before
    assert WORDS in page.content.decode()


@pytest.mark.parametrize("step", ["easy-reason", "easy-ask"])
def test_nothing_picked_says_so(client: Client, campaign: Campaign, step: str) -> None:
    come_to_details(client)
    for sent in ({}, {"choice": "made-up"}):
        page = go(client, step, sent)
        assert page.context["form"].errors == {"choice": ["Pick one."]}
        assert '<a href="#id_choice_0">Pick one.</a>' in page.content.decode()
        assert 'id="id_choice_0"' in page.content.decode()


def test_a_missing_answer_brings_its_page_back_with_all_that_was_typed(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    page = go(client, "easy-address", {"name": ""})
    assert page.context["question"] == "easy-name"
    assert list(page.context["form"].errors) == ["name"]
    page = go(client, "easy-sending", {"name": "Jane Doe", "address_1": "1 Test Street", "town": "London"})
    assert page.context["question"] == "easy-address"
    assert list(page.context["form"].errors) == ["postcode"]
    assert 'value="Jane Doe"' in page.content.decode()
    page = go(client, "write-check", SENT | {"email": "nonsense"})
    assert page.context["question"] == "easy-sending"
    assert list(page.context["form"].errors) == ["email"]
    assert 'value="1 Test Street"' in page.content.decode()
    assert 'value="nonsense"' in page.content.decode()


def test_the_wrong_constituency_is_one_press_from_the_right_one(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    make_constituency("S14000061", "Aberdeen South", name_display="Ms Other Example")
    page = go(client, "easy-sending", SENT | {"postcode": "AB10 1AB"}).content.decode()
    assert "Write to Ms Other Example (Aberdeen South) instead" in page
    answer = go(client, "write-mp", SENT | {"postcode": "AB10 1AB", "gss": "S14000061", "carry": "yes"})
    assert (answer.status_code, answer["Location"]) == (307, reverse("write-check", args=["peace"]))


@pytest.mark.parametrize("step", ["easy-words", "easy-reason", "easy-ask"])
def test_a_correction_from_the_letter_comes_back_to_it_with_the_address(
    client: Client, campaign: Campaign, step: str
) -> None:
    come_to_details(client)
    page = go(client, step, SENT | {"carry": "open"})
    assert page.status_code == 200
    assert 'name="address_1" value="1 Test Street"' in page.content.decode()
    asks = go(client, "easy-ask").context["asks"]
    chosen = {"easy-words": {"own_words": f"{WORDS} More."}, "easy-reason": {"choice": "argument-3"}}
    answer = go(client, step, SENT | {"carry": "yes"} | chosen.get(step, {"choice": asks[0].key}))
    assert (answer.status_code, answer["Location"]) == (307, reverse("write-check", args=["peace"]))


def test_the_full_way_is_a_press_away_and_keeps_everything(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    assert go(client, "easy", {"way": "full"})["Location"] == reverse("write-arguments", args=["peace"])
    draft = read_draft(client)
    assert (draft.easy, draft.own_words, draft.keys) == (False, WORDS, ["argument-2"])
    assert "letters/check.html" in [template.name for template in go(client, "write-check", DETAILS).templates]


def test_a_step_too_early_leads_to_the_question_that_is_missing(client: Client, campaign: Campaign) -> None:
    begin(client)
    for step in ("easy-words", "easy-ask", "easy-name", "write-check"):
        assert go(client, step)["Location"] == reverse("easy-reason", args=["peace"])
    for step in ("easy-address", "easy-sending"):
        go(client, "easy-reason", {"choice": "argument-1"})
        assert go(client, step)["Location"] == reverse("easy-name", args=["peace"])


def test_its_own_texts_can_be_read_at_grade_six(client: Client, campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(mode=Campaign.Mode.LIVE, prompts="Why do you care?")
    pages = {"easy": go(client, "easy")}
    come_to_details(client)
    for step in ("easy-reason", "easy-words", "easy-ask", "easy-name"):
        pages[step] = go(client, step)
    pages["few"] = go(client, "easy-words", {"own_words": "No."})
    go(client, "easy-words", {"own_words": WORDS})
    pages["easy-address"] = go(client, "easy-address", SENT)
    pages["easy-sending"] = go(client, "easy-sending", SENT)
    pages["faulty"] = go(client, "write-check", SENT | {"email": ""})
    pages["check"] = go(client, "write-check", SENT)
    pages["by post"] = go(client, "write-check", SENT | {"channel": "post"})
    grades = {}
    for name, page in pages.items():
        assert page.status_code == 200, name
        reader = Reader()
        text = page.content.decode().partition("<main")[2].partition("</main>")[0]
        reader.feed(text)
        grades[name] = round(find_age(reader.list_sentences()) - 5, 1)
    assert {name: grade for name, grade in grades.items() if grade > MAX_GRADE} == {}
