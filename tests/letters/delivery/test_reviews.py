"""Organisers hear 30 and 7 days before a live argument is withdrawn, once each."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from letters.delivery.alerts import build_alert_mail
from letters.delivery.reviews import queue_reminders
from letters.models import Alert
from tests.letters.factories import make_campaign

pytestmark = pytest.mark.django_db


def set_days(key: str, days: int) -> None:
    Argument.objects.filter(key=key).update(review_by=timezone.localdate() + dt.timedelta(days=days))


def test_they_hear_30_and_7_days_before_and_once_each() -> None:
    campaign = make_campaign(mode=Campaign.Mode.LIVE)
    assert queue_reminders() == 0
    set_days("argument-1", 30)
    set_days("argument-2", 31)
    assert [queue_reminders(), queue_reminders()] == [1, 0]
    words = Alert.objects.get().words
    assert words.startswith(campaign.title)
    assert "Argument 1. Facts as of 20 February 2023. Reviewed on" in words
    assert "Argument 2" not in words
    set_days("argument-1", 7)
    set_days("argument-2", 30)
    assert [queue_reminders(), queue_reminders()] == [2, 0]
    set_days("argument-1", 0)  # its last day
    assert queue_reminders() == 0


def test_who_goes_live_late_hears_at_once_and_not_twice() -> None:
    make_campaign(mode=Campaign.Mode.LIVE, arguments=1)
    set_days("argument-1", 5)
    assert [queue_reminders(), queue_reminders()] == [1, 0]


def test_a_review_begins_anew() -> None:
    make_campaign(mode=Campaign.Mode.LIVE, arguments=1)
    set_days("argument-1", 5)
    queue_reminders()
    argument = Argument.objects.get()
    argument.note_review(None, "Fine.")
    argument.save()
    assert queue_reminders() == 0
    set_days("argument-1", 30)
    assert queue_reminders() == 1


@pytest.mark.parametrize(
    ("mode", "paused_from", "mails"),
    [("draft", "", 0), ("rehearsal", "", 0), ("closed", "", 0), ("paused", "rehearsal", 0), ("paused", "live", 1)],
)
def test_only_live_campaigns_withdraw_anything(mode: str, paused_from: str, mails: int) -> None:
    make_campaign(mode=mode, paused_from=paused_from, arguments=1)
    set_days("argument-1", 7)
    assert queue_reminders() == mails


def test_the_mail_says_which_and_where() -> None:
    make_campaign(mode=Campaign.Mode.LIVE, arguments=1)
    set_days("argument-1", 7)
    queue_reminders()
    mail = build_alert_mail(Alert.objects.get(), "group@organisers.example").content.decode()
    assert "Subject: Arguments to review" in mail
    assert "Argument 1" in mail
    assert "/admin/content/argument/" in mail
