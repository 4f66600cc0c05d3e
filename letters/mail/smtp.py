"""An SMTP connection, kept open between messages, that returns the server's exact reply for each."""

from __future__ import annotations

import enum
import math
import re
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from django.conf import settings

from letters.writing.text import make_printable

ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # valid in MAIL and RCPT: printable ASCII without <, > and space
GREYLISTED = re.compile(r"gr[ea]y-?list", re.IGNORECASE)  # RFC 6647: every new pair of addresses is deferred once
MAX_REPLY = 64 * 1024  # bytes of one reply, with all its lines
CLOSING = 421  # the server hangs up after this reply (RFC 5321, 3.8)


class DeliveryResult(enum.Enum):
    """The result of sending a message."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # a 4xx reply, or the connection was lost before the end of the text: not accepted
    REFUSED = "refused"  # a 5xx reply
    UNKNOWN = "unknown"  # the whole text was sent without a clear reply: the server may have it


@dataclass(frozen=True)
class Reply:
    """A message's result, with the text of the reply.

    `servers_fault`: not due to this recipient, so other messages will probably get the same.
    `before_recipient`: deferred before the server knew the recipient, so it is down for everybody.
    """

    fate: DeliveryResult
    text: str
    servers_fault: bool = field(default=False, compare=False)
    before_recipient: bool = field(default=False, compare=False)


class ServerUnavailableError(Exception):
    """No usable connection to the mail server; no message was offered to it."""

    def __init__(self, words: str, *, before_recipient: bool = True) -> None:
        super().__init__(words)
        self.before_recipient = before_recipient


class Client(smtplib.SMTP):
    """smtplib's client with limits for each whole reply: EMAIL_TIMEOUT and MAX_REPLY bytes."""

    _received = b""
    _received_from: socket.socket | None = None

    def getreply(self) -> tuple[int, bytes]:
        """Read one whole reply; the code is -1 if it is malformed. Raises OSError, also beyond a limit."""
        assert self.sock is not None
        if (
            self._received_from is not self.sock
        ):  # new, or after STARTTLS: anything received in the clear before it is dropped
            self._received_from, self._received = self.sock, b""
        try:
            return self._read_reply(self.sock, time.monotonic() + settings.EMAIL_TIMEOUT)
        except OSError:
            self.close()
            raise

    def _read_reply(self, sock: socket.socket, deadline: float) -> tuple[int, bytes]:
        size = 0
        words: list[bytes] = []
        while True:
            while b"\n" not in self._received:
                if size + len(self._received) > MAX_REPLY:
                    raise smtplib.SMTPException("the reply is longer than 64 kB")
                sock.settimeout(max(deadline - time.monotonic(), 0.001))
                if not (received := sock.recv(4096)):
                    raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
                self._received += received
            line, _end, self._received = self._received.partition(b"\n")
            size += len(line)
            if size > MAX_REPLY:
                raise smtplib.SMTPException("the reply is longer than 64 kB")
            words.append(line[4:].strip())
            if not re.match(rb"\d\d\d", line):
                return -1, line
            if line[3:4] != b"-":
                sock.settimeout(settings.EMAIL_TIMEOUT)
                return int(line[:3]), b"\n".join(words)

    def has_more(self) -> bool:
        """Whether the server has sent something unasked, or hung up. Does not block."""
        assert self.sock is not None
        if self._received:
            return True
        self.sock.settimeout(0)
        try:
            self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        finally:
            self.sock.settimeout(settings.EMAIL_TIMEOUT)
        return True


