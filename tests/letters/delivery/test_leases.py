"""Whose turn it is: fair between campaigns and MPs, and each sender gets work of its own."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from campaign.content.models import Campaign
from letters.delivery import fairness
from letters.delivery.fairness import FairScheduler, lock_next
from letters.delivery.leases import lease_letters
from letters.models import Letter, Status
from tests.letters.factories import make_campaign, make_letter

pytestmark = pytest.mark.django_db


def take(limit: int = 50, order: FairScheduler | None = None) -> list[Letter]:
    return lease_letters(uuid.uuid4(), limit, order)


def test_in_one_lane_the_longest_waiting_go_first() -> None:
    letters = [make_letter() for _ in range(4)]
    assert [letter.pk for letter in take(3)] == [letter.pk for letter in letters[:3]]


def test_campaigns_take_turns_however_many_letters_each_has() -> None:
    big, small = make_campaign("big"), make_campaign("small")
    for number in range(12):
        make_letter(big, constituency_gss=f"E140000{number:02}")
    for _ in range(3):
        make_letter(small)
    assert Counter(letter.campaign.slug for letter in take(6)) == {"big": 3, "small": 3}


def test_mps_take_turns_within_a_campaign() -> None:
    for _ in range(10):
        make_letter(constituency_gss="E14000001")
    for number in range(2, 5):
        make_letter(constituency_gss=f"E1400000{number}")
    leased = take(8)
    constituencies = [letter.constituency_gss[-1] for letter in leased]
    assert (sorted(constituencies[:4]), constituencies[4:]) == (["1", "2", "3", "4"], ["1"])


def test_single_letters_taken_by_drain_after_drain_go_round_all_lanes() -> None:
    campaigns = [make_campaign("one"), make_campaign("two")]
    for campaign in campaigns:
        for gss in ("E14000001", "E14000002"):
            for _ in range(3):
                make_letter(campaign, constituency_gss=gss)
    order = [(one.campaign.slug, one.constituency_gss) for _ in range(4) for one in take(1)]
    assert len(set(order)) == 4
    assert order[0][0] != order[1][0]


def test_one_drain_gets_everything_in_the_end() -> None:
    for number in range(23):
        make_letter(constituency_gss=f"E1400000{number % 4}")
    order = FairScheduler()
    batches = []
    while batch := take(5, order):
        batches.append(len(batch))
    assert sum(batches) == 23
    assert not Letter.objects.filter(status=Status.QUEUED).exists()


def test_a_campaign_paused_after_it_was_chosen_keeps_its_letters() -> None:
    make_letter()
    order = FairScheduler()
    lanes = order.choose(5)
    order._waiting.extend(lane for lane, _count in lanes)
    Campaign.objects.update(mode=Campaign.Mode.PAUSED)
    assert take(5, order) == []
    assert Letter.objects.get().status == Status.QUEUED


def test_a_lease_reads_and_writes_all_letters_at_once() -> None:
    for number in range(10):
        make_letter(constituency_gss=f"E1400000{number}")
    if connection.vendor != "postgresql":
        pytest.skip("SQLite asks for each lane; it has no way to go")
    with CaptureQueriesContext(connection) as queries:
        assert len(take()) == 10
    # campaigns, lanes; savepoint, heads, letters, their campaigns; savepoint, lock, move, events, savepoint;
    # savepoint; and the paragraphs.
    assert len(queries) == 13


@pytest.mark.django_db(transaction=True)
def test_senders_that_lease_at_the_same_moment_each_get_letters_of_their_own() -> None:
    campaign = make_campaign()
    for number in range(40):
        make_letter(campaign, constituency_gss=f"E140000{number:02}")
    barrier, leased = threading.Barrier(4), []

    def work() -> None:
        barrier.wait()
        leased.append([letter.pk for letter in take(10)])
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(batch) for batch in leased] == [10, 10, 10, 10]
    assert len({pk for batch in leased for pk in batch}) == 40


@pytest.mark.django_db(transaction=True)
def test_a_lane_whose_head_is_being_taken_gives_its_next_letters() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    letters = [make_letter() for _ in range(4)]
    [lane] = fairness.list_lanes()
    with transaction.atomic():
        assert lock_next([(lane, 2)]) == [[letter.pk for letter in letters[:2]]]
        found: list[list[list[uuid.UUID]]] = []

        def other() -> None:
            with transaction.atomic():
                found.append(lock_next([(lane, 2)]))
            connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert found == [[[letter.pk for letter in letters[2:]]]]
