"""Outside a campaign's hours its letters wait, nobody is alarmed, and the supporters can read until when."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.delivery.health import measure_health
from letters.delivery.worker import drain_queue
from letters.models import Heartbeat, Letter
from letters.privacy.tokens import make_token
from tests.letters.factories import make_campaign, make_letter
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 11, 20, 23, 0, tzinfo=dt.UTC)  # a Friday
MONDAY = dt.datetime(2026, 11, 23, 8, 1, tzinfo=dt.UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def test_letters_wait_for_the_hours_and_then_go(scripted: ScriptedServer, at: Any, client: Client) -> None:
    at(NIGHT)
    letter = make_letter(make_campaign(send_from="08:00", send_until="18:00", send_days="weekdays"))
    Heartbeat.beat("sweep")
    assert drain_queue() == {}
    page = client.get(reverse("letter", args=[make_token(letter.id, "letter")]))
    assert "It will be sent from 8:00 on Monday." in page.content.decode()
    health = measure_health(brief=True)
    assert (health.due, health.problems) == (0, [])
    said = StringIO()
    call_command("queue", stdout=said)
    assert (
        "On hold until the sending hours of the campaign “peace”: 1, to be sent from 8:00 on Monday." in said.getvalue()
    )
    at(MONDAY)
    Heartbeat.beat("sweep")
    health = measure_health(brief=True)
    assert (health.due, health.oldest_due_age, health.problems) == (1, 60, [])
    assert drain_queue() == {"sent": 1}
    assert not Letter.objects.filter(next_attempt_at__isnull=False).exists()


def test_the_confirmation_page_says_when_the_letter_will_go(at: Any, client: Client) -> None:
    at(NIGHT)
    letter = make_letter(make_campaign(send_from="08:00", send_until="18:00"), queued=False)
    page = client.get(reverse("confirm", args=[make_token(letter.id, "confirm")]))
    assert "we will send it from 8:00 on Saturday." in page.content.decode()
