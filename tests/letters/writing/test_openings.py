"""How letters begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.writing.compose import Composed, join_opening
from letters.writing.draft import Draft
from letters.writing.openings import join_reason, list_openings, write_opening

OPENINGS = "I live in {place}, and I write because\nI am one of your constituents in {place}.\nI write from {place}."
CONSTITUENCY = Constituency(gss="E14000001", name="Crawley")


@pytest.mark.parametrize(
    ("opening", "reason", "joined"),
    [
        ("I write because", "My brother lives there", "I write because my brother lives there."),
        ("I write because", "because it is cold!", "I write because it is cold!"),
        ("I write because", "Ukraine is near", "I write because Ukraine is near."),
        ("I write because", "I care", "I write because I care."),
        ("I write because", "because", "I write because because."),
        ("I live here.", "my brother lives there", "I live here. My brother lives there."),
        ("", "my brother lives there", "My brother lives there."),
        ("I live here.", " ", "I live here."),
    ],
)
def test_a_reason_completes_the_opening_or_follows_it(opening: str, reason: str, joined: str) -> None:
    assert join_reason(opening, reason) == joined


@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_no_word_of_the_reason_is_lost(opening: str, reason: str) -> None:
    joined = join_reason(opening, reason).casefold()
    kept = reason.strip().casefold().removeprefix("because ").strip()
    assert kept in joined
    assert opening.strip().casefold() in joined


def test_letters_begin_in_several_ways_and_the_same_draft_in_one() -> None:
    campaign = Campaign(openings=OPENINGS)
    drafts = [Draft() for _ in range(60)]
    begun = {write_opening(campaign, CONSTITUENCY, draft) for draft in drafts}
    assert begun == {"I am one of your constituents in Crawley.", "I write from Crawley."}
    assert begun < set(list_openings(campaign, CONSTITUENCY))
    drafts[0].reason = "my brother lives there"
    assert {write_opening(campaign, CONSTITUENCY, drafts[0]) for _ in range(3)} == {
        "I live in Crawley, and I write because my brother lives there."
    }
    plain = Campaign()
    assert write_opening(plain, CONSTITUENCY, Draft()) == "I am writing to you as one of your constituents in Crawley."
    assert write_opening(plain, CONSTITUENCY, Draft(reason="I care")) == (
        "I am writing to you, as one of your constituents in Crawley, because I care."
    )
    assert write_opening(plain, CONSTITUENCY, Draft(opening="")) == ""


def test_own_words_go_on_from_an_opening_that_is_a_sentence() -> None:
    own = [Composed("My wife is from Lviv."), Composed("We ring her mother.")]
    joined = join_opening([Composed("I live in Crawley.", variant=1)], own)
    assert [(part.text, part.variant) for part in joined] == [
        ("I live in Crawley. My wife is from Lviv.", 1),
        ("We ring her mother.", None),
    ]
    for opening in ([], [Composed("Crawley")]):
        assert join_opening(opening, own) == [*opening, *own]


def test_own_words_that_do_not_begin_as_a_sentence_get_their_own_paragraph() -> None:
    opening, own = [Composed("I live in Brixham.")], [Composed("fuel went from 60p to over a pound.")]
    assert join_opening(opening, own) == [*opening, *own]
