"""What the campaign says between own words and arguments is said once (letters/forms/preface.py)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.models import Campaign, Phrasing
from letters.writing.draft import OWN_WAY, Draft, Piece
from letters.writing.preface import shows_signs, write_preface
from letters.writing.session import load_draft
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import come_to_words, words

PREFACE = "Nothing excuses the invasion.\nThe invasion was a crime."
SIGNS = "condemn\nwas a crime\nRussia's war"


@pytest.mark.parametrize(
    ("default", "wanted", "there"), [(True, None, 1), (True, False, 0), (False, None, 0), (False, True, 1)]
)
def test_the_preface_stands_in_a_letter_unless_it_is_taken_out(default: bool, wanted: bool | None, there: int) -> None:
    campaign = Campaign(preface=PREFACE, preface_by_default=default)
    said = {write_preface(campaign, Draft(preface=wanted), {}) for _ in range(40)} - {""}
    assert said == (set(PREFACE.splitlines()) if there else set())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I condemned it at once.", True),
        ("It WAS A CRIME.", True),
        ("This is Russia’s war.", True),
        ("It was a crimson sky.", False),
        ("They uncondemned it.", False),
        ("I want it to end.", False),
    ],
)
def test_a_letter_says_it_by_the_campaigns_signs(text: str, shown: bool) -> None:
    signs = SIGNS.replace("was a crime", "was a crime.")
    assert shows_signs(Campaign(preface_signs=signs), ["Nothing.", text]) is shown
    assert not shows_signs(Campaign(), [text])


@given(st.text(max_size=30), st.text(max_size=60))
def test_no_sign_is_a_pattern(sign: str, text: str) -> None:
    shows_signs(Campaign(preface_signs=sign), [text])


@pytest.mark.parametrize(
    "draft",
    [
        Draft(own_words="I condemn the invasion."),
        Draft(reason="it was a crime"),
        Draft(opening="I condemn it, and I live here."),
        Draft(pieces=[Piece("argument-1", length=OWN_WAY, edits={OWN_WAY: "It was a crime."})]),
        Draft(pieces=[Piece("argument-1", edits={"short": "It was a crime."})]),
        Draft(preface_words="Nobody may invade anybody."),
    ],
)
@pytest.mark.django_db
def test_nobody_says_it_twice_unless_they_want_to(draft: Draft) -> None:
    campaign = make_campaign(preface=PREFACE, preface_signs=SIGNS)
    arguments = {one.key: one for one in campaign.arguments.with_facts()}
    assert write_preface(campaign, draft, arguments) == ""
    assert write_preface(campaign, Draft(pieces=[Piece("argument-1")]), arguments) in PREFACE.splitlines()
    if not draft.preface_words:
        draft.preface = True
        assert write_preface(campaign, draft, arguments) in PREFACE.splitlines()


@pytest.mark.django_db
def test_a_story_that_shows_whose_war_it_is_says_enough() -> None:
    campaign = make_campaign(preface=PREFACE, preface_signs=SIGNS, preface_own_signs="the invasion\nPutin")
    Phrasing.objects.filter(argument__key="argument-1").update(text="They saw Putin after the invasion.")
    arguments = {one.key: one for one in campaign.arguments.with_facts()}
    piece = Piece("argument-1")
    assert write_preface(campaign, Draft(pieces=[piece]), arguments) in PREFACE.splitlines()
    assert write_preface(campaign, Draft(own_words="I fled from the invasion.", pieces=[piece]), arguments) == ""
    said = Piece("argument-1", length=OWN_WAY, edits={OWN_WAY: "I would not shake Putin’s hand."})
    assert write_preface(campaign, Draft(own_words="I want it to end.", pieces=[said]), arguments) == ""


@pytest.mark.django_db
def test_an_argument_that_says_it_leaves_it_out() -> None:
    campaign = make_campaign(preface=PREFACE, preface_signs=SIGNS)
    Phrasing.objects.filter(argument__key="argument-1").update(text="The invasion was a crime.")
    arguments = {one.key: one for one in campaign.arguments.with_facts()}
    assert write_preface(campaign, Draft(pieces=[Piece("argument-1")]), arguments) == ""


@pytest.mark.django_db
def test_the_box_follows_what_is_written_until_somebody_decides(client: Client) -> None:
    campaign = make_campaign(preface=PREFACE, preface_signs=SIGNS)
    make_constituency()
    come_to_words(client)
    sent = words(client) | {"action": "save", "preface": "on", "preface_usual": "True"}

    def post(**changed: str) -> str:
        path = reverse("write-words", args=[campaign.slug])
        return client.post(path, sent | changed, headers={"HX-Request": "true"}).content.decode()

    page = post(own_words="I want it to end.")
    assert 'id="preface" hx-swap-oob' not in page
    assert any(text in page for text in PREFACE.splitlines())
    page = post(own_words="I condemn it.")
    assert 'id="preface" hx-swap-oob' in page
    assert "says this already" in page
    assert load_draft(client.session, campaign.slug).preface is None
    del sent["preface"]
    page = post(own_words="I condemn it.", preface_usual="False", preface="on")
    assert load_draft(client.session, campaign.slug).preface is True
    page = post(own_words="I want it to end.", preface_usual="False", preface_words="It was wrong to invade.")
    draft = load_draft(client.session, campaign.slug)
    assert (draft.preface, draft.preface_words) == (None, "It was wrong to invade.")
    assert "It was wrong to invade." in page
