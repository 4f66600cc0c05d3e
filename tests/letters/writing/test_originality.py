"""A letter is judged by what is the supporter's own and by how near it is to others, without keeping any text."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.likeness import count_auc, rank_letters
from campaign.content.models import Argument, Campaign
from campaign.parliament.models import Constituency
from letters.actions.erase import erase_letter
from letters.actions.withdraw import withdraw_letter
from letters.models import Fingerprint, Letter
from letters.writing.draft import Draft
from letters.writing.originality import Originality, compare_with_bank, record_fingerprint, score_draft
from tests.letters.factories import GSS, make_campaign, make_constituency, make_letter, write_paragraph

pytestmark = pytest.mark.django_db

MINE = (
    "My grandmother fled from one war and never spoke of it. When I see families at the station in our town with all "
    "they own in two bags, I think of her, and I want somebody to try for an end to this."
)
NEARLY_MINE = (
    "My grandmother fled from one war and hardly spoke of it. When I see families at the bus station in our town with "
    "all they own in two bags, I remember her, and I want somebody to try for an end to this."
)
OTHER = (
    "I run a small bakery near the market. What flour and gas cost us since that spring has nearly closed it, and my "
    "customers ask me every week how long this will go on. I should like to be able to tell them something."
)


@pytest.fixture
def campaign() -> Campaign:
    make_campaign()
    return Campaign.objects.prefetch_related("asks").get()


@pytest.fixture
def constituency() -> Constituency:
    return make_constituency()


def offer(campaign: Campaign) -> dict[str, Argument]:
    arguments = {argument.key: argument for argument in Argument.objects.with_facts().filter(campaign=campaign)}
    for argument in arguments.values():
        argument.campaign = campaign
    return arguments


def judge(campaign: Campaign, constituency: Constituency, own_words: str, *keys: str, **edits: str) -> Originality:
    draft = Draft(own_words=own_words)
    draft.choose(keys or ["argument-1"])
    for piece in draft.pieces:
        if piece.key.replace("-", "_") in edits:
            piece.edits["short"] = edits[piece.key.replace("-", "_")]
    return score_draft(draft, campaign, offer(campaign), constituency, compare_with_bank(campaign, constituency))


def send(campaign: Campaign, own_words: str, **fields: Any) -> Letter:
    letter = make_letter(campaign, **fields)
    write_paragraph(letter, own_words)
    record_fingerprint(letter)
    return letter


def code(judgement: Originality) -> str:
    return judgement.advice.code if judgement.advice else ""


def test_a_first_letter_of_ones_own_words_is_praised(campaign: Campaign, constituency: Constituency) -> None:
    judgement = judge(campaign, constituency, MINE)
    assert (judgement.own_words, judgement.own_nearness, judgement.set_commonness) == (43, 0, 0)
    assert judgement.own_share == pytest.approx(43 / 65)
    assert (judgement.score, code(judgement)) == (1, "good")


def test_copied_words_are_seen_and_lightly_edited_ones_too(campaign: Campaign, constituency: Constituency) -> None:
    send(campaign, MINE)
    copied, edited, own = (judge(campaign, constituency, words, "argument-2") for words in (MINE, NEARLY_MINE, OTHER))
    assert copied.own_nearness == 1
    assert 0.4 < edited.own_nearness < 0.9
    assert own.own_nearness < 0.1
    assert copied.score < edited.score < own.score
    assert [code(judgement) for judgement in (copied, edited, own)] == ["near", "near", "good"]


def test_case_punctuation_and_apostrophes_hide_no_copy(campaign: Campaign, constituency: Constituency) -> None:
    send(campaign, "It’s a well-known thing, isn’t it, that my son — who’s nine — asks every night about his cousin?")
    judgement = judge(
        campaign,
        constituency,
        "IT'S A WELL-KNOWN THING ISN'T IT THAT MY SON who's nine asks every\nnight about his cousin",
    )
    assert judgement.own_nearness == 1


def test_a_short_copied_paragraph_in_a_longer_text_is_seen(campaign: Campaign, constituency: Constituency) -> None:
    send(campaign, "I teach history at a school in our town, and my pupils ask me every week what is being done.")
    judgement = judge(
        campaign,
        constituency,
        f"{MINE} {OTHER} I teach history at a school in our town, and my pupils ask me every week what is being done.",
    )
    assert 0.1 < judgement.own_nearness < 0.35
    assert code(judgement) == "near"


def test_another_mps_letters_and_another_campaigns_do_not_matter(
    campaign: Campaign, constituency: Constituency
) -> None:
    send(campaign, MINE, constituency_gss="E14000001")
    send(make_campaign("other"), MINE)
    assert judge(campaign, constituency, MINE).own_nearness == 0


def test_ones_own_confirmed_letter_is_no_other(campaign: Campaign, constituency: Constituency) -> None:
    draft = Draft(own_words=MINE)
    draft.choose(["argument-1"])
    send(campaign, MINE, draft_id=draft.id)
    find = compare_with_bank(campaign, constituency)
    assert score_draft(draft, campaign, offer(campaign), constituency, find).own_nearness == 0


def test_the_campaigns_words_are_nobodys_own(campaign: Campaign, constituency: Constituency) -> None:
    judgement = judge(campaign, constituency, "The full text of argument 2.\n\nWhat made you care?")
    assert (judgement.own_words, judgement.own_share) == (0, 0)
    assert code(judgement) == "pasted"


def test_a_changed_paragraph_counts_for_what_was_changed(campaign: Campaign, constituency: Constituency) -> None:
    plain = judge(campaign, constituency, OTHER)
    edited = judge(
        campaign, constituency, OTHER, argument_1="The short text of argument 1, which my neighbours make too."
    )
    assert edited.own_words == plain.own_words == 44
    assert plain.own_share == pytest.approx(44 / 66)
    assert edited.own_share == pytest.approx(49 / 71)


@pytest.mark.parametrize(
    ("words", "advice"), [("", "none-own"), ("I care about it.", "few-own"), (f"{MINE} {OTHER} " * 5, "long")]
)
def test_one_piece_of_advice_at_a_time(campaign: Campaign, constituency: Constituency, words: str, advice: str) -> None:
    assert code(judge(campaign, constituency, words)) == advice


def test_a_choice_of_arguments_is_common_only_among_many(campaign: Campaign, constituency: Constituency) -> None:
    for _number in range(5):
        send(campaign, OTHER)
    assert judge(campaign, constituency, MINE, "argument-1").set_commonness == 0.5
    assert judge(campaign, constituency, MINE, "argument-2").set_commonness == 0
    assert judge(campaign, constituency, MINE, "argument-1", "argument-2").set_commonness == 0


def test_copied_letters_rank_below_lightly_edited_ones_and_those_below_own_ones() -> None:
    scores, _judge, _texts = rank_letters(each=15, compared=50)
    assert count_auc(scores["copied"], scores["lightly edited"]) == 1
    assert count_auc(scores["lightly edited"], scores["own"]) > 0.95


def test_judging_costs_one_query(
    campaign: Campaign, constituency: Constituency, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        send(campaign, f"{OTHER} And more: {number}.")
    draft = Draft(own_words=MINE)
    draft.choose(["argument-1", "argument-2"])
    arguments, find = offer(campaign), compare_with_bank(campaign, constituency)
    with django_assert_num_queries(1):
        score_draft(draft, campaign, arguments, constituency, find)


def test_confirming_keeps_a_fingerprint_and_three_numbers(
    campaign: Campaign, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        letter = make_letter(campaign)
    letter.refresh_from_db()
    assert letter.own_word_count == 7
    assert letter.own_share == pytest.approx(7 / 13)
    assert letter.own_score == pytest.approx(1)
    fingerprint = Fingerprint.objects.get()
    assert (fingerprint.constituency_gss, fingerprint.argument_keys) == (GSS, "argument-1")
    record_fingerprint(letter)
    assert Fingerprint.objects.count() == 1


def test_what_goes_wrong_with_comparing_keeps_no_letter_back(
    campaign: Campaign, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.writing.originality.find_own", lambda *args: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        letter = make_letter(campaign)
    assert (Letter.objects.get().status, Fingerprint.objects.count()) == (letter.status, 0)


@pytest.mark.parametrize("forget", [erase_letter, withdraw_letter])
def test_a_fingerprint_goes_with_its_letter_and_does_not_come_back(campaign: Campaign, forget: Any) -> None:
    letter = send(campaign, MINE)
    assert forget(letter)
    record_fingerprint(letter)
    assert Fingerprint.objects.count() == 0
    letter.refresh_from_db()
    assert letter.own_word_count == 43


def test_without_the_secret_key_a_text_cannot_be_tested_against_a_fingerprint(
    campaign: Campaign, constituency: Constituency, settings: Any
) -> None:
    letter = send(campaign, MINE)
    before = bytes(Fingerprint.objects.get().own)
    settings.SECRET_KEY = "another" * 10
    assert judge(campaign, constituency, MINE).own_nearness == 0
    record_fingerprint(letter)
    assert bytes(Fingerprint.objects.get().own) != before
