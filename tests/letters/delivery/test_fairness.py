"""Whose turn it is, and that whoever may not go now is not asked again and again."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from campaign.content.models import Campaign
from letters.delivery.fairness import FairScheduler
from letters.delivery.leases import lease_letters
from letters.models import Letter
from tests.letters.factories import make_campaign, make_letter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_windows")]


@pytest.fixture
def live(settings: Settings) -> Campaign:
    settings.LIVE_DELIVERY, settings.PACE_PER_DOMAIN = True, "1/hour"
    return make_campaign(mode=Campaign.Mode.LIVE)


def write_to(campaign: Campaign, constituency: int, domain: str) -> Letter:
    return make_letter(
        campaign, constituency_gss=f"E140000{constituency:02}", member_email=f"mp{constituency}@{domain}"
    )


def test_the_lanes_of_a_domain_that_takes_no_more_lose_their_turns(live: Campaign) -> None:
    for constituency in range(4):
        write_to(live, constituency, "parliament.example")
    write_to(live, 4, "assembly.example")
    turns = FairScheduler()
    [(first, _count)] = turns.choose(1)
    turns.settle(first, asked=1, found=1, leased=1)
    turns.close_domain("parliament.example")
    assert [lane.domain for lane, _count in turns.choose(9)] == ["assembly.example"]
    assert [lane.domain for lane in turns.full] == ["parliament.example"] * 4
    assert [lane.domain for lane, _count in turns.choose(9)] == ["assembly.example"], (
        "also when lanes are looked up anew"
    )


def test_a_full_domain_is_asked_once_however_many_mps_it_has(live: Campaign) -> None:
    write_to(live, 0, "parliament.example")
    assert len(lease_letters(uuid.uuid4())) == 1
    asked = []
    for constituencies in (range(2, 6), range(6, 40)):
        for constituency in constituencies:
            write_to(live, constituency, "parliament.example")
        with CaptureQueriesContext(connection) as queries:
            assert lease_letters(uuid.uuid4(), 2) == []
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_full_domain_holds_up_nobody_elses_letters(live: Campaign) -> None:
    write_to(live, 0, "parliament.example")
    turns = FairScheduler()
    assert len(lease_letters(uuid.uuid4(), 2, turns)) == 1
    for constituency in range(1, 8):
        write_to(live, constituency, "parliament.example")
    other = write_to(live, 8, "assembly.example")
    assert [letter.pk for letter in lease_letters(uuid.uuid4(), 2, turns)] == [other.pk]


def test_a_drain_ends_when_nobody_may_go(live: Campaign) -> None:
    for constituency in range(3):
        for _ in range(2):
            write_to(live, constituency, "parliament.example")
    turns = FairScheduler()
    leased = [lease_letters(uuid.uuid4(), 2, turns) for _ in range(4)]
    assert [len(batch) for batch in leased] == [1, 0, 0, 0]
