"""What a person has given up is a field of the letter, and what a program has to know of an event is its code."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction

from letters.actions.decide import DECISIONS, decide, needs_a_person
from letters.admin.exports import EXPORTED, list_exports
from letters.models import EventCode, EventType, Letter, Status
from tests.letters.factories import make_letter

pytestmark = pytest.mark.django_db
GIVE_UP = next(one for one in DECISIONS if one.name == "give_up")
RETRY = next(one for one in DECISIONS if one.name == "retry_failed")


def make_unknown() -> Letter:
    letter = make_letter()
    Letter.objects.filter(pk=letter.pk).update(status=Status.UNKNOWN)
    letter.refresh_from_db()
    return letter


def test_a_letter_given_up_needs_nobody_until_it_is_retried_and_fails_again(admin_user: Any) -> None:
    letter = make_unknown()
    needs = Letter.objects.filter(needs_a_person())
    assert decide(GIVE_UP, [letter], reason="No trace of it", actor=admin_user) == 1
    assert letter.given_up_at is not None
    assert not needs.exists()
    assert decide(RETRY, [letter], reason="Once more", actor=admin_user) == 1
    assert Letter.objects.get().given_up_at is None
    assert letter.transition_to(Status.FAILED)
    assert needs.get() == letter


def test_it_stays_given_up_when_the_account_of_who_did_so_is_deleted() -> None:
    organiser = User.objects.create_user("organiser")
    assert decide(GIVE_UP, [make_unknown()], reason="No trace of it", actor=organiser) == 1
    organiser.delete()
    assert not Letter.objects.filter(needs_a_person()).exists()


def test_only_what_has_failed_is_given_up() -> None:
    letter = make_unknown()
    with pytest.raises(IntegrityError, match="given_up"), transaction.atomic():
        Letter.objects.update(given_up_at=letter.created_at)


def test_what_was_written_in_words_before_has_its_code_after_the_update(admin_user: Any) -> None:
    update = import_module("letters.migrations.0002_codes_and_bindings")
    letter = make_unknown()
    for words in update.CODES:  # as they were then
        letter.log_event(EventType.NOTE, note=f"{words} 550 5.1.1"[:400])
    of_letters = ContentType.objects.get_for_model(Letter)
    entry = {"user": admin_user, "content_type": of_letters, "object_repr": "2 letters", "action_flag": CHANGE}
    LogEntry.objects.create(change_message="Exported without personal data as CSV (all).", **entry)
    LogEntry.objects.create(change_message="Changed.", object_id=str(letter.pk), **entry)

    update.write_codes(apps, None)

    assert (
        {event.code for event in letter.events.filter(type="note")}
        == set(update.CODES.values())
        <= set(EventCode.values)
    )
    assert [one.action_flag for one in list_exports()] == [EXPORTED]
