"""Letters to one MP have different openings, prefaces, subjects and asks."""

from __future__ import annotations

from collections import Counter

import pytest

from campaign.content.models import Argument, Ask
from letters.models import Letter
from letters.writing.draft import Draft
from letters.writing.given import count_sentences, find_given, give, pick, rank_sentences
from letters.writing.wordings import choose_wordings
from tests.letters.factories import make_campaign, make_constituency, make_letter, submit_sample

pytestmark = pytest.mark.django_db


def test_it_is_decided_once_and_stays_while_there_is_such_an_option() -> None:
    draft = Draft(id="a")
    give(draft, "opening", ["one", "two", "three"], Counter(one=2, two=1, three=3))
    assert draft.given == {"opening": "two"}
    give(draft, "opening", ["one", "two", "three"], Counter(two=5))
    assert find_given(draft, "opening", ["one", "two"]) == "two"
    assert find_given(draft, "opening", ["one"]) == "one"
    give(draft, "opening", ["one"], Counter())
    assert draft.given == {"opening": "one"}
    give(draft, "preface", [], Counter())
    assert find_given(draft, "preface", []) == ""


def test_a_preferred_option_comes_first_of_those_used_as_little() -> None:
    for number in range(20):
        draft = Draft(id=str(number))
        give(draft, "subject", ["a", "b", "c"], Counter(c=1), preferred=["b", "c"])
        assert draft.given["subject"] == "b"


def test_without_a_decision_drafts_differ_and_one_draft_does_not() -> None:
    options = ["one", "two", "three"]
    assert {pick(options, str(number), "x") for number in range(40)} == {*options}
    assert len({pick(options, "a", "x") for _ in range(5)}) == 1


def test_letters_to_one_mp_have_all_sentences_equally_often() -> None:
    openings, preface = "I live here.\nI live in {place}.\nHello from {place}.", "It was wrong.\nIt was a crime.\nNo."
    campaign = make_campaign(openings=openings, preface=preface, subjects="Talks\nPeace")
    constituency = make_constituency()
    Ask.objects.update(wordings="Say it.\nPlease do.")
    arguments = {one.key: one for one in Argument.objects.with_facts().select_related("campaign")}
    for _ in range(12):
        draft = Draft(gss=constituency.gss)
        draft.choose(["argument-1"])
        choose_wordings(draft, campaign, arguments)
        submit_sample(given=draft.given, status="unconfirmed")
    used = count_sentences(Letter.objects.all(), campaign)
    assert {one: used[one] for one in openings.splitlines()} == dict.fromkeys(openings.splitlines(), 4)
    assert {one: used[one] for one in preface.splitlines()} == dict.fromkeys(preface.splitlines(), 4)
    assert {one: used[one] for one in campaign.subject_list} == dict.fromkeys(campaign.subject_list, 4)
    ask = Ask.objects.get(key="say")
    assert {one: used[one] for one in ask.word_list} == dict.fromkeys(ask.word_list, 4)
    assert Counter(letter.ask_text for letter in Letter.objects.all()) == dict.fromkeys(ask.word_list, 4)


def test_a_letter_to_the_same_mp_counts_for_more_than_all_to_others() -> None:
    campaign, here = make_campaign(), make_constituency()
    for number in range(5):
        make_letter(campaign, subject="Talks", constituency_gss="E14001001", queued=False)
        make_letter(campaign, subject=("Peace", "Talks")[number % 2], constituency_gss="E14001001", queued=False)
    make_letter(campaign, subject="Cost", queued=False)
    rank = rank_sentences(campaign, here.gss)
    assert rank["Peace"] < rank["Talks"] < rank["Cost"]
    assert rank_sentences(campaign, "")["Cost"] == 1
