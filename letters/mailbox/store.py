"""Reads the stored mails. Whatever bytes a mail has, these functions return something to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from mailbox import Maildir
from pathlib import Path

from letters.mailbox.catcher import ENVELOPE_FROM, ENVELOPE_TO
from letters.writing.text import make_printable

LIST_LENGTH = 200
TEXT_LENGTH = 200_000
FILENAME_LENGTH = 100
SHOWN_HEADERS = ("From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Parley-Reference")
_KEY = re.compile(r"(\d{1,12})\.(?:M(\d+)P\d+Q(\d+))?")


@dataclass(frozen=True)
class Attachment:
    """A part that can be downloaded."""

    number: int
    filename: str
    content: bytes
    is_pdf: bool

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class CaughtMail:
    """A message in the list."""

    key: str
    envelope_from: str
    envelope_to: list[str]
    headers: list[tuple[str, str]]
    caught_at: datetime | None

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def sender(self) -> str:
        return self.header("From") or self.envelope_from

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True)
class OpenedMail(CaughtMail):
    """A message with text and attachments."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)


def list_mail(folder: Path) -> list[CaughtMail]:
    if not (folder / "new").is_dir():
        return []
    maildir = Maildir(folder, create=False)
    keys = sorted(maildir.keys(), key=_get_arrival, reverse=True)[:LIST_LENGTH]
    contents = ((key, _read_bytes(maildir, key)) for key in keys)
    return [read_headers(key, content) for key, content in contents if content is not None]


def open_mail(folder: Path, key: str) -> OpenedMail | None:
    """Return the message with that key, or None. The key is looked up, never used as a path."""
    if not (folder / "new").is_dir():
        return None
    content = _read_bytes(Maildir(folder, create=False), key)
    return None if content is None else read_mail(key, content)


def read_headers(key: str, content: bytes) -> CaughtMail:
    return CaughtMail(key, *_read_head(BytesHeaderParser().parsebytes(content)), _get_time(key))


def read_mail(key: str, content: bytes) -> OpenedMail:
    """Parse a whole message; one that cannot be parsed is shown raw."""
    message = message_from_bytes(content)
    head = _read_head(message)
    try:
        text, attachments = _read_parts(message)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        text, attachments = content.decode("utf-8", "replace"), []
    return OpenedMail(key, *head, _get_time(key), text[:TEXT_LENGTH], attachments)


def _read_bytes(maildir: Maildir, key: str) -> bytes | None:
    """Return a message's bytes; None if there is none with that key (any more)."""
    try:
        return maildir.get_bytes(key)
    except (KeyError, OSError, ValueError):
        return None


def _get_arrival(key: str) -> tuple[int, int, int]:
    found = _KEY.match(key)
    return (int(found[1]), int(found[2] or 0), int(found[3] or 0)) if found else (0, 0, 0)


def _get_time(key: str) -> datetime | None:
    seconds = _get_arrival(key)[0]
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def _read_head(message: Message) -> tuple[str, list[str], list[tuple[str, str]]]:
    senders = [_decode(value) for value in message.get_all(ENVELOPE_FROM, [])]
    recipients = [_decode(value) for value in message.get_all(ENVELOPE_TO, [])]
    headers = [(name, _decode(value)) for name in SHOWN_HEADERS for value in message.get_all(name, [])]
    return (senders or [""])[0], recipients, headers


def _decode(value: object) -> str:
    try:
        text = str(make_header(decode_header(str(value))))
    except (MessageError, LookupError, ValueError):
        text = str(value)
    return make_printable(text)


def _read_parts(message: Message) -> tuple[str, list[Attachment]]:
    text: str | None = None
    attachments: list[Attachment] = []
    for part in _list_leaves(message):
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        is_attached = part.get_content_disposition() == "attachment"
        if text is None and part.get_content_type() == "text/plain" and not is_attached:
            text = _decode_text(part, content)
        else:
            number = len(attachments) + 1
            is_pdf = part.get_content_type() == "application/pdf" and content.startswith(b"%PDF-")
            attachments.append(Attachment(number, _name(part, number), content, is_pdf))
    return text or "", attachments


def _list_leaves(message: Message) -> Iterator[Message]:
    return (part for part in message.walk() if not part.is_multipart())


def _decode_text(part: Message, content: bytes) -> str:
    """Decode a text part; an unknown charset is taken for UTF-8."""
    try:
        text = content.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _name(part: Message, number: int) -> str:
    """Return a safe filename: no path, no control characters, never empty."""
    given = make_printable(_decode(part.get_filename() or "")).replace("\\", "/").rpartition("/")[2]
    name = given.strip(". ")[-FILENAME_LENGTH:]
    return name or f"part-{number}.{'html' if part.get_content_type() == 'text/html' else 'bin'}"
