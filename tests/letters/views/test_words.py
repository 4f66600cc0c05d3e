"""The builder: everything typed is kept, by buttons as by scripts, whatever happens to tab and session (letters/forms/words.py)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse

from campaign.content.models import Argument, Campaign, Phrasing
from campaign.parliament.models import Member
from letters.models import Letter
from letters.writing.draft import Draft
from letters.writing.fact_check import Comparison
from letters.writing.session import load_draft, read_draft
from tests.letters.factories import make_campaign, make_constituency

pytestmark = pytest.mark.django_db
PATH = "/peace/write/words/"
KEYS = ("argument-1", "argument-2")


@pytest.fixture
def supporter(client: Client) -> Client:
    """Somebody who has come to the builder with two arguments."""
    make_constituency()
    make_campaign(own_words_minimum=0)
    client.post("/peace/write/", {"postcode": "SW1A 1AA"})
    client.post("/peace/write/arguments/", {"arguments": KEYS})
    return client


def open_tab(client: Client) -> dict[str, Any]:
    """What a browser would send from the page as it is now."""
    return read_form(client.get(PATH).content.decode())


def read_form(html: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, attributes, text in re.findall(r'<textarea name="([^"]+)"([^>]*)>\n?(.*?)</textarea>', html, re.DOTALL):
        fields[name] = unescape(text)
        assert "maxlength" not in attributes, "a browser would cut what is pasted"
    for tag in re.findall(r"<input [^>]+>", html):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if given["type"] == "hidden" or " checked" in tag:
            fields[given["name"]] = unescape(given.get("value", "on"))
    return fields


def press(client: Client, tab: dict[str, Any], action: str = "save", **typed: str) -> Any:
    """Press a button without scripts."""
    return client.post(PATH, tab | typed | {"action": action})


def send(client: Client, tab: dict[str, Any], action: str = "save", **typed: str) -> Any:
    """Send as the script does, and take the new version as it does."""
    tab |= typed
    tab["turn"] = int(tab["turn"]) + 1
    response = client.post(PATH, tab | {"action": action}, headers={"HX-Request": "true"})
    version = re.search(r'name="version" value="(\d+)"', response.content.decode())
    if version:
        tab["version"] = version[1]
    return response


def state(response: Any) -> str:
    return str(json.loads(response["HX-Trigger"])["builder:answered"]["state"])


def kept(client: Client) -> dict[str, Any]:
    return asdict(load_draft(client.session, "peace"))


def test_a_pause_in_typing_saves_and_brings_back_only_what_has_changed(supporter: Client) -> None:
    tab = open_tab(supporter)
    response = send(supporter, tab, own_words="I care about this.")
    assert state(response) == "saved"
    html = response.content.decode()
    assert "<textarea" not in html, "nobody's cursor is disturbed"
    assert "<html" not in html
    assert "4 words of your own" in html
    assert "I care about this." in html
    assert "1 page" in html
    assert response["Vary"].startswith("HX-Request") or "HX-Request" in response["Vary"]
    assert kept(supporter)["own_words"] == "I care about this."
    assert open_tab(supporter)["own_words"] == "I care about this."


@pytest.mark.parametrize("action", ["up:argument-2", "remove:argument-2", "length:argument-1", "arrange:argument-1"])
def test_what_rearranges_brings_the_cards_and_the_typed_text_with_them(supporter: Client, action: str) -> None:
    tab = open_tab(supporter)
    html = send(supporter, tab, action, own_words="Kept.", **{"text-argument-1": "My version."}).content.decode()
    fresh = read_form(html)
    assert fresh["own_words"] == "Kept."
    assert fresh["text-argument-1"] == "My version."
    if action.startswith("up"):
        assert fresh["order"] == "~own argument-2 argument-1"
        assert "Moved: “Argument 2” is now 2 of 3." in html


def test_a_removed_paragraph_comes_back_with_its_edits_to_its_place(supporter: Client) -> None:
    tab = open_tab(supporter)
    response = send(supporter, tab, "remove:argument-1", **{"text-argument-1": "My version."})
    assert json.loads(response["HX-Trigger"])["builder:answered"]["focus"] == "restore-argument-1"
    tab = open_tab(supporter)
    assert tab["order"] == "~own argument-2"
    response = press(supporter, tab, "restore:argument-1")
    assert response["Location"] == f"{PATH}#card-argument-1"
    tab = open_tab(supporter)
    assert tab["order"] == "~own argument-1 argument-2"
    assert tab["text-argument-1"] == "My version."
    press(supporter, tab, "remove:argument-1")
    supporter.post("/peace/write/arguments/", {"arguments": KEYS})
    assert open_tab(supporter)["text-argument-1"] == "My version."


def test_removing_the_last_argument_leaves_the_words(supporter: Client) -> None:
    tab = open_tab(supporter)
    send(supporter, tab, "remove:argument-1", own_words="Kept.")
    tab = open_tab(supporter)
    page = send(supporter, tab, "remove:argument-2")
    assert "HX-Redirect" not in page
    assert "Put it back" in page.content.decode()
    assert (open_tab(supporter)["own_words"], kept(supporter)["alone"]) == ("Kept.", True)
    supporter.post("/peace/write/arguments/", {"arguments": ["argument-3"]})
    assert open_tab(supporter)["own_words"] == "Kept."


def test_the_subject_is_the_supporters_once_they_have_changed_it(supporter: Client) -> None:
    tab, usual = open_tab(supporter), supporter.get(PATH).context["form"]["subject"].value()
    assert usual == tab["subject_usual"] != ""
    for typed, own in ((usual, ""), ("What my brother saw", "What my brother saw"), ("", "")):
        send(supporter, tab, "save", subject=typed)
        assert kept(supporter)["subject"] == own
        assert supporter.get(PATH).context["form"]["subject"].value() == (own or usual)


def test_a_length_that_is_chosen_twice_mixes_no_texts(supporter: Client) -> None:
    tab = open_tab(supporter)
    for _press in range(2):
        press(supporter, tab, "length:argument-1", **{"length-argument-1": "full"})
    assert open_tab(supporter)["text-argument-1"] == "The full text of argument 1."
    assert kept(supporter)["pieces"][0]["edits"] == {}


def test_the_same_press_twice_does_no_harm(supporter: Client) -> None:
    tab = open_tab(supporter)
    locations = {press(supporter, tab, "next", own_words="Twice.")["Location"] for _press in range(2)}
    assert locations == {"/peace/write/details/"}
    assert kept(supporter)["own_words"] == "Twice."


@pytest.mark.parametrize("scripts", [True, False])
def test_an_expired_session_loses_nothing_that_is_on_the_page(supporter: Client, scripts: bool) -> None:
    tab = open_tab(supporter) | {"order": "argument-2 ~own argument-1", "length-argument-1": "short"}
    Session.objects.all().delete()
    supporter.cookies.clear()
    typed = {"own_words": "Still here.", "text-argument-2": "My version."}
    response = send(supporter, tab, **typed) if scripts else press(supporter, tab, **typed)
    assert response.status_code == (200 if scripts else 302)
    tab = open_tab(supporter)
    assert tab["own_words"] == "Still here."
    assert tab["text-argument-2"] == "My version."
    assert tab["order"] == "argument-2 ~own argument-1"
    assert "Cities of London" in tab["opening"]


def test_an_expired_session_keeps_the_wording_that_its_page_shows(supporter: Client) -> None:
    for argument in Argument.objects.all():
        for variant in (1, 2):
            Phrasing.objects.create(
                argument=argument, length="short", variant=variant, text=f"In other words, {variant}."
            )
    for shown in ("In other words, 1.", "In other words, 2.", "The short text of argument 1."):
        tab = open_tab(supporter) | {"text-argument-1": shown}
        supporter.cookies.clear()
        press(supporter, tab)
        [piece] = [piece for piece in kept(supporter)["pieces"] if piece["key"] == "argument-1"]
        assert piece["edits"] == {}
        assert open_tab(supporter)["text-argument-1"] == shown


def test_an_expired_session_is_made_again_from_nothing_but_what_exists(supporter: Client) -> None:
    tab = open_tab(supporter)
    for gss in ("E99999999", "", "E1\x00"):
        supporter.cookies.clear()
        assert press(supporter, tab | {"gss": gss})["Location"] == "/peace/write/"
    for order in ("no-such ~own", ""):
        supporter.cookies.clear()
        press(supporter, tab | {"order": order, "own_words": "Kept."})
        assert (kept(supporter)["pieces"], kept(supporter)["own_words"]) == ([], "Kept.")


def test_a_second_tab_does_not_write_over_the_first(supporter: Client) -> None:
    one, two = open_tab(supporter), open_tab(supporter)
    send(supporter, one, own_words="From the first tab.")
    response = send(supporter, two, own_words="From the second tab.")
    assert state(response) == "clash"
    html = response.content.decode()
    assert "This letter was changed in another tab" in html
    assert "From the first tab." in html
    assert kept(supporter)["own_words"] == "From the first tab."
    page = supporter.get(PATH).content.decode()
    assert "From the second tab." in page, "the first tab's page offers the second's text"
    assert state(send(supporter, one, own_words="From the first tab. More.")) == "saved"
    assert "From the second tab." in supporter.get(PATH).content.decode()


@pytest.mark.parametrize(("choice", "stays"), [("mine", "Second."), ("theirs", "First.")])
def test_the_overtaken_tab_chooses_which_text_stays(supporter: Client, choice: str, stays: str) -> None:
    one, two = open_tab(supporter), open_tab(supporter)
    press(supporter, one, own_words="First.")
    page = press(supporter, two, own_words="Second.").content.decode()
    assert "Second." in read_form(page)["own_words"]
    assert press(supporter, read_form(page), choice)["Location"] == PATH
    page = supporter.get(PATH).content.decode()
    assert read_form(page)["own_words"] == stays
    assert "clash-title" not in page


def test_a_page_shown_afterwards_can_take_the_other_text_too(supporter: Client) -> None:
    one, two = open_tab(supporter), open_tab(supporter)
    press(supporter, one, own_words="First.")
    press(supporter, two, own_words="Second.")
    press(supporter, open_tab(supporter), "theirs")
    assert open_tab(supporter)["own_words"] == "Second."
    assert kept(supporter)["other"] == {}


def test_an_old_tab_that_has_nothing_new_takes_what_is_stored(supporter: Client) -> None:
    one, two = open_tab(supporter), open_tab(supporter)
    send(supporter, one, own_words="First.")
    response = send(supporter, two, "up:argument-2")
    assert state(response) == "saved"
    fresh = read_form(response.content.decode())
    assert fresh["own_words"] == "First."
    assert fresh["order"] == "~own argument-2 argument-1"


def test_a_request_that_comes_late_changes_nothing(supporter: Client) -> None:
    tab = open_tab(supporter)
    late = dict(tab)
    send(supporter, tab, own_words="I ca")
    send(supporter, tab, own_words="I care.")
    assert state(send(supporter, late, own_words="I")) == "saved"
    assert kept(supporter)["own_words"] == "I care."


def test_one_text_that_is_too_long_does_not_keep_the_others_from_being_saved(supporter: Client) -> None:
    tab = open_tab(supporter)
    response = send(supporter, tab, own_words="word " * 700, **{"text-argument-1": "My version."})
    assert state(response) == "refused"
    assert "Your own words have 3499 characters. A letter has room for 3000." in response.content.decode()
    assert kept(supporter)["pieces"][0]["edits"] == {"short": "My version."}
    page = press(supporter, tab, "next")
    assert page.status_code == 200
    assert page.context["form"]["own_words"].value().startswith("word word")


def test_sixty_lines_are_taken_and_one_more_is_refused_with_what_to_do(supporter: Client) -> None:
    tab = open_tab(supporter)
    assert state(send(supporter, tab, own_words="\n".join(["a"] * 60))) == "saved"
    response = send(supporter, tab, own_words="\n".join(["b"] * 61))
    assert state(response) == "refused"
    assert "This text has 61 lines. A letter has room for 60. Join lines" in response.content.decode()
    assert kept(supporter)["own_words"].startswith("a\n")


def test_a_letter_of_more_than_six_pages_goes_no_further_and_is_kept(
    supporter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = open_tab(supporter)
    longest = "\n".join(["word " * 9] * 60)
    page = press(supporter, tab, "next", own_words=longest, **{f"text-argument-{n}": longest for n in (1, 2)})
    assert page.status_code == 302, "what two arguments and own words can make is taken"
    monkeypatch.setattr("letters.views.words.MAX_PAGES", 2)
    page = press(supporter, open_tab(supporter), "next")
    assert page.status_code == 200
    assert "It can have 2 at most: please shorten it" in page.content.decode()
    assert kept(supporter)["own_words"].startswith("word word")


def ask(client: Client) -> str:
    """The question above the box, as the page has it."""
    return str(client.get(PATH).context["form"].question)


def test_one_question_at_a_time_heads_the_box_and_what_was_typed_stays(supporter: Client) -> None:
    Campaign.objects.update(prompts="Why?\nWhere?")
    assert ask(supporter) == "Why?"
    html = send(supporter, open_tab(supporter), "question", own_words="I wrote this.").content.decode()
    assert "Where?" in html
    assert "<textarea" not in html, "the cursor stays in the box"
    assert press(supporter, open_tab(supporter), "question")["Location"] == f"{PATH}#card-own"
    assert ask(supporter) == "Why?", "after the last one comes the first"
    assert open_tab(supporter)["own_words"] == "I wrote this."


def test_without_prompts_of_the_campaign_there_are_three_of_ours(supporter: Client) -> None:
    Campaign.objects.update(prompts="")
    seen = []
    for _press in range(4):
        seen.append(ask(supporter))
        press(supporter, open_tab(supporter), "question")
    assert len(set(seen)) == 3
    assert seen[3] == seen[0]


def test_a_campaign_with_one_question_has_no_button_for_another(supporter: Client) -> None:
    Campaign.objects.update(prompts="Why?")
    assert 'value="question"' not in supporter.get(PATH).content.decode()


def test_a_draft_with_answers_in_boxes_of_their_own_keeps_them(supporter: Client) -> None:
    old = asdict(Draft(own_words="First.")) | {"answers": ["my brother fought there", ""]}
    assert read_draft(old).own_words == "First.\n\nmy brother fought there"


def test_too_few_own_words_are_asked_about_before_any_address(supporter: Client) -> None:
    Campaign.objects.update(own_words_minimum=5)
    response = press(supporter, open_tab(supporter), "next", own_words="Two words.")
    assert response["Location"] == f"{PATH}?few#few"
    page = supporter.get(f"{PATH}?few").content.decode()
    assert "3 more words of your own, and we can email it" in page
    response = send(supporter, open_tab(supporter), "next", own_words="Two words.")
    assert "3 more words of your own, and we can email it" in response.content.decode()
    assert json.loads(response["HX-Trigger"])["builder:answered"]["focus"] == "few"
    html = send(supporter, open_tab(supporter), "more").content.decode()
    assert 'id="few"' not in html
    assert 'id="too-few"' in html, "the question goes away"
    html = send(supporter, open_tab(supporter), own_words="Now there are enough words.").content.decode()
    assert "That is enough of your own words" in html
    assert "Continue to your details" in html
    assert press(supporter, open_tab(supporter), "next")["Location"] == "/peace/write/details/"


def test_whoever_prints_it_needs_no_words_and_is_offered_no_email(supporter: Client) -> None:
    Campaign.objects.update(own_words_minimum=5)
    assert press(supporter, open_tab(supporter), "next:post")["Location"] == "/peace/write/details/"
    form = supporter.get("/peace/write/details/").context["form"]
    assert [value for value, _label in form.fields["channel"].choices] == ["post"]
    assert "email" not in [field.name for field in form.asked()]
    assert not form["email"].field.required
    press(supporter, open_tab(supporter), "next", own_words="Now there are enough words.")
    form = supporter.get("/peace/write/details/").context["form"]
    assert [value for value, _label in form.fields["channel"].choices] == ["email", "post"]


def test_an_mp_by_post_only_wants_no_number_of_words(supporter: Client) -> None:
    Campaign.objects.update(own_words_minimum=5)
    Member.objects.update(email="")
    assert "words to email" not in supporter.get(PATH).content.decode()
    assert press(supporter, open_tab(supporter), "next")["Location"] == "/peace/write/details/"


def test_rule_and_count_are_tied_to_the_box(supporter: Client) -> None:
    page = supporter.get(PATH).content.decode()
    box = re.search(r'<textarea name="own_words"[^>]*aria-describedby="([^"]+)"', page)
    assert box is not None
    assert all(f'id="{name}"' in page for name in box[1].split())
    assert box[1].split() == ["own-rule", "own-count", "id_own_words_error"]


def test_an_edit_that_changes_a_number_is_told_and_drops_the_note_unless_it_is_kept(supporter: Client) -> None:

    Phrasing.objects.filter(argument__key="argument-1", length="short").update(text="It cost 400 lives in March.")
    tab = open_tab(supporter)
    assert "keep-argument-1" not in supporter.get(PATH).content.decode()
    tab["source_style"] = "notes"
    html = send(supporter, tab, **{"text-argument-1": "It cost 500 lives in March."}).content.decode()
    said = "You changed “400” to “500”. The source says 400."
    assert html.count(said) == 2, "beside the paragraph, and aloud"
    assert 'name="keep-argument-1"' in html
    assert "Report 1" not in html
    html = send(supporter, tab, **{"keep-argument-1": "on"}).content.decode()
    assert html.count(said) == 1, "aloud only once"
    assert "Report 1" in html
    assert open_tab(supporter)["keep-argument-1"] == "on"


def test_an_answer_in_place_costs_few_queries(supporter: Client, django_assert_max_num_queries: Any) -> None:
    tab = open_tab(supporter)
    with django_assert_max_num_queries(16):
        send(supporter, tab, own_words="I care.")


def test_without_the_right_cookie_the_text_comes_back_to_be_copied(supporter: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("write-words", args=["peace"]), {"own_words": "Do not lose <this>.", "gss": "x"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Do not lose &lt;this&gt;." in page
    assert not Letter.objects.exists()


def test_a_length_is_asked_for_only_where_there_are_two(supporter: Client) -> None:
    Phrasing.objects.filter(argument__key=KEYS[0], length=Phrasing.Length.FULL).delete()
    tab = open_tab(supporter)
    assert [name for name in tab if name.startswith("length-")] == [f"length-{KEYS[1]}"]
    press(supporter, tab, **{f"text-{KEYS[0]}": "In words of mine."})
    assert open_tab(supporter)[f"text-{KEYS[0]}"] == "In words of mine."


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_save_checks_each_text_once(supporter: Client, monkeypatch: pytest.MonkeyPatch, scripts: bool) -> None:
    checked: list[tuple[str, str]] = []

    def compare(original: str, edited: str) -> Comparison:
        checked.append((original, edited))
        return Comparison(original, edited)

    monkeypatch.setattr("letters.writing.fact_check.Comparison", compare)
    typed = {f"text-{key}": f"The short text of {key}, and £{at}." for at, key in enumerate(KEYS)}
    (send if scripts else press)(supporter, tab := open_tab(supporter), **typed)
    assert [edited for _original, edited in checked] == list(typed.values())
    checked.clear()
    typed["text-argument-1"] = "Another."
    (send if scripts else press)(supporter, tab, **typed)
    assert len(checked) == len(set(checked)) == 3, "two texts, and what one of them was before"


def test_a_save_loads_the_drafts_arguments_and_no_others(client: Client, django_assert_max_num_queries: Any) -> None:
    make_constituency()
    campaign = make_campaign(arguments=12)
    client.post("/peace/write/", {"postcode": "SW1A 1AA"})
    client.post("/peace/write/arguments/", {"arguments": KEYS})
    tab = open_tab(client)
    made: list[str] = []

    def note(instance: Any, **_other: Any) -> None:
        made.append(type(instance).__name__)

    for model in (Argument, Phrasing):
        post_init.connect(note, sender=model, weak=False, dispatch_uid=f"note {model.__name__}")
    try:
        with django_assert_max_num_queries(16):
            assert state(send(client, tab, own_words="I care because of my brother.")) == "saved"
    finally:
        for model in (Argument, Phrasing):
            post_init.disconnect(sender=model, dispatch_uid=f"note {model.__name__}")
    assert Counter(made) == {"Argument": 2, "Phrasing": 4}
    assert campaign.arguments.count() == 12


def test_words_of_arguments_that_are_not_in_the_letter_are_not_ones_own(client: Client) -> None:
    make_constituency()
    make_campaign(arguments=6, own_words_minimum=5)
    client.post("/peace/write/", {"postcode": "SW1A 1AA"})
    client.post("/peace/write/arguments/", {"arguments": KEYS})
    html = press(client, open_tab(client), own_words="The full text of argument 6.").content.decode()
    assert "0 of 5 words" in (html or client.get(PATH).content.decode())
