"""Mails owed to supporters arrive, also after the server was away (letters/models/notice.py)."""

from __future__ import annotations

import datetime as dt
import email
import email.policy

import pytest
from django.utils import timezone
from pytest_django import Settings

from campaign.content.models import Campaign
from letters.actions.confirm import confirm
from letters.actions.erase import erase_letter
from letters.delivery.notices import lease_notice, send_notices
from letters.delivery.worker import drain_queue
from letters.models import Letter, Notice, Status, queue_confirmation
from letters.privacy.tokens import make_confirm_token, make_token
from tests.letters.factories import make_campaign, make_letter
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db


def owe() -> Letter:
    letter = make_letter(queued=False)
    queue_confirmation(letter)
    return letter


def test_a_confirmation_is_sent_once(scripted: ScriptedServer) -> None:
    letter = owe()
    assert (send_notices(), send_notices()) == (1, 0)
    assert [taken.recipient for taken in scripted.taken] == [letter.sender_email]
    notice = Notice.objects.get(kind=Notice.Kind.CONFIRM)
    assert notice.sent_at is not None
    assert notice.due_at is None


@pytest.mark.parametrize("behaviour", ["rcpt 450 greylisted", "drop-end"])
def test_a_confirmation_that_did_not_get_through_is_tried_again(scripted: ScriptedServer, behaviour: str) -> None:
    owe()
    scripted.script.append(behaviour)
    assert send_notices() == 0
    notice = Notice.objects.get()
    assert notice.due_at is not None
    assert notice.due_at > timezone.now()
    Notice.objects.update(due_at=timezone.now())
    assert send_notices() == 1


def test_who_has_not_confirmed_after_a_day_is_reminded_once(scripted: ScriptedServer) -> None:
    letter = owe()
    send_notices()
    reminder = Notice.objects.get(kind=Notice.Kind.REMIND)
    assert reminder.due_at is not None
    assert dt.timedelta(hours=23) < reminder.due_at - timezone.now() <= dt.timedelta(days=1)
    Notice.objects.filter(kind=Notice.Kind.CONFIRM).update(due_at=timezone.now())  # asked for again
    assert send_notices() == 1
    assert Notice.objects.filter(kind=Notice.Kind.REMIND).count() == 1
    Notice.objects.filter(kind=Notice.Kind.REMIND).update(due_at=timezone.now())
    assert (send_notices(), send_notices()) == (1, 0)
    mail = email.message_from_bytes(scripted.taken[-1].content, policy=email.policy.default)
    assert mail["Subject"] == f"Still to send: your letter to {letter.member_name}"
    body = mail.get_body(("plain",))
    assert body is not None
    assert make_confirm_token(letter) in body.get_content()
    assert "Jane" not in body.get_content()


@pytest.mark.parametrize("why", ["confirmed", "withdrawn", "closed"])
def test_a_reminder_without_a_point_is_not_sent(scripted: ScriptedServer, why: str) -> None:
    letter = owe()
    send_notices()
    if why == "closed":
        letter.campaign.mode = letter.campaign.Mode.CLOSED
        letter.campaign.save()
    elif why == "confirmed":
        assert confirm(letter)
    else:
        letter.transition_to(Status.WITHDRAWN)
    Notice.objects.filter(kind=Notice.Kind.REMIND).update(due_at=timezone.now())
    assert send_notices() == 0
    assert Notice.objects.get(kind=Notice.Kind.REMIND).due_at is None


def send_one(mode: Campaign.Mode = Campaign.Mode.REHEARSAL) -> Letter:
    letter = make_letter(make_campaign(mode=mode))
    drain_queue()
    letter.refresh_from_db()
    assert letter.status == Status.SENT
    assert send_notices() == 1
    return letter


