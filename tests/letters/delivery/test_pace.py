"""Not too fast: a rate for each domain and each MP, shared by all workers, that loses and blocks nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from typing import Any

import pytest
import redis
from django.utils import timezone

from campaign.content.models import Campaign
from campaign.core import rate_counters
from letters.delivery import pace
from letters.delivery.leases import lease_letters, release_letters
from letters.delivery.worker import drain_queue
from letters.models import PACED, Heartbeat, Letter, Status
from tests.letters.factories import make_campaign, make_letter
from tests.letters.scripted_smtp import ScriptedServer
from tests.servers.mail import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_windows")]


@pytest.fixture
def own_redis(redis_url: str, settings: Any) -> str:
    """An empty Redis in which the pace is kept."""
    url = redis_url.rpartition("/")[0] + "/9"
    redis.Redis.from_url(url).flushdb()
    settings.REDIS_URL = url
    return url


def take() -> list[Letter]:
    return lease_letters(uuid.uuid4())


@pytest.mark.parametrize("shared", [False, True])
def test_a_batch_that_was_not_offered_gives_its_slots_back(
    shared: bool, settings: Any, request: pytest.FixtureRequest
) -> None:
    if shared:
        request.getfixturevalue("own_redis")
    settings.PACE_PER_MP, settings.PACE_PER_DOMAIN = "4/hour", "4/hour"
    letters = [make_letter() for _ in range(4)]
    lease = uuid.uuid4()
    assert len(lease_letters(lease, 3)) == 3
    release_letters(lease, "The server is away.")
    assert take() == letters[3:]
    Letter.objects.filter(status=Status.QUEUED).update(next_attempt_at=timezone.now())
    assert len(take()) == 3
    Letter.objects.filter(status=Status.CLAIMED).update(status=Status.QUEUED, lease_token=None, lease_until=None)
    assert take() == []


def test_an_mp_gets_no_more_than_the_pace_and_the_rest_wait_as_they_were(settings: Any) -> None:
    settings.PACE_PER_MP = "3/hour"
    letters = [make_letter() for _ in range(5)]
    assert [letter.pk for letter in take()] == [letter.pk for letter in letters[:3]]
    assert take() == []
    waiting = Letter.objects.filter(status=Status.QUEUED)
    assert sorted(waiting.values_list("pk", "next_attempt_at")) == sorted(
        (letter.pk, letter.next_attempt_at) for letter in letters[3:]
    )
    assert [event.type for event in letters[4].events.all()] == ["queued"]
    assert Heartbeat.objects.filter(name=PACED).exists()


def test_a_flood_for_one_mp_does_not_hold_up_the_others(settings: Any, scripted: ScriptedServer) -> None:
    settings.PACE_PER_MP = "2/hour"
    flood = [make_letter() for _ in range(20)]
    other = make_letter(constituency_gss="W07000041")
    assert drain_queue() == {"sent": 3}
    other.refresh_from_db()
    assert other.status == Status.SENT
    assert Letter.objects.filter(pk__in=[letter.pk for letter in flood], status=Status.SENT).count() == 2


def test_a_domain_gets_no_more_than_the_pace_whoever_the_mp_is(settings: Any) -> None:
    settings.LIVE_DELIVERY, settings.PACE_PER_DOMAIN = True, "3/hour"
    campaign = make_campaign(mode=Campaign.Mode.LIVE)
    addresses = [f"mp{number}@parliament.example" for number in range(5)] + ["mp@Assembly.example"]
    for number, address in enumerate(addresses):
        make_letter(campaign, constituency_gss=f"E1400000{number}", member_email=address)
    leased = [*take(), *take()]
    assert Counter(pace.get_domain(letter.member_email) for letter in leased) == {
        "parliament.example": 3,
        "assembly.example": 1,
    }


def test_a_rehearsed_letter_counts_for_the_domain_it_really_goes_to_and_takes_no_mps_slot(settings: Any) -> None:
    settings.LIVE_DELIVERY, settings.PACE_PER_DOMAIN, settings.PACE_PER_MP = True, "1/hour", "1/hour"
    make_letter(make_campaign(rehearsal_address="group@organisers.example"))
    make_letter(make_campaign("live", mode=Campaign.Mode.LIVE))
    assert sorted(letter.rehearsal for letter in take()) == [False, True]


def test_a_slot_that_the_domain_refuses_is_not_taken_from_the_mp(settings: Any) -> None:
    settings.PACE_PER_DOMAIN, settings.PACE_PER_MP = "1/hour", "5/hour"
    letter = make_letter()
    for _ in range(3):
        make_letter()
    assert len(take()) == 1
    assert take() == []
    rate = rate_counters.read_rate("5/hour")
    assert rate is not None
    assert rate_counters.remaining(rate, pace.name_mp(letter)) == 4


def test_without_a_pace_all_go(settings: Any) -> None:
    for _ in range(7):
        make_letter()
    assert len(take()) == 7
    assert not Heartbeat.objects.filter(name=PACED).exists()


def test_the_rate_in_redis_is_shared_and_names_nobody(settings: Any, own_redis: str) -> None:
    settings.PACE_PER_DOMAIN, settings.PACE_PER_MP = "5/hour", "4/hour"
    for _ in range(8):
        make_letter()
    assert len(take()) == 4
    assert take() == []
    found: Any = redis.Redis.from_url(own_redis, decode_responses=True).keys()
    assert sorted(key.split("/")[1] for key in found) == ["domain:parley.localhost", "rehearsal:E14001172"]


def test_a_redis_that_hangs_costs_seconds_once_and_no_letter(settings: Any, caplog: Any) -> None:
    settings.PACE_PER_MP = "2/hour"
    for _ in range(3):
        make_letter()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, answers nothing
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        began = time.monotonic()
        assert len(take()) == 2
        assert take() == []
        assert time.monotonic() - began < 3 * rate_counters.REDIS_SECONDS
    assert [record.levelname for record in caplog.records if record.name == "campaign.core.rate_counters"] == [
        "WARNING"
    ]


def test_a_redis_that_is_down_is_asked_again_later(settings: Any, own_redis: str) -> None:
    settings.PACE_PER_MP = "1/hour"
    make_letter()
    make_letter()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert len(take()) == 1
    settings.REDIS_URL = own_redis
    assert take() == []  # for a while it counts for itself
    rate_counters._away_until = 0
    assert len(take()) == 1


@pytest.mark.parametrize("words", ["fast", "0/minute", "120", "ten/hour", "-5/minute"])
def test_a_pace_that_is_none_is_refused_at_start_with_words_that_help(words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import campaign.settings"],
        env=os.environ | {"PACE_PER_MP": words, "SECRET_KEY": "x" * 50},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "PACE_PER_MP must be a number and a length of time, such as 30/hour." in done.stderr


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_one_rate_on_redis(own_redis: str, smtp_server: MailServer, start_worker: Any) -> None:
    campaign = make_campaign()
    for number in range(30):
        make_letter(campaign, constituency_gss=f"E140000{number:02}")
    for _ in range(2):
        start_worker(beat=True, PACE_PER_DOMAIN="9/hour", REDIS_URL=own_redis)
    deadline = time.monotonic() + 40
    while Letter.objects.filter(status=Status.SENT).count() < 9:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    time.sleep(1.5)  # whoever were to send more would do so now
    assert Counter(Letter.objects.order_by().values_list("status", flat=True)) == {"sent": 9, "queued": 21}
