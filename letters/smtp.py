"""One SMTP connection kept open, and exactly what the server said of each message."""

from __future__ import annotations

import enum
import math
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

from django.conf import settings

ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # what MAIL and RCPT can carry: printable ASCII without <, > and space
GREYLISTED = re.compile(r"gr[ea]y-?list", re.IGNORECASE)  # RFC 6647: each new pair of addresses has to wait once
IDLE_SECONDS = 10  # after this long the server may have hung up: ask before use

Found = TypeVar("Found")
Dialogue = Generator[None, None, Found]  # yields whenever it waits for the server


class Fate(enum.Enum):
    """What became of a message."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # a transient answer (4xx) or a lost connection before the text went out: not taken
    REFUSED = "refused"  # a permanent answer (5xx)
    UNKNOWN = "unknown"  # the text went out and no clear answer came back: the server may have it


@dataclass(frozen=True)
class Answer:
    """A message's fate, with the server's words.

    `servers_fault`: not for reasons of this recipient's, so that other messages are likely to fare the same.
    """

    fate: Fate
    words: str
    servers_fault: bool = field(default=False, compare=False)


class ServerUnavailable(Exception):
    """No usable connection to the mail server; no message was offered to it."""


def _clean(words: bytes | str) -> str:
    """Return the server's words as one printable line of at most 400 characters."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:400]


def _judge(code: int, words: bytes | str, *, at_recipient: bool = False) -> Answer:
    """Read an answer that declines a message (RFC 5321, 4.2.1).

    Whose fault it is: `at_recipient`, after RCPT, a 5xx speaks of one mailbox (4.2.2 and 4.2.3: 550, 551, 553), and so
    does greylisting. All else, such as 4xx and whatever is said of sender or text, other letters will meet as well.
    """
    said = f"{code} {_clean(words)}"
    permanent = 500 <= code <= 599
    its_own = at_recipient and (permanent or (code != 421 and bool(GREYLISTED.search(said))))
    return Answer(Fate.REFUSED if permanent else Fate.DEFERRED, said, servers_fault=not its_own)


def _stuff(message: bytes) -> bytes:
    """Return the message with CRLF line ends, leading dots doubled and the final dot (RFC 5321, 4.5.2)."""
    lines = b"\r\n".join(message.splitlines())
    return (b"\r\n" + lines).replace(b"\r\n.", b"\r\n..")[2:] + b"\r\n.\r\n"