class TlsClient(Client, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _clean(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return make_printable(text)[:400]


def _describe(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_clean(error.smtp_error)}"
    return _clean(f"{type(error).__name__}: {error}")


def _judge(code: int, words: bytes | str, *, at_recipient: bool = False) -> Reply:
    """Interpret a reply that declines a message (RFC 5321, 4.2.1).

    `at_recipient`, after RCPT, a 5xx is about one mailbox (4.2.2 and 4.2.3: 550, 551, 553), and so is greylisting.
    Everything else, such as 4xx or a reply to sender or text, other letters will get as well.
    """
    said = f"{code} {_clean(words)}"
    permanent = 500 <= code <= 599
    its_own = at_recipient and (permanent or (code != CLOSING and bool(GREYLISTED.search(said))))
    return Reply(DeliveryResult.REFUSED if permanent else DeliveryResult.DEFERRED, said, servers_fault=not its_own)


def _stuff(message: bytes) -> bytes:
    """Return the message with CRLF line ends and leading dots doubled, without the final dot (RFC 5321, 4.5.2)."""
    lines = b"\r\n".join(message.splitlines())
    return (b"\r\n" + lines).replace(b"\r\n.", b"\r\n..")[2:] + b"\r\n"


class Connection:
    """A connection to the configured server, opened on first use and kept open between messages."""

    def __init__(self) -> None:
        self._client: Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        if self._client is not None and self._client.has_more():
            self._drop()
        return self._client is not None

    def open(self) -> None:
        """Connect, or reconnect if the server has hung up. Raises ServerUnavailableError."""
        if self.is_open:
            return
        client: Client | None = None
        place = (settings.EMAIL_HOST, settings.EMAIL_PORT)
        try:
            if settings.EMAIL_USE_SSL:
                client = TlsClient(*place, timeout=settings.EMAIL_TIMEOUT, context=ssl.create_default_context())
            else:
                client = Client(*place, timeout=settings.EMAIL_TIMEOUT)
            if settings.EMAIL_USE_TLS:
                client.starttls(context=ssl.create_default_context())
            client.ehlo_or_helo_if_needed()
            if settings.EMAIL_HOST_USER:
                client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            assert client.sock is not None
            client.sock.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )  # otherwise the final dot is delayed by 40 ms
        except (OSError, ValueError) as error:  # ValueError: a nonsensical challenge at login
            if client is not None:
                client.close()
            raise ServerUnavailableError(_describe(error)) from error
        self._client = client

    def close(self) -> None:
        if self._client is not None:
            with suppress(OSError):
                self._client.putcmd("QUIT")
            self._drop()

    def send(self, envelope_sender: str, recipient: str, message: bytes, *, until: float = math.inf) -> Reply:
        """Offer one message, wait for the result and return it.

        Never raises, whatever the server or the network does. Addresses not valid in SMTP are refused. After `until`
        (of `time.monotonic`) the text is not sent, as the lease is lost by then.
        """
        if not ADDRESS.fullmatch(envelope_sender) or not ADDRESS.fullmatch(recipient):
            return Reply(DeliveryResult.REFUSED, "The address has characters that mail cannot carry.")
        try:
            client, refusal = self._offer(envelope_sender, recipient)
        except ServerUnavailableError as error:
            early = error.before_recipient
            return Reply(DeliveryResult.DEFERRED, str(error), servers_fault=True, before_recipient=early)
        return refusal or self._send_text(client, message, until)

    def _offer(self, envelope_sender: str, recipient: str) -> tuple[Client, Reply | None]:
        """Go through the dialogue up to the text; return the reply if the server declines.

        Reconnects once if the server hung up on an idle connection. Raises ServerUnavailableError.
        """
        kept_open = self.is_open
        while True:
            self.open()
            client = self._client
            assert client is not None
            try:
                return client, self._find_refusal(client, envelope_sender, recipient)
            except OSError as error:
                self._drop()
                if not kept_open or isinstance(error, TimeoutError):
                    early = isinstance(error, smtplib.SMTPResponseException)  # raised only for the reply to MAIL
                    raise ServerUnavailableError(_describe(error), before_recipient=early) from error
            kept_open = False

    def _find_refusal(self, client: Client, envelope_sender: str, recipient: str) -> Reply | None:
        """Return the reply if the server declines sender, recipient or data; None if it expects the text."""
        code, words = client.docmd(f"MAIL FROM:<{envelope_sender}>")
        if code == CLOSING:
            raise smtplib.SMTPResponseException(code, words)  # about the connection, not this message
        if not 200 <= code <= 299:
            refusal = _judge(code, words)
            early = refusal.fate is DeliveryResult.DEFERRED
            return self._reset(client, code, replace(refusal, before_recipient=early))
        code, words = client.docmd(f"RCPT TO:<{recipient}>")
        if not 200 <= code <= 299:
            return self._reset(client, code, _judge(code, words, at_recipient=True))
        code, words = client.docmd("DATA")
        return None if code == 354 else self._reset(client, code, _judge(code, words))

    def _reset(self, client: Client, code: int, refusal: Reply) -> Reply:
        """Reset the connection after a declined message; hang up if that fails."""
        try:
            usable = code != CLOSING and 400 <= code <= 599 and client.rset()[0] == 250
        except OSError:
            usable = False
        if not usable:
            self._drop()
        return refusal

    def _send_text(self, client: Client, message: bytes, until: float) -> Reply:
        """Send the text; before its final dot the server cannot have accepted it."""
        if time.monotonic() > until:
            self._drop()
            return Reply(
                DeliveryResult.DEFERRED, "The sender took too long to offer the letter; the text was not sent."
            )
        dot_sent = False
        try:
            # Anything received already would be taken for the reply to the text.
            if client.has_more():
                raise smtplib.SMTPServerDisconnected("it answered twice, or hung up, before it had the text")
            client.send(_stuff(message))
            if client.has_more():
                raise smtplib.SMTPServerDisconnected("it answered, or hung up, before it had the whole text")
            dot_sent = True
            client.send(b".\r\n")
            code, words = client.getreply()
        except OSError as error:
            self._drop()
            return Reply(
                DeliveryResult.UNKNOWN if dot_sent else DeliveryResult.DEFERRED, _describe(error), servers_fault=True
            )
        if 200 <= code <= 299:
            return Reply(DeliveryResult.ACCEPTED, f"{code} {_clean(words)}")
        if code == CLOSING or not 400 <= code <= 599:
            self._drop()
        if 400 <= code <= 599:
            return _judge(code, words)
        return Reply(DeliveryResult.UNKNOWN, f"{code} {_clean(words)}", servers_fault=True)

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
