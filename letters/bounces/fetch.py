"""Fetches bounces from a pipe, a file or folder, or an IMAP mailbox, without parsing them."""

from __future__ import annotations

import enum
import imaplib
import mailbox
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

MAX_BYTES = 5_000_000
IMAP_SECONDS = 60
# A keyword (RFC 3501, 2.3.2) for read mails that are kept, so that they are not fetched again.
READ_KEYWORD = "ParleyRead"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class AfterReading(enum.Enum):
    """What to do with a mail in the mailbox once it was read."""

    REMOVED = "removed"
    KEPT = "kept"  # for a person
    AGAIN = "again"  # to be fetched next time


class InboxError(Exception):
    """The mailbox cannot be read; the reason names no password."""


def read_pipe(stream: BinaryIO) -> bytes:
    raw = stream.read(MAX_BYTES)
    while stream.read(1_000_000):
        pass  # read to the end, so that the mail server's pipe does not break
    return raw


def read_path(path: Path) -> Iterator[bytes]:
    """Yield the mails of a file with one mail, an mbox, a Maildir or a folder of files, without changing them."""
    if path.is_dir() and (path / "cur").is_dir():
        yield from read_box(mailbox.Maildir(path, create=False))
    elif path.is_dir():
        for file in sorted(path.iterdir()):
            if file.is_file():
                yield from read_path(file)
    else:
        with path.open("rb") as file_or_box:
            start = file_or_box.read(MAX_BYTES)
        if start.startswith(b"From "):
            yield from read_box(mailbox.mbox(path, create=False))
        else:
            yield start


def read_box(box: mailbox.Mailbox[mailbox.Message]) -> Iterator[bytes]:
    for key in box.keys():  # noqa: SIM118 a mailbox iterates over its messages
        with box.get_file(key) as file:
            yield file.read(MAX_BYTES)
    box.close()


def open_imap(url: str) -> imaplib.IMAP4:
    """Return a logged-in connection with the URL's mailbox selected. Raises InboxError.

    Plain imap:// uses STARTTLS before logging in, except to this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise InboxError("BOUNCE_IMAP_URL must look like imaps://user:password@host/INBOX.")
    context = ssl.create_default_context()
    connection: imaplib.IMAP4
    if parts.scheme == "imaps":
        connection = imaplib.IMAP4_SSL(parts.hostname, parts.port or 993, ssl_context=context, timeout=IMAP_SECONDS)
    else:
        connection = imaplib.IMAP4(parts.hostname, parts.port or 143, timeout=IMAP_SECONDS)
        if parts.hostname not in LOOPBACK:
            connection.starttls(context)
    connection.login(quote(unquote(parts.username)), unquote(parts.password or ""))
    check(connection.select(quote(unquote(parts.path.strip("/")) or "INBOX")), "select")
    return connection


def quote(text: str) -> str:
    """Return an IMAP quoted string (RFC 3501, 4.3)."""
    return '"' + re.sub(r"[\r\n\0]", "", text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def check(answer: tuple[str, Sequence[object]], what: str) -> Sequence[object]:
    """Return the data of a server's answer. Raises InboxError if it is not OK."""
    if answer[0] != "OK":
        raise InboxError(f"the server refused “{what}”")
    return answer[1]


def walk_imap(url: str, take: Callable[[bytes], AfterReading]) -> None:
    """Pass each unread mail to `take`, and mark or delete it only after that has returned.

    Mails are fetched one by one, without being marked as seen (BODY.PEEK). Raises InboxError.
    """
    try:
        connection = open_imap(url)
        try:
            found = check(connection.uid("SEARCH", "UNDELETED", f"UNKEYWORD {READ_KEYWORD}"), "search")
            for uid in (found[0] if found and isinstance(found[0], bytes) else b"").decode().split():
                raw = fetch_mail(connection, uid)
                if raw is not None:
                    settle_mail(connection, uid, take(raw))
        finally:
            connection.logout()
    except (OSError, imaplib.IMAP4.error) as error:
        raise InboxError(f"{type(error).__name__}: {error}"[:300]) from error
    except ValueError:
        # Its words may quote the address with the password.
        raise InboxError("BOUNCE_IMAP_URL must look like imaps://user:password@host/INBOX, in ASCII.") from None


def fetch_mail(connection: imaplib.IMAP4, uid: str) -> bytes | None:
    """Return the mail's first MAX_BYTES; None if it was deleted meanwhile."""
    data = check(connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES}>)"), "fetch")
    return next((item[1] for item in data if isinstance(item, tuple) and isinstance(item[1], bytes)), None)


def settle_mail(connection: imaplib.IMAP4, uid: str, leave: AfterReading) -> None:
    """Delete the mail, or mark it as read by us.

    Without UIDPLUS (RFC 4315) it is only flagged: a plain EXPUNGE would also remove mails that others have deleted.
    """
    if leave is AfterReading.REMOVED:
        check(connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)"), "store")
        if "UIDPLUS" in connection.capabilities:
            check(connection.uid("EXPUNGE", uid), "expunge")
    elif leave is AfterReading.KEPT:
        connection.uid(
            "STORE", uid, "+FLAGS.SILENT", f"({READ_KEYWORD})"
        )  # without keywords this is refused, and the mail read again