class Connection:
    """A lazily opened connection to the configured server, kept open between messages."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._dialogue: Dialogue[Answer] | None = None
        self.answer_by = math.inf  # of `time.monotonic`: when the server is given up

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as anybody knows."""
        return self._server is not None

    def open(self, *, patience: float = math.inf) -> None:
        """Have a usable connection. Raises ServerUnavailable with the reason.

        Where another one will do as well, `patience` is how many seconds to wait at each step, if that is less.
        """
        if self._server is not None and time.monotonic() - self._used_at > IDLE_SECONDS:
            try:
                alive = self._server.noop()[0] == 250
            except (OSError, smtplib.SMTPException):
                alive = False
            if not alive:
                self.close()
        if self._server is not None:
            return
        server: smtplib.SMTP | None = None
        seconds = min(patience, settings.EMAIL_TIMEOUT)
        try:
            place = (settings.EMAIL_HOST, settings.EMAIL_PORT)
            if settings.EMAIL_USE_SSL:
                server = smtplib.SMTP_SSL(*place, timeout=seconds, context=ssl.create_default_context())
            else:
                server = smtplib.SMTP(*place, timeout=seconds)
            assert server.sock is not None
            # Without it a message's last piece waits for an acknowledgement that the server puts off: 40 ms a letter.
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if settings.EMAIL_USE_TLS:
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if settings.EMAIL_HOST_USER:
                server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            server.sock.settimeout(settings.EMAIL_TIMEOUT)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: what it asks at log-in is nonsense
            if server is not None:
                server.close()
            raise ServerUnavailable(_describe(error)) from error
        self._server, self._used_at = server, time.monotonic()

    def close(self) -> None:
        """Say goodbye; a server that has gone away is no error. In the middle of a message, hang up."""
        if self._dialogue is not None:
            self._drop()
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()
            self._server = None

    def send(self, envelope_sender: str, recipient: str, message: bytes, *, until: float = math.inf) -> Answer:
        """Offer one message, wait for its fate and return it. For the rest it is as `start`."""
        answer = self.start(envelope_sender, recipient, message, until=until)
        while answer is None:
            answer = self.go_on()
        return answer

    def start(self, envelope_sender: str, recipient: str, message: bytes, *, until: float = math.inf) -> Answer | None:
        """Begin to offer one message; return its fate, or None if the server has to answer first: then `go_on`.

        Never raises for what the server or the network does. An address that SMTP cannot carry is refused. After
        `until` (of `time.monotonic`) the text does not go out: who was stopped that long has lost the lease.
        """
        if not ADDRESS.fullmatch(envelope_sender) or not ADDRESS.fullmatch(recipient):
            return Answer(Fate.REFUSED, "The address has characters that mail cannot carry.")
        self._dialogue = self._talk(envelope_sender, recipient, message, until)
        return self.go_on()

    def go_on(self, *, silent: bool = False) -> Answer | None:
        """Take the server's answer, waiting for it if need be; return as `start` does.

        `silent`: it has said nothing until `answer_by`, and is waited for no longer.
        """
        assert self._dialogue is not None
        try:
            if silent:
                self._dialogue.throw(TimeoutError("timed out"))
            else:
                next(self._dialogue)
        except StopIteration as done:
            self._dialogue, self.answer_by = None, math.inf
            answer: Answer = done.value
            return answer
        self.answer_by = time.monotonic() + settings.EMAIL_TIMEOUT
        return None

    def fileno(self) -> int:
        """Return the socket's number, for `select`: it can be read when the server has answered, or hung up."""
        server = self._server
        assert server is not None
        assert server.sock is not None
        return server.sock.fileno()

    def _talk(self, envelope_sender: str, recipient: str, message: bytes, until: float) -> Dialogue[Answer]:
        """Offer the message; yield where the server's answer is waited for, return the fate."""
        try:
            server, refusal = yield from self._offer(envelope_sender, recipient)
        except ServerUnavailable as error:
            return Answer(Fate.DEFERRED, str(error), servers_fault=True)
        if refusal is not None:
            if self._server is not None:
                self._reset(server, refusal)
            return refusal
        if time.monotonic() > until:
            self._drop()
            return Answer(Fate.DEFERRED, "The sender took too long to offer the letter; the text was not sent.")
        try:
            server.send(_stuff(message))  # with its final dot, in one write
            yield
            code, words = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(Fate.UNKNOWN, _describe(error), servers_fault=True)
        self._used_at = time.monotonic()
        if 200 <= code <= 299:
            return Answer(Fate.ACCEPTED, f"{code} {_clean(words)}")
        if code == 421:
            self._drop()
        if 400 <= code <= 599:
            return _judge(code, words)
        self._drop()
        return Answer(Fate.UNKNOWN, f"{code} {_clean(words)}", servers_fault=True)

    def _offer(self, envelope_sender: str, recipient: str) -> Dialogue[tuple[smtplib.SMTP, Answer | None]]:
        """Go through the dialogue up to the text; return the answer if the server declines.

        A server that hung up on a connection kept open is called again once. Raises ServerUnavailable.
        """
        for kept_open in (self._server is not None, False):
            self.open()
            server = self._server
            assert server is not None
            try:
                return server, (yield from self._decline(server, envelope_sender, recipient))
            except (OSError, smtplib.SMTPException) as error:
                self._drop()
                if not kept_open or isinstance(error, TimeoutError):
                    raise ServerUnavailable(_describe(error)) from error
        raise AssertionError("unreachable")

    def _decline(self, server: smtplib.SMTP, envelope_sender: str, recipient: str) -> Dialogue[Answer | None]:
        """Return the server's answer if it declines sender, recipient or data; None if it waits for the text."""
        commands = (f"MAIL FROM:<{envelope_sender}>\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n")
        # RFC 2920: the three in one write, and the answers in their order; two round trips a letter instead of four.
        together = server.has_extn("pipelining")
        if together:
            server.send("".join(commands))
            yield
        refusal = None
        for command, (least, most) in zip(commands, ((200, 299), (200, 299), (354, 354)), strict=True):
            if not together:
                server.send(command)
                yield
            try:
                code, words = server.getreply()
            except smtplib.SMTPServerDisconnected:
                if refusal is None:
                    raise
                self._drop()  # it had said why
                return refusal
            if code == 421 and command is commands[0]:
                raise smtplib.SMTPResponseException(code, words)  # a goodbye to the connection, not to this message
            if not least <= code <= most:
                refusal = refusal or _judge(code, words, at_recipient=command.startswith("RCPT"))
                if not together:
                    return refusal
        if refusal is not None and code == 354:
            self._drop()  # it waits for a text whose recipient it has declined: it gets none, not even an empty one
        return refusal

    def _reset(self, server: smtplib.SMTP, refusal: Answer) -> None:
        """Clear the declined message, so that the connection serves the next. After 421 the server hangs up."""
        try:
            if refusal.words.startswith("421") or server.rset()[0] != 250:
                self._drop()
            self._used_at = time.monotonic()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        """Close without a goodbye."""
        if self._server is not None:
            self._server.close()
            self._server = None


def _describe(error: Exception) -> str:
    """Return what happened, in the server's words where it had any."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_clean(error.smtp_error)}"
    return _clean(f"{type(error).__name__}: {error}")
