"""Whatever happens to letters, the roll-up says what a full count says (letters/management/commands/check_tallies.py, letters/models/statistics.py)."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaign.content.models import Campaign
from letters.actions.confirm import confirm
from letters.actions.erase import erase_letter
from letters.actions.purge import purge_data
from letters.actions.withdraw import withdraw_letter
from letters.delivery.leases import lease_letters, recover_leases, release_letters
from letters.models import TRANSITIONS, Letter, LetterParagraph, Status, Tally
from letters.statistics.rollup import check_tallies, roll_up, roll_up_all
from letters.tasks import tally
from tests.letters.factories import make_campaign, make_letter

CONSTITUENCIES = [("E14001172", "Labour"), ("E14001172", "Reform UK"), ("W07000112", "Plaid Cymru")]


def read_tallies() -> Counter[tuple[object, ...]]:
    """What is stored, without the noughts."""
    rows = Tally.objects.exclude(count=0).values_list(
        "campaign_id", "rehearsal", "kind", "key", "other", "status", "count"
    )
    return Counter({tuple(number): count for *number, count in rows})


def count_letters() -> Counter[tuple[object, ...]]:
    """The same numbers by looking at each letter, written as plainly as can be."""
    numbers: Counter[tuple[object, ...]] = Counter()
    for letter in Letter.objects.exclude(status="unconfirmed").prefetch_related("paragraphs"):
        mine = letter.campaign_id, letter.rehearsal
        numbers[*mine, "seat", letter.constituency_gss, letter.member_party, letter.status] += 1
        if letter.confirmed_at:
            numbers[*mine, "confirmed", str(timezone.localdate(letter.confirmed_at)), "", ""] += 1
        if letter.status in ("sent", "bounced"):
            assert letter.sent_at is not None
            numbers[*mine, "sent", str(timezone.localdate(letter.sent_at)), "", ""] += 1
        if letter.status != "withdrawn":
            keys = sorted({part.argument_key for part in letter.paragraphs.all()} - {""})
            for key in keys:
                numbers[*mine, "argument", key, "", ""] += 1
            for one, other in combinations(keys, 2):
                numbers[*mine, "pair", one, other, ""] += 1
    return numbers


def write_letter(campaign: Campaign, seed: int) -> Letter:
    """An unconfirmed letter to one of three constituencies and parties, with up to three arguments."""
    dice = random.Random(seed)
    gss, party = dice.choice(CONSTITUENCIES)
    letter = make_letter(
        campaign, queued=False, constituency_gss=gss, member_party=party, rehearsal=dice.random() < 0.5
    )
    for position in range(dice.randint(0, 2)):
        key = f"argument-{dice.randint(1, 4)}"
        LetterParagraph.objects.create(letter=letter, position=2 + position, argument_key=key)
    return letter


def move_anyhow(letter: Letter, seed: int) -> None:
    """One of the moves that the table allows, at some moment of these days."""
    if letter.status == Status.UNCONFIRMED:
        confirm(letter, hold="look" if seed % 3 == 0 else "")
    elif TRANSITIONS[letter.status]:
        to = Status(sorted(TRANSITIONS[letter.status])[seed % len(TRANSITIONS[letter.status])])
        if letter.scrubbed_at and to == Status.QUEUED:
            return  # an erased letter never goes back into the queue
        moment = timezone.now() - dt.timedelta(hours=seed)
        lease: dict[str, Any] = {"lease_token": uuid.uuid4(), "lease_until": moment}
        extra = {Status.SENT: {"sent_at": moment}, Status.CLAIMED: lease, Status.SENDING: lease}.get(to, {})
        letter.transition_to(to, **{"next_attempt_at": moment} | extra)


def do(action: str, seed: int) -> None:
    """One thing that happens on the site."""
    letters = list(Letter.objects.order_by("created_at"))
    one = letters[seed % len(letters)] if letters else None
    if action == "write" or one is None:
        write_letter(Campaign.objects.order_by("pk")[seed % 2], seed)
    elif action == "move":
        move_anyhow(one, seed)
    elif action == "withdraw":
        withdraw_letter(one)
    elif action == "erase":
        erase_letter(one)
    elif action == "forget":
        Letter.objects.filter(pk=one.pk).update(created_at=timezone.now() - dt.timedelta(days=8))
        purge_data()
    elif action == "claim":
        lease = uuid.uuid4()
        lease_letters(lease, limit=2)
        if seed % 2:
            release_letters(lease, "The server is away.")
    elif action == "recover":
        recover_leases()
    elif action == "fold":
        roll_up(limit=1 + seed % 3)


ACTIONS = ("write", "write", "move", "move", "move", "withdraw", "erase", "forget", "claim", "recover", "fold", "fold")


class TestWhateverHappens(TestCase):
    """A class, because each example needs a transaction of its own."""

    # Shrinking replays whole lives of letters for minutes; a failing list of so few happenings is read as it is.
    @settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 60)), min_size=8, max_size=25))
    def test_the_roll_up_equals_a_full_count(self, happenings: list[tuple[str, int]]) -> None:
        make_campaign()
        make_campaign("other")
        for action, seed in happenings:
            do(action, seed)
        roll_up_all()
        assert read_tallies() == count_letters()
        assert not Letter.objects.uncounted().exists()
        assert check_tallies(mend=False) == {}


pytestmark = pytest.mark.django_db


def test_an_update_past_every_function_is_counted_all_the_same() -> None:
    for _ in range(3):
        make_letter()
    roll_up_all()
    Letter.objects.update(status=Status.HELD)
    assert roll_up() == 3
    assert Tally.objects.get(kind="seat", status="held").count == 3
    assert Tally.objects.get(kind="seat", status="queued").count == 0


def test_counting_again_changes_nothing_and_costs_one_query() -> None:
    make_letter()
    assert roll_up_all() == 1
    before = read_tallies()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert roll_up() == 0
    assert len(queries) == 1
    assert read_tallies() == before


def test_a_day_is_london_s() -> None:
    letter = make_letter()
    late = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)  # half past midnight in London's summer
    Letter.objects.filter(pk=letter.pk).update(confirmed_at=late)
    roll_up_all()
    assert Tally.objects.get(kind="confirmed").key == "2026-07-02"
    assert check_tallies(mend=False) == {}


def test_the_worker_counts() -> None:
    make_letter()
    tally.run()
    assert Tally.objects.get(kind="seat").count == 1


def test_check_tallies_says_what_is_wrong_and_mends_it(capsys: pytest.CaptureFixture[str]) -> None:
    make_letter()
    roll_up_all()
    Tally.objects.filter(kind="argument").update(count=7)
    Tally.objects.filter(kind="seat").delete()
    with pytest.raises(CommandError, match="without --dry-run"):
        call_command("check_tallies", dry_run=True)
    said = capsys.readouterr().out
    assert "argument argument-1: wrong by +6" in said
    assert "seat E14001172 Independent queued: wrong by -1" in said
    call_command("check_tallies")
    assert read_tallies() == count_letters()
    call_command("check_tallies", dry_run=True)
