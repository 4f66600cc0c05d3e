"""Drafts stay in the session; what another tab wrote is never lost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from campaign.content.models import Argument
from letters.writing.draft import Draft, Piece
from letters.writing.session import (
    FormVersion,
    accept_other,
    find_conflicts,
    find_stashed,
    load_draft,
    save_draft,
    stash_conflict,
)
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import come_to_details

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
        (FormVersion("mine", 4, 1), False, False),
        (FormVersion("mine", 5, 0), False, False),
        (FormVersion("theirs", 4, 9), False, False),  # its own save, whose answer it has not seen
        (FormVersion("theirs", 4, 2), False, True),
        (FormVersion("mine", 3, 9), True, False),
    ],
)
def test_a_page_is_overtaken_by_others_and_late_after_itself(showing: FormVersion, overtaken: bool, late: bool) -> None:
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
    assert [clash.label for clash in find_conflicts(here, there, ARGUMENTS)] == labels


def test_an_edit_that_was_set_aside_with_its_paragraph_is_not_lost() -> None:
    there = make_draft(a="Mine.")
    there.choose([])
    assert find_conflicts(make_draft(a="Mine."), there, ARGUMENTS) == []


def test_what_the_other_tab_wrote_is_kept_apart_and_can_be_taken() -> None:
    session: dict[str, Any] = {}
    draft = make_draft("Here.")
    draft.version = 6
    stash_conflict(session, "peace", draft, make_draft("There."))
    kept = load_draft(session, "peace")
    assert (kept.version, kept.own_words) == (6, "Here.")
    assert [clash.here for clash in find_stashed(kept, ARGUMENTS)] == ["There."]
    taken = accept_other(kept)
    assert (taken.version, taken.own_words, taken.other) == (6, "There.", {})
    assert find_stashed(taken, ARGUMENTS) == []


@pytest.mark.django_db
def test_a_session_tells_nobody_who_has_no_key_what_was_written(client: Client) -> None:
    session = client.session
    save_draft(session, "peace", Draft(own_words="My own grandfather", gss="E14001172"))
    session.save()
    [row] = Session.objects.all()
    assert "grandfather" not in str(row.get_decoded())
    assert "E14001172" not in str(row.get_decoded())


def test_drafts_outlive_a_change_of_key_as_long_as_the_old_one_is_listed(settings: Settings) -> None:
    session: dict[str, Any] = {}
    old, new = settings.FIELD_KEYS[0], "another-key-zY8xW6vU4tS2rQ0pO9nM7lK5jI3hG1"
    save_draft(session, "peace", Draft(own_words="Mine."))
    settings.FIELD_KEYS = [new, old]
    assert load_draft(session, "peace").own_words == "Mine."
    save_draft(session, "peace", load_draft(session, "peace"))
    settings.FIELD_KEYS = [new]
    assert load_draft(session, "peace").own_words == "Mine."


@pytest.mark.django_db
def test_a_draft_that_no_key_opens_is_gone_with_a_word_of_explanation(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    make_constituency()
    make_campaign()
    come_to_details(client)
    settings.FIELD_KEYS = ["another-key-zY8xW6vU4tS2rQ0pO9nM7lK5jI3hG1"]
    page = client.get("/peace/write/details/", follow=True).content.decode()
    assert "Sorry, we cannot recover your draft" in page
    assert "cannot be decrypted and is dropped" in caplog.text
    assert "thought about this" not in caplog.text
    assert "cannot recover your draft" not in client.get("/peace/write/", follow=True).content.decode()
    assert client.post("/peace/write/", {"postcode": "SW1A 1AA"}).status_code == 302


def test_a_draft_from_before_they_were_encrypted_still_loads() -> None:
    draft = make_draft("Mine.", a="An edit.")
    assert load_draft({"drafts": {"peace": asdict(draft)}}, "peace") == draft
