"""A sender that was stopped for longer than its lease must not send what it has lost."""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from letters.delivery import leases, worker
from letters.mail import messages
from letters.mail.smtp import Connection
from letters.models import Letter, Status
from tests.faults.sink import Sink
from tests.letters.factories import make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A willing mail server that the site sends through."""
    server = Sink("stopped", troubled=False, pace=0, patience=1)
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
    yield server
    server.close()


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease of 0.3 seconds; a drain is one batch."""
    for module in (leases, worker):
        monkeypatch.setattr(module, "lease_length", lambda: dt.timedelta(seconds=0.3))
    monkeypatch.setattr(worker, "DRAIN_SECONDS", 0.2)


@pytest.mark.usefixtures("short_lease")
@pytest.mark.parametrize("stopped_after", ["lease_letters", "build_mails", "record"])
def test_a_sender_stopped_past_its_lease_sends_nothing(
    stopped_after: str, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    plain = getattr(worker, stopped_after)

    def stop_after(*given: Any, **more: Any) -> Any:
        result = plain(*given, **more)
        time.sleep(0.4)
        leases.recover_leases()  # meanwhile, another worker's sweep
        return result

    monkeypatch.setattr(worker, stopped_after, stop_after)
    worker.drain_queue()
    letter.refresh_from_db()
    assert sink.copies == []
    assert letter.status == (Status.UNKNOWN if stopped_after == "record" else Status.QUEUED)


@pytest.mark.usefixtures("short_lease")
def test_a_letter_whose_lease_ends_in_the_dialogue_waits_for_its_next_turn(sink: Sink) -> None:
    letter = make_letter()
    sink.script[letter.envelope_sender] = deque(["take-slow-mail"])
    worker.drain_queue()
    assert sink.copies == []
    assert Letter.objects.get().status == Status.QUEUED


def test_a_slow_server_costs_the_letters_that_wait_behind_neither_lease_nor_attempt(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [make_letter() for _ in range(5)]
    plain, now, monotonic = Connection.send, timezone.now, time.monotonic
    late = dt.timedelta()  # by how much the clocks have been put forward, as no real wait is long enough when busy
    monkeypatch.setattr(timezone, "now", lambda: now() + late)
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + late.total_seconds())

    def send_slowly(*given: Any, **more: Any) -> Any:
        nonlocal late
        late += leases.lease_length() / 3  # four of them outlast the lease
        swept.append(leases.recover_leases())
        return plain(*given, **more)

    swept: list[Any] = []
    monkeypatch.setattr(Connection, "send", send_slowly)
    monkeypatch.setattr(messages, "render_letter_pdf", lambda _text: b"%PDF-1.7 dummy")
    assert worker.drain_queue() == {"sent": 5}
    assert swept == [{}] * 5
    assert sorted(copy.reference for copy in sink.copies) == sorted(letter.reference for letter in letters)
