"""Openings, prefaces, several wordings, and people who are introduced once."""

from __future__ import annotations

import uuid
from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.loading import load_pack
from campaign.content.models import Argument, Campaign, Fact, Phrasing, Source
from campaign.content.parsing import parse_pack
from campaign.parliament.models import Constituency
from letters.models import LetterParagraph
from letters.writing.compose import Sender, compose_paragraphs, write_letter
from letters.writing.draft import OWN_WAY, Draft
from letters.writing.own_words import count_own_words
from letters.writing.wordings import (
    choose_wordings,
    count_used,
    join_reason,
    list_openings,
    shorten_references,
    write_opening,
    write_preface,
)
from tests.campaign.content.test_dumping import SHIPPED
from tests.letters.factories import make_campaign, make_constituency, make_letter

OPENINGS = "I live in {place}, and I write because\nI am one of your constituents in {place}.\nI write from {place}."
PREFACE = "Nothing excuses the invasion.\nThe invasion was a crime."
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


@pytest.mark.parametrize(
    ("default", "wanted", "there"), [(True, None, 1), (True, False, 0), (False, None, 0), (False, True, 1)]
)
def test_the_preface_stands_in_a_letter_unless_it_is_taken_out(default: bool, wanted: bool | None, there: int) -> None:
    campaign = Campaign(preface=PREFACE, preface_by_default=default)
    said = {write_preface(campaign, Draft(preface=wanted)) for _ in range(40)} - {""}
    assert said == (set(PREFACE.splitlines()) if there else set())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "read"),
    [
        (0, ["opening", "own", "own too", "preface", "one", "two"]),
        (1, ["opening", "preface", "one", "own", "own too", "two"]),
        (2, ["opening", "preface", "one", "two", "own", "own too"]),
    ],
)
def test_a_story_is_told_in_one_go_and_the_preface_leads_to_the_arguments(at: int, read: list[str]) -> None:
    campaign, constituency = make_campaign(preface="preface"), make_constituency()
    for key, text in (("argument-1", "one"), ("argument-2", "two")):
        Phrasing.objects.filter(argument__key=key).update(text=text)
    draft = Draft(opening="opening", own_words="own\n\nown too")
    draft.choose(["argument-1", "argument-2"])
    draft.own_position = at
    assert [part.text for part in compose_paragraphs(draft, campaign, read_arguments(), constituency)] == read


PEOPLE = [{"who": "milley", "introduced": "General Mark Milley, the chair,", "after": "General Milley"}]


def test_somebody_is_introduced_once() -> None:
    introduced: set[str] = set()
    text = "General Mark Milley, the chair, called for talks."
    assert shorten_references(text, PEOPLE, introduced) == text
    assert shorten_references(text, PEOPLE, introduced) == "General Milley called for talks."
    assert shorten_references("Mark Milley called for talks.", PEOPLE, introduced) == "Mark Milley called for talks."
    assert shorten_references("Mark Milley called for talks.", PEOPLE, set()) == "Mark Milley called for talks."


@pytest.mark.django_db
def test_a_letter_introduces_people_in_the_order_in_which_it_is_read() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    text = "General Mark Milley, the chair, called for talks."
    Phrasing.objects.filter(length="short").update(text=text, people=PEOPLE)
    arguments = read_arguments()
    draft = Draft(opening="")
    draft.choose(["argument-1", "argument-2"])
    parts = [part.text for part in compose_paragraphs(draft, campaign, arguments, constituency)]
    assert parts == [text, "General Milley called for talks."]
    draft.pieces[1].edits["short"] = f"I agree: {text}"
    draft.move("argument-1", 2)
    parts = [part.text for part in compose_paragraphs(draft, campaign, arguments, constituency)]
    assert parts == [f"I agree: {text}", "General Milley called for talks."]


def read_arguments() -> dict[str, Argument]:
    return {argument.key: argument for argument in Argument.objects.with_facts().select_related("campaign")}


def add_wordings(count: int = 3) -> None:
    for argument in Argument.objects.all():
        for length in Phrasing.Length.values:
            for variant in range(1, count):
                text = f"Wording {variant + 1} of the {length} text of {argument.key}."
                Phrasing.objects.create(argument=argument, length=length, variant=variant, text=text)


@pytest.mark.django_db
def test_each_letter_to_an_mp_gets_the_wording_that_is_used_least() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    add_wordings()
    arguments = read_arguments()
    for number in range(30):
        draft = Draft(gss=constituency.gss)
        draft.choose([f"argument-{number % 3 + 1}"])
        choose_wordings(draft, campaign, arguments)
        letter = make_letter(campaign, constituency_gss=constituency.gss)
        [piece] = draft.pieces
        LetterParagraph.objects.create(
            letter=letter, position=7, argument_key=piece.key, variant=piece.variant, text="Sealed."
        )
    used = count_used(campaign, constituency.gss, arguments)
    assert len(used) == 9
    assert set(used.values()) <= {3, 4}
    assert count_used(campaign, "E14009999", arguments) == {}


