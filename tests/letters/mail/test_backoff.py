"""How long a letter waits for its next try."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from letters.delivery.worker import drain_queue
from letters.mail.backoff import FIRST_PAUSE, MAX_ATTEMPTS, MAX_PAUSE, count_pause, parse_retry_after
from tests.letters.factories import make_letter
from tests.letters.scripted_smtp import ScriptedServer


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ("450 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/x.example.html", 0),
        ("450 4.7.1 Greylisted, retry in 300 seconds", 300),
        ("451 4.7.1 Please try again in 12 minutes.", 720),
        ("451 4.7.1 Greylisting in action, please come back in 00:09:59", 599),
        ("452 4.3.1 try again after 2 hours", 7200),
        ("421 4.7.0 Try again later, closing connection.", 0),
        ("450 4.1.2 mailbox in 5 places", 0),
    ],
)
def test_a_servers_wish_is_read_from_its_words(answer: str, seconds: int) -> None:
    assert parse_retry_after(answer) == dt.timedelta(seconds=seconds)


@given(st.integers(0, MAX_ATTEMPTS), st.text() | st.integers(0, 10**7).map("451 retry in {} minutes".format))
def test_no_answer_makes_a_pause_shorter_or_endless(attempts: int, answer: str) -> None:
    assert FIRST_PAUSE <= count_pause(attempts, answer) <= MAX_PAUSE * 1.2


@pytest.mark.django_db
def test_a_greylisting_server_is_left_alone_for_as_long_as_it_asks(scripted: ScriptedServer) -> None:
    letter = make_letter()
    scripted.script.append("rcpt 450 4.7.1 Greylisted, retry in 40 minutes")
    drain_queue()
    letter.refresh_from_db()
    assert letter.next_attempt_at is not None
    assert dt.timedelta(minutes=39) < letter.next_attempt_at - timezone.now() < dt.timedelta(minutes=49)
