"""Drafts keep what was typed; letters read as the supporter left them (draft.py)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.models import Argument, Phrasing
from campaign.core.ciphers import decrypt, encrypt
from letters.models import Letter
from letters.writing.compose import (
    Sender,
    add_note_numbers,
    choose_asks,
    compose_paragraphs,
    find_changes,
    read_letter,
    write_letter,
)
from letters.writing.draft import OWN, Draft, Piece
from letters.writing.session import drop_draft, load_draft, save_draft
from tests.letters.factories import make_campaign, make_constituency, make_letter

KEYS = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(KEYS | st.just(OWN), st.sampled_from([-1, 1])), max_size=12))
def test_moving_keeps_every_piece_and_the_own_words(moves: list[tuple[str, int]]) -> None:
    draft = Draft()
    draft.choose("abcd")
    for key, step in moves:
        draft.move(key, step)
        assert sorted(draft.keys) == list("abcd")
        assert [key for key in draft.order if key != OWN] == draft.keys
        assert draft.order.count(OWN) == 1


def test_moving_down_and_up_again_changes_nothing() -> None:
    draft = Draft()
    draft.choose("abc")
    draft.move("a", 1)
    assert draft.order == [OWN, "b", "a", "c"]
    draft.move("a", -1)
    assert draft.order == [OWN, "a", "b", "c"]
    draft.move(OWN, 1)
    assert draft.order == ["a", OWN, "b", "c"]


def test_choosing_again_keeps_order_and_edits_of_what_stays() -> None:
    draft = Draft()
    draft.choose(["a", "b", "c"])
    draft.pieces[1].edits["short"] = "mine"
    draft.choose(["d", "c", "b"])
    assert draft.keys == ["b", "c", "d"]
    assert draft.pieces[0].edits == {"short": "mine"}


@given(
    st.builds(
        Draft,
        gss=st.text(max_size=9),
        own_words=st.text(),
        own_position=st.integers(0, 4),
        opening=st.none() | st.text(),
        pieces=st.lists(
            st.builds(Piece, key=KEYS, edits=st.dictionaries(st.sampled_from(["short", "full"]), st.text()))
        ),
    )
)
def test_a_draft_survives_the_session(draft: Draft) -> None:
    session: dict[str, Any] = {}
    save_draft(session, "peace", draft)
    save_draft(session, "other", Draft())
    assert load_draft(session, "peace") == draft
    drop_draft(session, "peace")
    assert load_draft(session, "peace").pieces == []
    assert "other" in session["drafts"]


def test_exchanging_arguments_does_not_make_a_draft_grow_without_end() -> None:
    draft = Draft()
    for number in range(24):
        draft.choose([f"argument-{number}"])
        draft.pieces[0].edits = {"short": "a" * 3000, "full": "b" * 3000}
    assert [piece.key for piece in draft.aside] == [f"argument-{number}" for number in range(18, 23)]
    assert sum(piece.size for piece in draft.aside) == 30_000
    draft.restore("argument-20")
    assert draft.pieces[1].edits["full"] == "b" * 3000


def test_a_whole_letter_of_the_longest_paragraphs_can_be_put_back() -> None:
    keys = ["a", "b", "c", "d"]
    draft = Draft(pieces=[Piece(key, edits={"short": key * 3000, "full": key * 3000}) for key in keys])
    draft.choose(["e"])
    draft.choose([])
    draft.choose(keys)
    assert [piece.edits["full"] for piece in draft.pieces] == [key * 3000 for key in keys]


def test_a_note_has_one_number_however_often_it_is_used() -> None:
    paragraphs, notes = add_note_numbers([("One", ["A", "B"], ""), ("Two", [], ""), ("Three", ["B", "C", "B"], "")])
    assert [paragraph.note_numbers for paragraph in paragraphs] == [(1, 2), (), (2, 3)]
    assert notes == ("A", "B", "C")


def test_how_old_the_facts_are_comes_last_of_the_notes() -> None:
    paragraphs, notes = add_note_numbers([("One", ["A"], "Old."), ("Two", ["B"], "Older."), ("Three", ["A"], "Old.")])
    assert notes == ("A", "B", "Old.", "Older.")
    assert [paragraph.note_numbers for paragraph in paragraphs] == [(1, 3), (2, 4), (1, 3)]


@pytest.mark.django_db
def test_the_letter_reads_as_the_draft_says() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    assert constituency.member
    arguments = {argument.key: argument for argument in Argument.objects.with_texts()}
    draft = Draft(own_words="My own.\n\nTwice.", own_position=1, ask="say", source_style="notes")
    draft.choose(["argument-2", "argument-1", "gone"])
    draft.pieces[1].length = "full"
    draft.pieces[1].edits["full"] = "My version of it."
    text = write_letter(
        draft,
        campaign,
        arguments,
        constituency,
        constituency.member,
        Sender("Jane Doe", ("1 Test Street", "London"), "SW1A 1AA"),
    )
    assert [(paragraph.text, paragraph.note_numbers) for paragraph in text.paragraphs] == [
        ("I am writing to you as one of your constituents in Cities of London and Westminster.", ()),
        ("The short text of argument 2.", (1,)),
        ("My own.", ()),
        ("Twice.", ()),
        ("My version of it.", (2,)),
    ]
    assert text.sources == (
        "Jane Roe, Report 2, The Paper, February 2023.",
        "Jane Roe, Report 1, The Paper, February 2023.",
    )
    assert text.ask == "I ask you to say so."
    assert text.sender_lines == ("1 Test Street", "London", "SW1A 1AA")
    run_by = "Talk Group, 1 High Street, Leeds LS1 1AA"
    assert text.credit == f"Written with the help of {campaign.title}, a campaign run by {run_by}."
    draft.source_style, draft.opening = "none", ""
    without = compose_paragraphs(draft, campaign, arguments, constituency)
    assert without[0].argument == arguments["argument-2"]
    assert not any(part.notes for part in without)


@pytest.mark.django_db
def test_a_paragraph_whose_claim_was_changed_has_no_notes_unless_its_supporter_keeps_them() -> None:
    campaign, constituency = make_campaign(), make_constituency()
    Phrasing.objects.filter(length="short").update(text="In all 1.2 million people fled, the UN says.")
    arguments = {argument.key: argument for argument in Argument.objects.with_texts()}
    draft = Draft(opening="", source_style="notes")
    draft.choose(["argument-1", "argument-2"])
    first, second = draft.pieces
    first.edits["short"] = "In all 2 million people fled, the UN says."
    second.edits["short"] = "The UN says that 1,200,000 people fled in all. I met some of them."
    assert [bool(part.notes) for part in compose_paragraphs(draft, campaign, arguments, constituency)] == [False, True]
    assert [change.after for change in find_changes(first, arguments["argument-1"])] == ["2 million"]
    first.keep_source = True
    assert [bool(part.notes) for part in compose_paragraphs(draft, campaign, arguments, constituency)] == [True, True]
    first.keep_source, first.length = False, "full"  # the edit of the other phrasing does not matter
    assert [bool(part.notes) for part in compose_paragraphs(draft, campaign, arguments, constituency)] == [True, True]


def test_a_draft_from_before_sources_could_be_kept_still_loads() -> None:
    session: dict[str, Any] = {}
    draft = Draft()
    draft.choose(["a"])
    save_draft(session, "peace", draft)
    kept = json.loads(decrypt(session["drafts"]["peace"], "drafts", "peace"))
    del kept["pieces"][0]["keep_source"]
    session["drafts"]["peace"] = encrypt(json.dumps(kept), "drafts", "peace")
    assert load_draft(session, "peace") == draft


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("party", "asks"), [("Labour", ["say", "debate"]), ("Sinn Féin", ["say"]), ("Speaker", ["say"])]
)
def test_asks_that_make_no_sense_for_a_member_are_not_offered(party: str, asks: list[str]) -> None:
    campaign, constituency = make_campaign(), make_constituency(party=party)
    assert constituency.member
    assert [ask.key for ask in choose_asks(campaign, constituency.member)] == asks


@pytest.mark.django_db
def test_a_stored_letter_reads_as_it_was_frozen() -> None:
    make_letter()
    letter = Letter.objects.get()
    text = read_letter(letter)
    assert [(paragraph.text, paragraph.note_numbers) for paragraph in text.paragraphs] == [
        ("I have thought about this for years.", ()),
        ("The full text of argument 1.", (1,)),
    ]
    assert text.sources == ("Jane Roe, Report 1.",)
    assert text.reference == letter.reference
    assert text.recipient_lines == ("Ms Ann Example MP", "House of Commons", "London", "SW1A 0AA")
    assert text.rehearsal is True


@given(st.permutations(["~own", "a", "b", "c"]))
def test_dragging_arranges_as_dropped(order: list[str]) -> None:
    draft = Draft()
    draft.choose("abc")
    draft.arrange(order)
    assert draft.order == order


@pytest.mark.parametrize("order", [[], ["a", "b"], ["~own", "a", "b", "b"], ["~own", "a", "b", "c"], ["a", "b", "x"]])
def test_an_order_that_does_not_fit_changes_nothing(order: list[str]) -> None:
    draft = Draft()
    draft.choose("ab")
    draft.arrange(order)
    assert draft.order == ["~own", "a", "b"]
