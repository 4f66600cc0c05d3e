"""When the mail server fails again and again, the queue pauses, says so, and goes on by itself."""

from __future__ import annotations

import datetime as dt
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from letters.delivery import circuit_breaker
from letters.delivery.alerts import send_alerts
from letters.delivery.circuit_breaker import CircuitState, get_state, record_failure, record_success, take_probe
from letters.delivery.health import measure_health
from letters.delivery.notices import send_notices
from letters.delivery.worker import drain_queue
from letters.models import Alert, Breaker, Letter, Status, queue_confirmation
from tests.letters.factories import make_campaign, make_letter
from tests.letters.scripted_smtp import ScriptedServer
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_three(settings: Any) -> None:
    settings.BREAKER_AFTER = 3


def make_letters(count: int) -> list[Letter]:
    campaign = make_campaign()
    return [make_letter(campaign) for _ in range(count)]


def count_statuses() -> dict[str, int]:
    statuses = list(Letter.objects.values_list("status", flat=True))
    return {status: statuses.count(status) for status in sorted(set(statuses))}


def let_probe() -> None:
    """Let the time pass until the next probe is due, and until letters put back are due again."""
    Breaker.objects.update(probe_at=timezone.now())
    Letter.objects.filter(status=Status.QUEUED).update(next_attempt_at=timezone.now())


def count_minutes_to_probe() -> float:
    probe_at = Breaker.objects.get().probe_at
    assert probe_at is not None
    return round((probe_at - timezone.now()).total_seconds() / 30) / 2


@pytest.mark.parametrize(
    "answer",
    [
        "mail 451 try later",
        "mail 550 sender not welcome",
        "rcpt 452 too many",
        "data 451 no",
        "end 554 spam",
        "drop-end",
    ],
)
def test_failures_in_a_row_pause_the_queue_and_the_rest_is_not_offered(scripted: ScriptedServer, answer: str) -> None:
    make_letters(5)
    scripted.script.extend([answer] * 3)
    drain_queue()
    assert get_state() is CircuitState.OPEN
    untried = Letter.objects.filter(attempts=0)
    assert set(untried.values_list("status", flat=True)) == {Status.QUEUED}
    assert untried.count() == (5 if answer.startswith("mail 4") else 2)
    let_probe()
    Breaker.objects.update(probe_at=timezone.now() + dt.timedelta(minutes=1))
    before = len(scripted.taken)
    assert drain_queue() == {}
    assert len(scripted.taken) == before


@pytest.mark.parametrize("answer", ["rcpt 550 no such mailbox", "rcpt 450 4.2.0 Greylisted, see example"])
def test_what_is_said_of_one_mailbox_pauses_nothing(scripted: ScriptedServer, answer: str) -> None:
    make_letters(5)
    scripted.script.extend([answer] * 4)
    assert drain_queue()["sent"] == 1
    assert get_state() is CircuitState.CLOSED


def test_a_letter_taken_in_between_starts_the_count_anew(scripted: ScriptedServer) -> None:
    make_letters(6)
    scripted.script.extend(["end 451 a", "end 451 b", "end 250 taken", "end 451 c", "end 451 d", "end 250 taken"])
    drain_queue()
    assert get_state() is CircuitState.CLOSED
    assert count_statuses() == {"queued": 4, "sent": 2}