@pytest.mark.django_db
def test_a_wording_is_handed_out_once() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    add_wordings()
    arguments = read_arguments()
    first_wordings: Counter[int | None] = Counter()
    for _ in range(40):
        draft = Draft(gss=constituency.gss, id=str(uuid.uuid4()))
        draft.choose(["argument-1"])
        choose_wordings(draft, campaign, arguments)
        variant = draft.pieces[0].variant
        draft.choose(["argument-1", "argument-2"])
        choose_wordings(draft, campaign, arguments)
        assert draft.pieces[0].variant == variant
        first_wordings[variant] += 1
    assert set(first_wordings) == {0, 1, 2}  # also before anybody has written


@pytest.mark.django_db
def test_a_letter_has_the_wording_and_only_the_notes_of_what_it_says() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    add_wordings()
    argument = Argument.objects.get(key="argument-1")
    second = Source.objects.create(argument=argument, who="John Doe", title="Talk", date="2022", position=9)
    argument.phrasings.get(length="short", variant=2).sources.set([second])
    draft = Draft(opening="")
    draft.choose(["argument-1"])
    draft.pieces[0].variant = 2
    [part] = compose_paragraphs(draft, campaign, read_arguments(), constituency)
    assert (part.text, part.variant) == ("Wording 3 of the short text of argument-1.", 2)
    assert part.notes == ("John Doe, Talk, 2022.",)
    draft.pieces[0].length = "full"
    [part] = compose_paragraphs(draft, campaign, read_arguments(), constituency)
    assert len(part.notes) == 2


@pytest.mark.django_db
def test_what_is_said_in_own_words_is_the_supporters_own() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    argument = Argument.objects.get(key="argument-1")
    Fact.objects.create(argument=argument, text="A fact.")
    draft = Draft(opening="", reason="")
    draft.choose(["argument-1"])
    [piece] = draft.pieces
    piece.length = OWN_WAY
    arguments = read_arguments()
    assert compose_paragraphs(draft, campaign, arguments, constituency) == []
    piece.edits[OWN_WAY] = "Talks are how the wars of my lifetime ended."
    [part] = compose_paragraphs(draft, campaign, arguments, constituency)
    assert (part.text, part.notes, part.variant) == ("Talks are how the wars of my lifetime ended.", (), None)
    assert count_own_words(draft, arguments) == 9
    piece.keep_source = True
    assert compose_paragraphs(draft, campaign, arguments, constituency)[0].notes
    draft.reason = "my grandmother fled from one"
    assert count_own_words(draft, arguments) == 14


@pytest.mark.django_db
def test_arguments_come_in_the_order_in_which_they_read_best_until_one_is_moved() -> None:
    places: dict[str, Any] = {"a": 30, "b": 10, "c": 20}
    draft = Draft()
    draft.choose(["a", "b"], places)
    assert draft.keys == ["b", "a"]
    draft.choose(["a", "b", "c"], places)
    assert draft.keys == ["b", "c", "a"]
    draft.move("a", -1)
    draft.choose(["a", "c"], places)
    draft.choose(["a", "b", "c"], places)
    assert draft.keys == ["a", "c", "b"]


@pytest.mark.django_db
def test_a_subject_of_ones_own_goes_into_the_letter() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    assert constituency.member
    sender = Sender("Jane Doe", ("1 Test Street",), "SW1A 1AA")
    draft = Draft(subject="Talks, please")
    assert write_letter(draft, campaign, {}, constituency, constituency.member, sender).subject == "Talks, please"
    draft.subject = ""
    assert write_letter(draft, campaign, {}, constituency, constituency.member, sender).subject == campaign.subject


@pytest.mark.django_db
def test_no_paragraph_of_the_pack_stands_in_more_than_6_of_100_letters_to_one_mp() -> None:
    load_pack(parse_pack(SHIPPED))
    campaign = Campaign.objects.get()
    arguments = read_arguments()
    keys = list(arguments)
    random = Random(7)
    for mp in range(10):
        gss, turn = f"E1400000{mp}", random.sample(keys, len(keys))
        said: Counter[tuple[str, int | None]] = Counter()
        for number in range(50):
            draft = Draft(gss=gss, id=str(uuid.UUID(int=random.getrandbits(128))))
            draft.choose(turn[(3 * number + at) % len(turn)] for at in range(3))
            choose_wordings(draft, campaign, arguments)
            letter = make_letter(campaign, constituency_gss=gss, queued=False)
            LetterParagraph.objects.bulk_create(
                LetterParagraph(
                    letter=letter, position=position + 2, argument_key=piece.key, variant=piece.variant, text="Sealed."
                )
                for position, piece in enumerate(draft.pieces)
            )
            said.update((piece.key, piece.variant) for piece in draft.pieces)
        assert max(said.values()) <= 3, said.most_common(3)
