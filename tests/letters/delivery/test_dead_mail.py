"""A mail server that takes nothing is noticed within ten minutes, and whoever waits is mailed soon after its return."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from letters.delivery.circuit_breaker import CircuitState, get_state, record_failure
from letters.delivery.health import measure_health
from letters.delivery.notices import send_notices
from letters.delivery.worker import drain_queue
from letters.models import Heartbeat, Letter, Notice, Status, queue_confirmation
from letters.tasks import sweep
from tests.letters.clock import pass_time
from tests.letters.factories import make_letter
from tests.letters.scripted_smtp import ScriptedServer
from tests.servers.mail import MailServer, run_mail_server
from tests.servers.processes import find_free_port

pytestmark = pytest.mark.django_db
TEN_MINUTES, TWO_MINUTES = 40, 8  # sweeps


def owe(count: int = 3) -> list[Letter]:
    letters = [make_letter(queued=False) for _ in range(count)]
    for letter in letters:
        queue_confirmation(letter)
    return letters


def sweep_for(sweeps: int) -> None:
    """Sweep as beat asks for it, every 15 seconds of a clock that need not be waited for."""
    for _ in range(sweeps):
        sweep()
        pass_time(seconds=15)


@pytest.mark.parametrize("breaker_after", [0, 10])
def test_a_server_that_refuses_connections_is_noticed_and_tried_until_it_is_back(
    client: Client, settings: Any, breaker_after: int
) -> None:
    settings.BREAKER_AFTER = breaker_after
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", find_free_port()
    letters = owe()
    Heartbeat.beat("sweep")
    assert client.get("/health/").status_code == 200
    sweep_for(TEN_MINUTES)
    assert client.get("/health/").status_code == 503
    assert "ConnectionRefusedError" in " ".join(measure_health().problems)
    sweep_for(3 * TEN_MINUTES)
    with run_mail_server(settings.EMAIL_PORT) as server:
        sweep_for(TWO_MINUTES)
        delivered = server.wait_for(3)
    assert {mail.recipients[0] for mail in delivered} >= {letter.sender_email for letter in letters}
    sweep()
    assert client.get("/health/").status_code == 200


def test_a_server_that_declines_all_senders_costs_nobody_a_try(smtp_server: MailServer, settings: Any) -> None:
    settings.BREAKER_AFTER = 0
    smtp_server.answer_with(*["451 4.3.2 System not accepting messages"] * 10_000, at="MAIL")
    owe()
    queued = make_letter()
    sweep_for(TEN_MINUTES + 1)
    problems = " ".join(measure_health().problems)
    assert "The oldest email to a supporter has been due for 10 minutes (3 due): the mail server failed" in problems
    assert "The mail server has accepted nothing for 10 minutes" in problems
    assert set(Notice.objects.values_list("attempts", flat=True)) == {0}
    queued.refresh_from_db()
    assert (queued.status, queued.attempts) == (Status.QUEUED, 0)
    smtp_server.clear()
    sweep_for(TWO_MINUTES)
    smtp_server.wait_for(5)  # three confirmations, the letter, and the news that it was sent
    assert measure_health().ok


def test_few_mails_that_fail_after_their_text_are_late_all_the_same(smtp_server: MailServer, client: Client) -> None:
    smtp_server.answer_with(*["451 4.7.1 The filter is down"] * 10_000)
    owe()
    sweep_for(TEN_MINUTES + 2)
    assert Notice.objects.filter(attempts__lt=4).count() == 3  # so few failures pause nothing
    assert get_state() is CircuitState.CLOSED
    assert client.get("/health/").status_code == 503
    assert "“451 4.7.1 The filter is down”" in " ".join(measure_health().problems)


def test_one_address_that_is_greylisted_is_no_illness(scripted: ScriptedServer) -> None:
    owe(1)
    scripted.script.extend(["rcpt 450 4.2.0 Greylisted, try again in 3600 seconds"] * 3)
    sweep_for(TEN_MINUTES + 2)
    assert measure_health().ok


def test_failures_are_counted_from_the_last_success(scripted: ScriptedServer, settings: Any) -> None:
    settings.BREAKER_AFTER = 3
    record_failure("451 long ago")
    pass_time(minutes=50)
    make_letter()
    assert drain_queue()["sent"] == 1
    assert measure_health(brief=True).server_words == ""
    for closed in (True, True, False):
        record_failure("451 now")
        assert (get_state() is CircuitState.CLOSED) is closed


def test_after_a_mail_has_gone_nobody_says_that_the_server_failed(
    scripted: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    owe(2)
    scripted.script.append("banner 421 busy")
    assert send_notices() == 0
    assert measure_health(brief=True).server_words == "421 busy"
    assert send_notices() == 2
    sweep()
    call_command("queue")
    said = capsys.readouterr().out
    assert "Healthy." in said
    assert "failed" not in said
