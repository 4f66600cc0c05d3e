"""A real SMTP server that keeps what it takes, and refuses when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Condition, Event
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.processes import find_free_port

HOLD_SECONDS = 50  # less than senders wait
STEPS = ("MAIL", "RCPT", "DATA")


@dataclass(frozen=True)
class Delivered:
    """One message that the server has taken, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed by the standard library."""
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class MailServer:
    """What a test sees of the server."""

    host: str
    port: int
    messages: list[Delivered] = field(default_factory=list)
    offered: int = 0  # messages whose text has come, answered or not
    _answers: dict[str, list[str]] = field(default_factory=dict)
    _changed: Condition = field(default_factory=Condition)
    _answering: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._answering.set()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Take no message and answer none while the block runs."""
        self._answering.clear()
        try:
            yield
        finally:
            self._answering.set()

    def wait_until_offered(self, count: int, seconds: float = 20) -> None:
        """Wait until the text of that many messages has come."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.offered >= count, seconds):
                raise AssertionError(f"{self.offered} of {count} messages were offered in {seconds} seconds")

    def count_offer(self) -> None:
        """A message's text has come."""
        with self._changed:
            self.offered += 1
            self._changed.notify_all()

    def wait_to_answer(self) -> None:
        """Wait while nothing is answered."""
        self._answering.wait(HOLD_SECONDS)

    def answer_with(self, *answers: str, at: str = "DATA") -> None:
        """Give these answers to the next commands of that step (MAIL, RCPT or DATA), then take mail again.

        An answer is a whole line such as "451 4.3.0 Try again later"; "250 OK" lets one pass.
        """
        if at not in STEPS:
            raise ValueError(f"no step {at}: one of {', '.join(STEPS)}")
        self._answers[at] = list(answers)

    def wait_for(self, count: int, seconds: float = 20) -> list[Delivered]:
        """Return the messages once there are that many; fails after so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.messages) >= count, seconds):
                raise AssertionError(f"{len(self.messages)} of {count} messages came in {seconds} seconds")
            return list(self.messages)

    def clear(self) -> None:
        """Forget all messages and scripted answers."""
        self.messages.clear()
        self._answers.clear()

    def next_answer(self, step: str) -> str:
        """Return the scripted answer to this step, or 250."""
        waiting = self._answers.get(step)
        return waiting.pop(0) if waiting else "250 OK"

    def take(self, delivered: Delivered) -> None:
        """Keep a message and tell those who wait."""
        with self._changed:
            self.messages.append(delivered)
            self._changed.notify_all()


class _Handler:
    """aiosmtpd's hooks, answering as the test has said."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_MAIL(
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        answer = self.server.next_answer("MAIL")
        if answer.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(mail_options)
        return answer

    async def handle_RCPT(
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        answer = self.server.next_answer("RCPT")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(rcpt_options)
        return answer

    async def handle_DATA(self, _smtp: SMTP, _session: Session, envelope: Envelope) -> str:
        self.server.count_offer()
        await asyncio.to_thread(self.server.wait_to_answer)
        answer = self.server.next_answer("DATA")
        if answer.startswith("2"):
            content = cast(bytes, envelope.content)
            self.server.take(Delivered(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        return answer


@contextmanager
def run_mail_server(port: int = 0) -> Iterator[MailServer]:
    """Yield a server that listens on loopback, on a free port unless one is given."""
    server = MailServer("127.0.0.1", port or find_free_port())
    controller = Controller(_Handler(server), hostname=server.host, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
