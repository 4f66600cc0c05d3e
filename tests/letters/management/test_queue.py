"""`manage.py queue` says what holds letters up, in words and as JSON, and holds no personal data (commands/queue.py)."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaign.content.models import Campaign
from letters.delivery.worker import drain_queue
from letters.models import Heartbeat, Letter, Status
from tests.letters.factories import make_campaign, make_letter
from tests.letters.scripted_smtp import ScriptedServer
from tests.servers.processes import find_free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _swept_just_now() -> None:
    Heartbeat.beat("sweep")


def run(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[str, int]:
    try:
        call_command("queue", *options)
    except SystemExit as end:
        return capsys.readouterr().out, int(end.code or 0)
    return capsys.readouterr().out, 0


def set_all(letter: Letter, **fields: Any) -> None:
    Letter.objects.filter(pk=letter.pk).update(**fields)


def test_an_empty_queue_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    said, code = run(capsys)
    assert code == 0
    assert said.startswith("Healthy.\n")
    for line in ("Letters: none yet.", "Due now: 0.", "Nobody needs to decide anything.", "Last letter sent: never."):
        assert line in said.splitlines()


def test_it_says_what_holds_letters_up(capsys: pytest.CaptureFixture[str], scripted: ScriptedServer) -> None:
    campaign = make_campaign()
    make_letter(campaign)
    drain_queue()
    for words in ("450 <ann.example.mp@parliament.example>: greylisted", "450 <other@parliament.example>: greylisted"):
        make_letter(campaign)
        scripted.script.append(f"rcpt {words}")
        drain_queue()
    make_letter(make_campaign("paused", mode=Campaign.Mode.PAUSED))
    make_letter(make_campaign("live", mode=Campaign.Mode.LIVE))
    for status in (Status.HELD, Status.FAILED, Status.UNKNOWN, Status.UNKNOWN):
        set_all(make_letter(campaign), status=status)
    set_all(make_letter(campaign), next_attempt_at=timezone.now() - dt.timedelta(minutes=14))
    said, code = run(capsys)
    assert code == 1
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert lines[:2] == ["Something is wrong:", "- The oldest letter has been due for 14 minutes (1 due)."]
    for line in (
        "5 Queued",
        "1 Sent",
        "Due now: 1, the oldest for 14 minutes.",
        "2 450 <…>: greylisted",
        "On hold because the campaign “paused” is paused: 1.",
        "On hold because LIVE_DELIVERY is off: 1 live.",
        "2 Unknown: may have been delivered",
        "1 Failed",
        "1 Held",
        "Broker: answers.",
    ):
        assert line in lines, said
    assert any(line.startswith("Worker: last swept ") for line in lines)
    assert any(line.startswith("To be tried again later: 2, from ") for line in lines)
    assert not any(word in said for word in ("Jane", "@parliament.example", "@supporter.example", "Ann"))


def test_it_gives_the_same_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    make_letter(make_campaign("live", mode=Campaign.Mode.LIVE))
    told, code = run(capsys, "--json")
    state = json.loads(told)
    assert (code, state["ok"], state["problems"]) == (0, True, [])
    assert state["letters"]["queued"] == state["waiting_for_live_delivery"] == 1
    assert state["waiting_for_retry"] == {"count": 0, "first_at": None, "last_at": None, "answers": []}
    assert state["paused_campaigns"] == {}


def test_leases_and_mails_that_are_due_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    letter = make_letter()
    ended = timezone.now() - dt.timedelta(seconds=5)
    set_all(letter, status=Status.SENDING, lease_token=letter.pk, lease_until=ended)
    letter.notices.create(kind="sent")
    said, code = run(capsys)
    assert code == 0
    assert "In hand: 1, 1 of them without a sender." in said
    assert "Emails to supporters due: 1." in said


def test_it_answers_without_a_database() -> None:
    env = os.environ | {"DATABASE_URL": f"postgres://nobody@127.0.0.1:{find_free_port()}/none"}
    command = [sys.executable, "manage.py", "queue"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[:2] == ["Something is wrong:", "  - The database does not answer."]