def test_who_has_sent_a_letter_is_asked_once_after_three_weeks_whether_an_answer_came(
    scripted: ScriptedServer, settings: Settings
) -> None:
    settings.LIVE_DELIVERY = True
    letter = send_one(Campaign.Mode.LIVE)
    question = Notice.objects.get(kind=Notice.Kind.ANSWER)
    assert letter.sent_at is not None
    assert question.due_at == letter.sent_at + dt.timedelta(weeks=3)
    Notice.objects.filter(pk=question.pk).update(due_at=timezone.now())
    assert (send_notices(), send_notices()) == (1, 0)
    mail = email.message_from_bytes(scripted.taken[-1].content, policy=email.policy.default)
    assert mail["Subject"] == f"Did {letter.member_name} answer your letter?"
    body = mail.get_body(("plain",))
    assert body is not None
    assert make_token(letter.id, "letter") in body.get_content()


@pytest.mark.parametrize("why", ["answered", "bounced", "erased"])
def test_a_question_without_a_point_is_not_sent(scripted: ScriptedServer, settings: Settings, why: str) -> None:
    settings.LIVE_DELIVERY = True
    letter = send_one(Campaign.Mode.LIVE)
    if why == "answered":
        Letter.objects.update(answered_at=timezone.now())
    elif why == "bounced":
        Letter.objects.update(status=Status.BOUNCED)
    else:
        erase_letter(letter)
    Notice.objects.filter(kind=Notice.Kind.ANSWER).update(due_at=timezone.now())
    assert send_notices() == 0
    assert not Notice.objects.filter(kind=Notice.Kind.ANSWER, due_at__isnull=False).exists()


@pytest.mark.usefixtures("scripted")
def test_a_rehearsed_letter_gets_no_question() -> None:
    send_one()
    assert not Notice.objects.filter(kind=Notice.Kind.ANSWER).exists()


def test_a_server_that_cannot_be_reached_is_asked_once_for_all_and_costs_no_attempt(scripted: ScriptedServer) -> None:
    for _ in range(3):
        owe()
    scripted.script.append("banner 421 busy")
    assert send_notices() == 0
    assert scripted.connections == 1
    assert {notice.attempts for notice in Notice.objects.all()} == {0}
    assert send_notices() == 3


def test_an_address_that_does_not_exist_is_given_up_and_noted(scripted: ScriptedServer) -> None:
    letter = owe()
    scripted.script.append("rcpt 550 no such person")
    send_notices()
    assert Notice.objects.get().due_at is None
    assert [event.type for event in letter.events.all()] == ["note"]


def test_a_letter_that_is_no_longer_waiting_is_not_asked_about(scripted: ScriptedServer) -> None:
    letter = owe()
    assert letter.transition_to(Status.WITHDRAWN)
    assert send_notices() == 0
    assert scripted.taken == []


def test_a_notice_leased_by_a_worker_that_died_comes_back(scripted: ScriptedServer) -> None:
    owe()
    notice = Notice.objects.get()
    assert lease_notice(notice)
    assert lease_notice(notice) is False
    assert send_notices() == 0
    Notice.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    assert send_notices() == 1


def test_the_supporter_is_told_once_that_the_letter_was_sent(scripted: ScriptedServer) -> None:
    letter = make_letter()
    drain_queue()
    assert (send_notices(), send_notices()) == (1, 0)
    assert [taken.recipient for taken in scripted.taken] == ["rehearsal@parley.localhost", letter.sender_email]


def test_the_supporter_is_told_once_that_it_failed_however_often_it_is_retried(scripted: ScriptedServer) -> None:
    letter = make_letter()
    for _ in range(2):
        scripted.script.append("rcpt 550 no")
        drain_queue()
        letter.refresh_from_db()
        assert letter.status == Status.FAILED
        send_notices()
        letter.transition_to(Status.QUEUED, next_attempt_at=timezone.now())
    assert [taken.recipient for taken in scripted.taken] == [letter.sender_email]


def test_nobody_is_written_to_after_erasure(scripted: ScriptedServer) -> None:
    letter = make_letter()
    drain_queue()
    letter.refresh_from_db()
    assert erase_letter(letter)
    assert send_notices() == 0
    assert len(scripted.taken) == 1