def test_a_server_that_cannot_be_reached_costs_no_letter_anything(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
    make_letters(2)
    for leave in (CircuitState.CLOSED, CircuitState.CLOSED, CircuitState.OPEN):
        drain_queue()
        assert get_state() is leave
    assert list(Letter.objects.values_list("attempts", "events__type")) == [(0, "queued")] * 2
    let_probe()
    for _ in range(4):
        let_probe()
        drain_queue()
        assert count_minutes_to_probe() == 1.5
    assert list(Letter.objects.values_list("attempts", flat=True)) == [0, 0]


def test_without_due_letters_no_server_is_called(settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for _ in range(4):
        drain_queue()
    assert not Breaker.objects.exists()


def test_a_probe_that_is_taken_lets_all_go_on(scripted: ScriptedServer) -> None:
    make_letters(5)
    scripted.script.extend(["mail 451 try later"] * 3)
    drain_queue()
    let_probe()
    assert drain_queue() == {"sent": 5}
    assert (get_state(), Breaker.objects.get().failures) == (CircuitState.CLOSED, 0)
    assert list(Alert.objects.values_list("kind", flat=True)) == ["paused", "resumed"]


def test_a_probe_is_one_letter_and_each_that_fails_doubles_the_pause(scripted: ScriptedServer) -> None:
    make_letters(5)
    scripted.script.extend(["end 451 try later"] * 3)
    drain_queue()
    assert count_minutes_to_probe() == 1
    for minutes in (2, 4, 8, 15, 15):
        let_probe()
        scripted.script.append("end 451 try later")
        assert drain_queue() == {"queued": 1}
        assert count_minutes_to_probe() == minutes
    assert Letter.objects.filter(status=Status.SENT).count() == 0
    assert Alert.objects.count() == 1


def test_a_mailbox_that_does_not_exist_ends_the_pause_too(scripted: ScriptedServer) -> None:
    make_letters(4)
    scripted.script.extend(["mail 451 try later"] * 3 + ["rcpt 550 no such mailbox"])
    drain_queue()
    let_probe()
    assert drain_queue() == {"failed": 1, "sent": 3}


def test_a_probe_that_finds_nothing_to_send_is_given_back(scripted: ScriptedServer, settings: Any) -> None:
    settings.PACE_PER_MP = "1/hour"
    make_letters(3)
    drain_queue()  # one goes, two wait for the pace
    for _ in range(4):
        record_failure("451 try later")
    let_probe()
    assert drain_queue() == {}
    assert get_state() is CircuitState.HALF_OPEN


def test_notices_wait_too_and_one_of_them_may_be_the_probe(scripted: ScriptedServer) -> None:
    letters = [make_letter(make_campaign(), queued=False)]
    letters += [make_letter(letters[0].campaign, queued=False) for _ in range(4)]
    for letter in letters:
        queue_confirmation(letter)
    scripted.script.extend(["data 451 try later"] * 3)
    assert send_notices() == 0
    assert get_state() is CircuitState.OPEN
    assert send_notices() == 0
    assert scripted.taken == []
    Breaker.objects.update(probe_at=timezone.now())
    assert send_notices() == 1
    assert get_state() is CircuitState.CLOSED
    assert send_notices() == 1  # the other three were declined, and have to wait


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_workers_takes_the_probe() -> None:
    for _ in range(3):
        record_failure("451 try later")
    let_probe()

    def try_once(_number: int) -> bool:
        try:
            return take_probe()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_once, range(16))) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_failing_at_once_open_it_once_and_end_it_once(settings: Any) -> None:
    settings.BREAKER_AFTER = 16

    def fail_once(_number: int) -> None:
        record_failure("451 try later")
        connection.close()

    def succeed_once(_number: int) -> None:
        record_success()
        connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(fail_once, range(16)))
        assert list(Breaker.objects.values_list("failures", flat=True)) == [16]
        assert get_state() is CircuitState.OPEN
        list(threads.map(fail_once, range(8)))
        list(threads.map(succeed_once, range(8)))
    assert list(Alert.objects.values_list("kind", flat=True)) == ["paused", "resumed"]


def test_it_can_be_switched_off(scripted: ScriptedServer, settings: Any) -> None:
    settings.BREAKER_AFTER = 0
    make_letters(5)
    scripted.script.extend(["mail 451 try later"] * 5)
    assert drain_queue() == {"queued": 5}
    assert get_state() is CircuitState.CLOSED


def test_the_organisers_are_told_once_of_each(smtp_server: MailServer, settings: Any) -> None:
    settings.ORGANISERS_EMAIL = "group@organisers.example"
    for _ in range(5):
        record_failure("451 jane@example.org try later")
    assert (send_alerts(), send_alerts()) == (1, 0)
    record_success()
    record_success()
    assert (send_alerts(), send_alerts()) == (1, 0)
    paused, resumed = (delivered.message for delivered in smtp_server.messages)
    assert [message["To"] for message in (paused, resumed)] == ["group@organisers.example"] * 2
    assert paused["Subject"] == f"The queue is paused: {settings.SITE_URL}"
    assert resumed["Subject"] == f"The queue has resumed: {settings.SITE_URL}"
    text = paused.get_content()
    assert "451 … try later" in text
    assert "jane@example.org" not in text


def test_an_alert_that_cannot_be_sent_is_owed_until_the_server_is_back(scripted: ScriptedServer) -> None:
    for _ in range(3):
        record_failure("451 try later")
    scripted.script.append("mail 451 try later")
    assert send_alerts() == 0
    assert send_alerts() == 0  # not before its time
    record_success()
    assert send_alerts() == 2
    assert send_alerts() == 0


def test_health_says_since_when_why_and_until_when() -> None:
    assert not [problem for problem in measure_health(brief=True).problems if "paused" in problem]
    for _ in range(3):
        record_failure("451 jane@example.org try later")
    [problem] = [problem for problem in measure_health(brief=True).problems if "paused" in problem]
    opened, probe = Breaker.objects.values_list("opened_at", "probe_at").get()
    assert opened is not None
    assert probe is not None
    assert f"{timezone.localtime(opened):%H:%M}" in problem
    assert f"{timezone.localtime(probe):%H:%M}" in problem
    assert "“451 … try later”" in problem
    assert probe - opened == circuit_breaker.FIRST_PAUSE
