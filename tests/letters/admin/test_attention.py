"""Above the list of letters, organisers read what needs a person and what is stuck."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from letters.models import Heartbeat, Letter, Status
from tests.letters.factories import make_campaign, make_letter

pytestmark = pytest.mark.django_db
LIST = "/admin/letters/letter/"


@pytest.fixture(autouse=True)
def _swept_just_now() -> None:
    Heartbeat.beat("sweep")


def test_nothing_stands_there_while_nothing_needs_a_person(admin_client: Client) -> None:
    make_letter()
    page = admin_client.get(LIST).content.decode()
    assert "admin-needs" not in page
    assert "admin-problems" not in page


def test_what_needs_a_person_is_counted_and_linked(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    campaign = make_campaign()
    failed = [make_letter(campaign) for _ in range(2)]
    held = make_letter(campaign)
    Letter.objects.filter(pk__in=[letter.pk for letter in failed]).update(status=Status.FAILED)
    Letter.objects.filter(pk=held.pk).update(status=Status.HELD)
    with django_assert_max_num_queries(14):
        page = admin_client.get(LIST).content.decode()
    words = " ".join(page.split())
    failures = "?status__exact=failed&amp;needs=person"
    assert f'<a class="letter-status is-failed" href="{failures}"><b aria-hidden="true">✕</b>2 Failed</a>' in words
    assert 'href="?status__exact=held"' in words
    assert "admin-needs" in words
    assert 'is-unknown" href' not in words
    filtered = admin_client.get(f"{LIST}?status__exact=failed").content.decode()
    assert failed[0].reference in filtered
    assert held.reference not in filtered


def test_a_stuck_letter_is_told(admin_client: Client) -> None:
    make_letter()
    Letter.objects.update(next_attempt_at=timezone.now() - dt.timedelta(minutes=14))
    page = admin_client.get(LIST).content.decode()
    assert '<div class="errornote admin-problems" role="alert">' in page
    assert "<p>The oldest letter has been due for 14 minutes (1 due).</p>" in page
