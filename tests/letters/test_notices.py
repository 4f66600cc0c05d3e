"""Mails owed to supporters arrive, also after the server was away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from letters.models import Letter, Notice, Status
from letters.notices import owe_confirmation, send_notices
from tests.letters.factories import make_letter
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db


def owe() -> Letter:
    letter = make_letter(queued=False)
    owe_confirmation(letter)
    return letter


def test_a_confirmation_is_sent_once(scripted: ScriptedServer) -> None:
    letter = owe()
    assert (send_notices(), send_notices()) == (1, 0)
    assert [taken.recipient for taken in scripted.taken] == [letter.sender_email]
    notice = Notice.objects.get()
    assert notice.sent_at is not None
    assert notice.due_at is None


@pytest.mark.parametrize("behaviour", ["rcpt 450 greylisted", "drop-end", "banner 421 busy"])
def test_a_confirmation_that_did_not_get_through_is_tried_again(scripted: ScriptedServer, behaviour: str) -> None:
    owe()
    scripted.script.append(behaviour)
    assert send_notices() == 0
    notice = Notice.objects.get()
    assert notice.due_at is not None
    assert notice.due_at > timezone.now()
    Notice.objects.update(due_at=timezone.now())
    assert send_notices() == 1


def test_an_address_that_does_not_exist_is_given_up_and_noted(scripted: ScriptedServer) -> None:
    letter = owe()
    scripted.script.append("rcpt 550 no such person")
    send_notices()
    assert Notice.objects.get().due_at is None
    assert [event.what for event in letter.events.all()] == ["note"]


def test_a_letter_that_is_no_longer_waiting_is_not_asked_about(scripted: ScriptedServer) -> None:
    letter = owe()
    assert letter.move_to(Status.WITHDRAWN)
    assert send_notices() == 0
    assert scripted.taken == []


def test_a_notice_claimed_by_a_worker_that_died_comes_back(scripted: ScriptedServer) -> None:
    owe()
    from letters.notices import claim_notice

    notice = Notice.objects.get()
    assert claim_notice(notice)
    assert claim_notice(notice) is False
    assert send_notices() == 0
    Notice.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    assert send_notices() == 1
