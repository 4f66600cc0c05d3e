"""Several connections side by side: none waits for another, and each message has its own fate."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from letters.emails import Mail
from letters.line import Line
from letters.smtp import Connection, Fate, ServerUnavailable
from tests.letters.scripted_smtp import ScriptedServer


@pytest.fixture
def line() -> Iterator[Line[str]]:
    with Line[str](3) as three:
        yield three


def offer(line: Line[str], *whose: str) -> None:
    for connection, name in zip(line.open(len(whose)), whose, strict=True):
        mail = Mail(f"{name}@parley.localhost", "mp@parliament.example", b"Subject: Hello\r\n\r\nOne\r\n")
        line.offer(connection, mail, name, until=math.inf)


def hear_all(line: Line[str]) -> dict[str, Fate]:
    heard = {}
    while line.is_busy:
        for whose, answer in line.hear():
            assert whose not in heard
            heard[whose] = answer.fate
    return heard


@pytest.mark.parametrize("pipelining", [False, True])
def test_messages_are_under_way_at_the_same_time(scripted: ScriptedServer, line: Line[str], pipelining: bool) -> None:
    scripted.pipelining = pipelining
    offer(line, "a", "b", "c")
    assert line.open(3) == []  # all are busy
    assert hear_all(line) == dict.fromkeys("abc", Fate.ACCEPTED)
    offer(line, "d", "e")
    assert hear_all(line) == dict.fromkeys("de", Fate.ACCEPTED)
    assert scripted.connections == 3
    assert sorted(taken.sender[0] for taken in scripted.taken) == list("abcde")


def test_no_more_connections_are_opened_than_are_needed(scripted: ScriptedServer, line: Line[str]) -> None:
    assert not line.is_open
    for name in ("a", "b"):
        offer(line, name)
        hear_all(line)
    assert (line.is_open, scripted.connections) == (True, 1)


def test_nobody_waits_for_a_server_that_says_nothing_to_another(
    scripted: ScriptedServer, line: Line[str], settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 1
    line.open(3)
    scripted.script.append("hang-end")
    began = time.monotonic()
    offer(line, "a", "b", "c")
    first = dict(line.hear())
    if len(first) == 1:  # the two came more than a moment apart
        first |= dict(line.hear())
    assert time.monotonic() - began < 0.5
    assert [answer.fate for answer in first.values()] == [Fate.ACCEPTED] * 2
    [(silent, answer)] = line.hear()
    assert silent not in first
    assert (answer.fate, answer.words) == (Fate.UNKNOWN, "TimeoutError: timed out")
    assert 0.9 < time.monotonic() - began < 3
    offer(line, "d", "e", "f")  # the one that was hung up on is called again
    assert hear_all(line) == dict.fromkeys("def", Fate.ACCEPTED)


def test_each_message_has_its_own_fate(scripted: ScriptedServer, line: Line[str]) -> None:
    scripted.script.extend(["rcpt 550 no such person", "drop-end"])
    offer(line, "a", "b", "c")
    assert sorted(hear_all(line).values(), key=str) == [Fate.ACCEPTED, Fate.REFUSED, Fate.UNKNOWN]


def test_an_address_that_mail_cannot_carry_is_answered_at_once(scripted: ScriptedServer, line: Line[str]) -> None:
    [connection] = line.open()
    line.offer(connection, Mail("a@parley.localhost", "not an address", b""), "a", until=math.inf)
    assert line.is_busy
    assert hear_all(line) == {"a": Fate.REFUSED}


def test_a_server_that_takes_fewer_at_a_time_is_not_asked_for_more(scripted: ScriptedServer, line: Line[str]) -> None:
    line.open(2)
    scripted.script.append("banner 421 too many connections")
    assert len(line.open(3)) == 2
    assert len(line.open(3)) == 2
    assert scripted.connections == 3
    offer(line, "a", "b")
    assert hear_all(line) == dict.fromkeys("ab", Fate.ACCEPTED)


def test_a_connection_that_cannot_be_had_again_leaves_the_others(
    scripted: ScriptedServer, line: Line[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, *others = line.open(3)
    lost.close()
    plain = Connection.open

    def open_or_fail(connection: Connection, **more: Any) -> None:
        if connection is lost:
            raise ServerUnavailable("421 too many connections")
        plain(connection, **more)

    monkeypatch.setattr(Connection, "open", open_or_fail)
    assert line.open(1) == others[:1]
    assert line.open(3) == others


def test_what_was_said_in_time_counts_however_late_it_is_heard(
    scripted: ScriptedServer, line: Line[str], settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    offer(line, "a", "b")
    line._go_on(None)
    time.sleep(0.5)  # a database that stands still, or a stopped process
    assert hear_all(line) == dict.fromkeys("ab", Fate.ACCEPTED)


def test_a_server_that_freezes_costs_one_timeout_however_many_are_under_way(
    scripted: ScriptedServer, line: Line[str], settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 1
    offer(line, "a", "b", "c")
    hear_all(line)
    scripted.script.extend(["hang-mail"] * 3)
    began = time.monotonic()
    offer(line, "d", "e", "f")
    assert hear_all(line) == dict.fromkeys("def", Fate.DEFERRED)
    assert time.monotonic() - began < 1.8


def test_one_more_connection_is_not_waited_for_as_long_as_the_first(
    scripted: ScriptedServer, line: Line[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.line.PATIENCE", 0.2)
    line.open(1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = mute.getsockname()[1], 20
        began = time.monotonic()
        assert len(line.open(3)) == 1
        assert 0.1 < time.monotonic() - began < 1
    offer(line, "a")
    assert hear_all(line) == {"a": Fate.ACCEPTED}


def test_without_any_connection_the_server_is_unavailable(settings: Any, line: Line[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
    with pytest.raises(ServerUnavailable, match="refused"):
        line.open(3)
    assert not line.is_open


def test_hanging_up_in_the_middle_takes_no_time(scripted: ScriptedServer, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 5
    scripted.script.append("hang-end")
    began = time.monotonic()
    with Line[str](1) as line:
        offer(line, "a")
        line._go_on(None)  # the text goes out
    assert time.monotonic() - began < 1
