"""Organisers hear once a day that letters are held, and nothing about their supporters."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from letters.delivery.alerts import write_alert
from letters.delivery.held import queue_held_notice
from letters.models import Alert, Finding, Letter, Part, Rule, Status
from tests.letters.clock import pass_time
from tests.letters.factories import make_campaign, make_letter

pytestmark = pytest.mark.django_db


def at_hour(hour: int) -> dt.datetime:
    return timezone.localtime().replace(hour=hour)


def test_they_hear_once_a_day_in_the_morning_while_letters_are_held() -> None:
    campaign = make_campaign()
    assert not queue_held_notice(at_hour(9))
    letters = [make_letter(campaign) for _ in range(3)]
    Letter.objects.update(status=Status.HELD, created_at=at_hour(9) - dt.timedelta(days=2, hours=1))
    Finding.objects.create(letter=letters[0], rule=Rule.THREAT, part=Part.TEXT, paragraph=0, start=0, end=1)
    assert not queue_held_notice(at_hour(6)), "nobody is woken for it"
    assert queue_held_notice(at_hour(9))
    Alert.objects.update(at=at_hour(9))
    assert not queue_held_notice(at_hour(10))
    alert = Alert.objects.get()
    assert (
        alert.words == f"{campaign.title}: 3 letters, 1 of them because of threatening words; the oldest is 2 days old."
    )
    title, words = write_alert(alert)
    assert title.startswith("Letters are held")
    assert "/admin/letters/letter/moderation/" in words
    assert "Jane" not in words
    pass_time(days=1)
    assert queue_held_notice(at_hour(9))
    Letter.objects.update(status=Status.QUEUED)
    pass_time(days=1)
    assert not queue_held_notice(at_hour(9))
