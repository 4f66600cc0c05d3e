"""Drafts stay in the session; what another tab wrote is never lost."""

from __future__ import annotations

from typing import Any

import pytest

from campaign.content.models import Argument
from letters.drafting import Draft, Piece
from letters.keeping import Showing, find_clashes, find_set_apart, load_draft, save_draft, set_apart, take_other

ARGUMENTS = {"a": Argument(key="a", title="A"), "b": Argument(key="b", title="B")}


def make_draft(own_words: str = "", opening: str | None = None, **edits: str) -> Draft:
    return Draft(own_words=own_words, opening=opening, pieces=[Piece(k, edits={"short": v}) for k, v in edits.items()])


def test_each_save_is_a_new_version_by_a_page() -> None:
    session: dict[str, Any] = {}
    save_draft(session, "peace", Draft(), "page-1", 3)
    save_draft(session, "peace", load_draft(session, "peace"), "page-2", 1)
    kept = load_draft(session, "peace")
    assert (kept.version, kept.saved_by, kept.turn) == (2, "page-2", 1)


@pytest.mark.parametrize(
    ("showing", "overtaken", "late"),
    [
        (Showing("mine", 4, 1), False, False),
        (Showing("mine", 5, 0), False, False),
        (Showing("theirs", 4, 9), False, False),  # its own save, whose answer it has not seen
        (Showing("theirs", 4, 2), False, True),
        (Showing("mine", 3, 9), True, False),
    ],
)
def test_a_page_is_overtaken_by_others_and_late_after_itself(showing: Showing, overtaken: bool, late: bool) -> None:
    draft = Draft(version=4, saved_by="theirs", turn=3)
    assert (showing.is_overtaken(draft), showing.is_late(draft)) == (overtaken, late)


@pytest.mark.parametrize(
    ("here", "there", "labels"),
    [
        (make_draft("I care."), make_draft("I care."), []),
        (make_draft("I care."), make_draft("I care. A lot."), []),  # all of it is there
        (make_draft(""), make_draft("I care."), []),
        (make_draft("I care."), make_draft("You care."), ["Your own words"]),
        (make_draft(opening="Hear me."), make_draft(), ["How your letter begins"]),
        (make_draft(a="Mine."), make_draft(a="Theirs."), ["A"]),
        (make_draft(a="Mine."), make_draft(b="Theirs."), ["A"]),
        (make_draft("1", "2", a="3", gone="4"), make_draft(), ["How your letter begins", "Your own words", "A"]),
    ],
)
def test_two_tabs_clash_where_words_would_be_lost(here: Draft, there: Draft, labels: list[str]) -> None:
    assert [clash.label for clash in find_clashes(here, there, ARGUMENTS)] == labels


def test_an_edit_that_was_set_aside_with_its_paragraph_is_not_lost() -> None:
    there = make_draft(a="Mine.")
    there.choose([])
    assert find_clashes(make_draft(a="Mine."), there, ARGUMENTS) == []


def test_what_the_other_tab_wrote_is_kept_apart_and_can_be_taken() -> None:
    session: dict[str, Any] = {}
    draft = make_draft("Here.")
    draft.version = 6
    set_apart(session, "peace", draft, make_draft("There."))
    kept = load_draft(session, "peace")
    assert (kept.version, kept.own_words) == (6, "Here.")
    assert [clash.here for clash in find_set_apart(kept, ARGUMENTS)] == ["There."]
    taken = take_other(kept)
    assert (taken.version, taken.own_words, taken.other) == (6, "There.", {})
    assert find_set_apart(taken, ARGUMENTS) == []
