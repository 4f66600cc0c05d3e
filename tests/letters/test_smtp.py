"""What every way a mail server can answer, or fail to, is taken for."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters import smtp
from letters.smtp import Answer, Connection, Fate, ServerUnavailable
from tests.letters.scripted_smtp import ScriptedServer

MESSAGE = b"Subject: Hello\r\n\r\nOne\r\n.Two\r\n..Three\r\n"


def send(connection: Connection, content: bytes = MESSAGE) -> Answer:
    return connection.send("bounce@parley.localhost", "mp@parliament.example", content)


@pytest.fixture(params=[False, True], ids=["one command at a time", "pipelining"])
def scripted(scripted: ScriptedServer, request: pytest.FixtureRequest) -> ScriptedServer:
    """The scripted server, of both kinds: what an answer means does not depend on it."""
    scripted.pipelining = request.param
    return scripted


def test_an_accepted_message_arrives_byte_for_byte(scripted: ScriptedServer) -> None:
    with Connection() as connection:
        assert send(connection) == Answer(Fate.ACCEPTED, "250 queued as 42")
    [taken] = scripted.taken
    assert (taken.sender, taken.recipient, taken.content) == (
        "bounce@parley.localhost",
        "mp@parliament.example",
        MESSAGE,
    )


@given(st.binary(max_size=200))
def test_stuffing_can_be_undone(content: bytes) -> None:
    stuffed = smtp._stuff(content)
    assert stuffed.endswith(b"\r\n.\r\n")
    lines = stuffed.removesuffix(b".\r\n").split(b"\r\n")
    assert b"." not in lines, "a lone dot would end the message early"
    undone = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
    plain = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").replace(b"\n", b"\r\n")
    assert undone == plain + b"\r\n"


@pytest.mark.parametrize(
    ("behaviour", "fate", "words"),
    [
        ("mail 451 later", Fate.DEFERRED, "451 later"),
        ("mail 550 no", Fate.REFUSED, "550 no"),
        ("rcpt 450 greylisted", Fate.DEFERRED, "450 greylisted"),
        ("rcpt 550 no such person", Fate.REFUSED, "550 no such person"),
        ("data 451 later", Fate.DEFERRED, "451 later"),
        ("data 554 no", Fate.REFUSED, "554 no"),
        ("end 452 full", Fate.DEFERRED, "452 full"),
        ("end 421 closing", Fate.DEFERRED, "421 closing"),
        ("end 554 spam", Fate.REFUSED, "554 spam"),
        ("banner 421 busy", Fate.DEFERRED, "421 busy"),
    ],
)
def test_an_answer_is_read_for_what_it_says(scripted: ScriptedServer, behaviour: str, fate: Fate, words: str) -> None:
    scripted.script.append(behaviour)
    with Connection() as connection:
        assert send(connection) == Answer(fate, words)
    assert scripted.taken == []


@pytest.mark.parametrize("behaviour", ["drop-end", "hang-end", "garbage-end", "drop-data"])
def test_silence_after_the_text_is_unknown_and_never_taken_for_a_failure(
    scripted: ScriptedServer, behaviour: str
) -> None:
    scripted.script.append(behaviour)
    with Connection() as connection:
        assert send(connection).fate is Fate.UNKNOWN


def test_one_connection_serves_many_messages_also_after_a_refusal(scripted: ScriptedServer) -> None:
    scripted.script.extend(["rcpt 550 no", "ok"])
    with Connection() as connection:
        assert [send(connection).fate for _ in range(1)] == [Fate.REFUSED]
        scripted.script.clear()
        assert [send(connection).fate for _ in range(3)] == [Fate.ACCEPTED] * 3
    # A server that wants the text for nobody is hung up on, for want of another way out.
    assert scripted.connections == (2 if scripted.pipelining else 1)


def test_a_server_that_hung_up_between_messages_is_called_again(scripted: ScriptedServer) -> None:
    scripted.script.append("drop-idle")
    with Connection() as connection:
        assert send(connection).fate is Fate.ACCEPTED
        assert send(connection).fate is Fate.ACCEPTED
    assert (scripted.connections, len(scripted.taken)) == (2, 2)


def test_a_goodbye_between_messages_costs_the_next_one_nothing(scripted: ScriptedServer) -> None:
    scripted.script.append("bye-idle")
    with Connection() as connection:
        assert [send(connection).fate for _ in range(2)] == [Fate.ACCEPTED] * 2
    assert (scripted.connections, len(scripted.taken)) == (2, 2)


def test_a_challenge_that_is_nonsense_makes_the_server_unavailable(scripted: ScriptedServer, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "letters", "secret"
    scripted.script.extend(["ehlo 250 AUTH CRAM-MD5", "auth 334 nonsense"])
    with Connection() as connection, pytest.raises(ServerUnavailable):
        connection.open()


def test_a_connection_idle_too_long_is_asked_first(scripted: ScriptedServer, monkeypatch: Any) -> None:
    monkeypatch.setattr(smtp, "IDLE_SECONDS", -1)
    scripted.script.append("drop-idle")
    with Connection() as connection:
        assert [send(connection).fate for _ in range(2)] == [Fate.ACCEPTED] * 2


def test_a_connection_lost_before_the_text_is_deferred(scripted: ScriptedServer) -> None:
    scripted.script.append("drop-mail")
    with Connection() as connection:
        assert send(connection).fate is Fate.DEFERRED
    assert scripted.taken == []


def test_no_server_is_unavailable_and_says_why(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
    with Connection() as connection:
        with pytest.raises(ServerUnavailable, match="refused"):
            connection.open()
        assert send(connection).fate is Fate.DEFERRED


def test_a_server_that_wants_the_text_for_nobody_gets_none(scripted: ScriptedServer) -> None:
    scripted.pipelining = True
    scripted.script.append("rcpt 550 no such person")  # and then 354, where RFC 2920 wants 5xx
    with Connection() as connection:
        assert send(connection) == Answer(Fate.REFUSED, "550 no such person")
        assert send(connection).fate is Fate.ACCEPTED
    assert (scripted.connections, len(scripted.taken)) == (2, 1)


@pytest.mark.parametrize("address", ["", "nobody", "a@b>\r\nRCPT TO:<x@y", "ann@exämple.org", "a b@c.example"])
def test_an_address_that_mail_cannot_carry_is_refused_and_not_written(scripted: ScriptedServer, address: str) -> None:
    with Connection() as connection:
        assert connection.send("bounce@parley.localhost", address, MESSAGE).fate is Fate.REFUSED
        assert connection.send(address, "mp@parliament.example", MESSAGE).fate is Fate.REFUSED
    assert scripted.connections == 0
