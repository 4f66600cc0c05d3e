"""Several wordings, each for other letters, and people who are introduced once."""

from __future__ import annotations

import uuid
from collections import Counter
from random import Random
from typing import Any

import pytest

from campaign.content.loading import load_pack
from campaign.content.models import Argument, Campaign, Fact, Phrasing, Source
from campaign.content.parsing import parse_pack
from letters.models import LetterParagraph, SourceStyle
from letters.writing.compose import Sender, compose_paragraphs, write_letter
from letters.writing.draft import OWN_WAY, Draft, read_piece
from letters.writing.originality import compare_with_bank
from letters.writing.own_words import count_own_words
from letters.writing.wordings import (
    choose_shortest,
    choose_wordings,
    count_used,
    find_subject,
    shorten_references,
)
from tests.campaign.content.test_dumping import SHIPPED
from tests.letters.factories import make_campaign, make_constituency, make_letter


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "read"),
    [
        (0, ["Opening. Own", "own too", "one", "two", "preface"]),
        (1, ["Opening.", "one", "Own", "own too", "two", "preface"]),
        (2, ["Opening.", "one", "two", "preface", "Own", "own too"]),
    ],
)
def test_a_story_is_told_in_one_go_and_the_preface_follows_the_arguments(at: int, read: list[str]) -> None:
    campaign, constituency = make_campaign(preface="preface"), make_constituency()
    for key, text in (("argument-1", "one"), ("argument-2", "two")):
        Phrasing.objects.filter(argument__key=key).update(text=text)
    draft = Draft(opening="Opening.", own_words="Own\n\nown too")
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
def test_easy_read_takes_turns_with_the_two_shortest() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    add_wordings()
    shortest = {("short", 0): "Short.", ("full", 1): "Short too."}
    for (length, variant), text in shortest.items():
        Phrasing.objects.filter(length=length, variant=variant).update(text=text)
    arguments = read_arguments()
    given: Counter[tuple[str, int | None]] = Counter()
    for _ in range(6):
        draft = Draft(gss=constituency.gss)
        draft.choose(["argument-1"])
        choose_shortest(draft, campaign, arguments)
        [piece] = draft.pieces
        given[piece.length, piece.variant] += 1
        letter = make_letter(campaign, constituency_gss=constituency.gss, queued=False)
        LetterParagraph.objects.create(
            letter=letter, position=7, argument_key=piece.key, variant=piece.variant, text="Sealed."
        )
    assert given == dict.fromkeys(shortest, 3)


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
    draft.source_style = SourceStyle.NOTES
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
    draft, find = Draft(opening="", reason=""), compare_with_bank(campaign, constituency)
    draft.choose(["argument-1"])
    [piece] = draft.pieces
    piece.length = OWN_WAY
    arguments = read_arguments()
    assert compose_paragraphs(draft, campaign, arguments, constituency) == []
    piece.edits[OWN_WAY] = "Talks are how the wars of my lifetime ended."
    [part] = compose_paragraphs(draft, campaign, arguments, constituency)
    assert (part.text, part.notes, part.variant) == ("Talks are how the wars of my lifetime ended.", (), None)
    assert count_own_words(draft, find) == 9
    piece.keep_source, draft.source_style = True, SourceStyle.LINE
    assert compose_paragraphs(draft, campaign, arguments, constituency)[0].notes
    draft.reason = "my grandmother fled from one"
    assert count_own_words(draft, find) == 14


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
def test_a_letter_asks_two_questions_at_most_and_condemns_once() -> None:
    campaign, constituency = make_campaign(arguments=4, preface_signs="was a crime"), make_constituency()
    for argument in Argument.objects.all():
        for variant, text in enumerate(["It was a crime.", "Why wait?", "It is late."]):
            Phrasing.objects.update_or_create(
                argument=argument, length="short", variant=variant, defaults={"text": text}
            )
    arguments = read_arguments()
    seen: Counter[str] = Counter()
    for _ in range(40):
        draft = Draft(gss=constituency.gss)
        draft.choose(arguments)
        choose_wordings(draft, campaign, arguments)
        said = [read_piece(piece, arguments[piece.key]) for piece in draft.pieces]
        assert (said.count("Why wait?") <= 2, said.count("It was a crime.") <= 1) == (True, True)
        seen.update(said)
    assert len(seen) == 3


@pytest.mark.django_db
def test_the_subject_is_one_of_the_first_arguments_then_one_of_the_campaigns() -> None:
    campaign, constituency = make_campaign(subjects="Talks\nPeace"), make_constituency()
    Argument.objects.filter(key="argument-1").update(subjects="The first\nThe cost")
    arguments, given = read_arguments(), []
    for _ in range(7):
        draft = Draft(gss=constituency.gss)
        draft.choose(["argument-1", "argument-2"])
        choose_wordings(draft, campaign, arguments)
        given.append(find_subject(draft, campaign, arguments))
        make_letter(campaign, constituency_gss=constituency.gss, subject=given[-1], queued=False)
    assert {*given[:2], *given[5:]} == {"The first", "The cost"}
    assert sorted(given[2:5]) == ["Peace", "Talks", "Talks about talks"]
    draft.given["subject"] = "The cost"
    draft.choose(["argument-2"])
    assert find_subject(draft, campaign, arguments) in campaign.subject_list


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
