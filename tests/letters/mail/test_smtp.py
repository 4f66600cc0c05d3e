"""What every way a mail server can answer, or fail to, is taken for."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.mail import smtp
from letters.mail.smtp import Connection, DeliveryResult, Reply, ServerUnavailableError
from tests.letters.scripted_smtp import ScriptedServer, wait_for

MESSAGE = b"Subject: Hello\r\n\r\nOne\r\n.Two\r\n..Three\r\n"


def send(connection: Connection, content: bytes = MESSAGE) -> Reply:
    return connection.send("bounce@parley.localhost", "mp@parliament.example", content)


def test_an_accepted_message_arrives_byte_for_byte(scripted: ScriptedServer) -> None:
    with Connection() as connection:
        assert send(connection) == Reply(DeliveryResult.ACCEPTED, "250 queued as 42")
    [taken] = scripted.taken
    assert (taken.sender, taken.recipient, taken.content) == (
        "bounce@parley.localhost",
        "mp@parliament.example",
        MESSAGE,
    )


@given(st.binary(max_size=200))
def test_stuffing_can_be_undone(content: bytes) -> None:
    stuffed = smtp._stuff(content)
    assert stuffed.endswith(b"\r\n")
    lines = stuffed.split(b"\r\n")
    assert b"." not in lines, "a lone dot would end the message early"
    undone = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
    plain = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").replace(b"\n", b"\r\n")
    assert undone == plain + b"\r\n"


@pytest.mark.parametrize(
    ("behaviour", "fate", "words"),
    [
        ("mail 451 later", DeliveryResult.DEFERRED, "451 later"),
        ("mail 550 no", DeliveryResult.REFUSED, "550 no"),
        ("rcpt 450 greylisted", DeliveryResult.DEFERRED, "450 greylisted"),
        ("rcpt 550 no such person", DeliveryResult.REFUSED, "550 no such person"),
        ("data 451 later", DeliveryResult.DEFERRED, "451 later"),
        ("data 554 no", DeliveryResult.REFUSED, "554 no"),
        ("end 452 full", DeliveryResult.DEFERRED, "452 full"),
        ("end 421 closing", DeliveryResult.DEFERRED, "421 closing"),
        ("end 554 spam", DeliveryResult.REFUSED, "554 spam"),
        ("banner 421 busy", DeliveryResult.DEFERRED, "421 busy"),
    ],
)
def test_an_answer_is_read_for_what_it_says(
    scripted: ScriptedServer, behaviour: str, fate: DeliveryResult, words: str
) -> None:
    scripted.script.append(behaviour)
    with Connection() as connection:
        assert send(connection) == Reply(fate, words)
    assert scripted.taken == []


@pytest.mark.parametrize("behaviour", ["drop-end", "end hang", "garbage-end"])
def test_silence_after_the_text_is_unknown_and_never_taken_for_a_failure(
    scripted: ScriptedServer, behaviour: str
) -> None:
    scripted.script.append(behaviour)
    with Connection() as connection:
        assert send(connection).fate is DeliveryResult.UNKNOWN


def test_one_connection_serves_many_messages_also_after_a_refusal(scripted: ScriptedServer) -> None:
    scripted.script.extend(["rcpt 550 no", "ok"])
    with Connection() as connection:
        assert [send(connection).fate for _ in range(1)] == [DeliveryResult.REFUSED]
        scripted.script.clear()
        assert [send(connection).fate for _ in range(3)] == [DeliveryResult.ACCEPTED] * 3
    assert scripted.connections == 1


def test_a_server_that_hung_up_between_messages_is_called_again(scripted: ScriptedServer) -> None:
    scripted.script.append("drop-idle")
    with Connection() as connection:
        assert send(connection).fate is DeliveryResult.ACCEPTED
        assert send(connection).fate is DeliveryResult.ACCEPTED
    assert (scripted.connections, len(scripted.taken)) == (2, 2)


def test_a_goodbye_between_messages_costs_the_next_one_nothing(scripted: ScriptedServer) -> None:
    scripted.script.append("bye-idle")
    with Connection() as connection:
        assert [send(connection).fate for _ in range(2)] == [DeliveryResult.ACCEPTED] * 2
    assert (scripted.connections, len(scripted.taken)) == (2, 2)


def test_a_challenge_that_is_nonsense_makes_the_server_unavailable(scripted: ScriptedServer, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "letters", "secret"
    scripted.script.extend(["ehlo 250-scripted\r\n250 AUTH CRAM-MD5", "auth 334 nonsense"])
    with Connection() as connection, pytest.raises(ServerUnavailableError):
        connection.open()


def test_a_connection_lost_before_the_text_is_deferred(scripted: ScriptedServer) -> None:
    scripted.script.append("drop-mail")
    with Connection() as connection:
        assert send(connection).fate is DeliveryResult.DEFERRED
    assert scripted.taken == []


def test_a_connection_lost_in_the_text_is_never_taken_for_a_success(scripted: ScriptedServer) -> None:
    scripted.script.append("drop-data")
    with Connection() as connection:
        assert send(connection).fate in (
            DeliveryResult.DEFERRED,
            DeliveryResult.UNKNOWN,
        )  # the dot may have gone out before it was noticed
    assert scripted.taken == []


def test_a_server_that_answers_the_text_before_it_has_it_gets_none(scripted: ScriptedServer) -> None:
    scripted.script.extend(["data 354 go on\r\n250 2.0.0 taken already", "end 554 no"])
    with Connection() as connection:
        answer = send(connection)
        assert (answer.fate, answer.servers_fault) == (DeliveryResult.DEFERRED, True)
        scripted.script.clear()
        assert send(connection) == Reply(DeliveryResult.ACCEPTED, "250 queued as 42")
    assert (scripted.connections, len(scripted.taken)) == (2, 1)


def test_a_server_that_says_something_unasked_between_messages_is_called_again(scripted: ScriptedServer) -> None:
    scripted.script.append("end 250 queued\r\n250 queued")
    with Connection() as connection:
        assert send(connection).fate is DeliveryResult.ACCEPTED
        assert [send(connection) for _ in range(2)] == [Reply(DeliveryResult.ACCEPTED, "250 queued as 42")] * 2
    assert (scripted.connections, len(scripted.taken)) == (2, 3)


@pytest.mark.parametrize("way", ["endless", "trickle", "hang", "flood"])
@pytest.mark.parametrize(
    ("step", "code", "fate"),
    [
        ("banner", 220, DeliveryResult.DEFERRED),
        ("ehlo", 250, DeliveryResult.DEFERRED),
        ("starttls", 220, DeliveryResult.DEFERRED),
        ("auth", 334, DeliveryResult.DEFERRED),
        ("mail", 250, DeliveryResult.DEFERRED),
        ("rcpt", 250, DeliveryResult.DEFERRED),
        ("data", 354, DeliveryResult.DEFERRED),
        ("end", 250, DeliveryResult.UNKNOWN),
    ],
)
def test_a_reply_that_does_not_end_is_given_up_in_time(
    scripted: ScriptedServer, settings: Any, step: str, code: int, fate: DeliveryResult, way: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    if step == "starttls":
        settings.EMAIL_USE_TLS = True
        scripted.script.append("ehlo 250-scripted\r\n250 STARTTLS")
    if step == "auth":
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "letters", "secret"
        scripted.script.append("ehlo 250-scripted\r\n250 AUTH PLAIN")
    scripted.script.append(f"{step} {way} {code}")
    began = time.monotonic()
    with Connection() as connection:
        answer = send(connection)
    assert (answer.fate, answer.servers_fault) == (fate, True)
    assert time.monotonic() - began < 3
    if way == "flood":
        assert "longer than 64 kB" in answer.text
    assert scripted.taken == []


def test_a_long_reply_in_many_lines_is_read_to_its_end(scripted: ScriptedServer) -> None:
    scripted.script.append("end " + "250-go\r\n" * 5000 + "250 on")
    with Connection() as connection:
        assert send(connection).fate is DeliveryResult.ACCEPTED
        assert send(connection) == Reply(DeliveryResult.ACCEPTED, "250 queued as 42")


def test_nobody_waits_for_the_answer_to_the_goodbye(scripted: ScriptedServer, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 10
    scripted.script.append("quit hang")
    began = time.monotonic()
    with Connection() as connection:
        connection.open()
    assert time.monotonic() - began < 2
    wait_for(lambda: scripted.hung_up == 1)
    assert not scripted.script  # QUIT has been said


def test_no_server_is_unavailable_and_says_why(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
    with Connection() as connection:
        with pytest.raises(ServerUnavailableError, match="refused"):
            connection.open()
        assert send(connection).fate is DeliveryResult.DEFERRED


@pytest.mark.parametrize("address", ["", "nobody", "a@b>\r\nRCPT TO:<x@y", "ann@exämple.org", "a b@c.example"])
def test_an_address_that_mail_cannot_carry_is_refused_and_not_written(scripted: ScriptedServer, address: str) -> None:
    with Connection() as connection:
        assert connection.send("bounce@parley.localhost", address, MESSAGE).fate is DeliveryResult.REFUSED
        assert connection.send(address, "mp@parliament.example", MESSAGE).fate is DeliveryResult.REFUSED
    assert scripted.connections == 0
