"""A small SMTP server on loopback that stores every message and delivers none."""

from __future__ import annotations

from mailbox import Maildir
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"  # never a public address: anybody who reaches this port could fill the disk
ENVELOPE_FROM = "X-Envelope-From"
ENVELOPE_TO = "X-Envelope-To"


def store_message(folder: Path, sender: str | None, recipients: list[str], content: bytes) -> str:
    lines = [(ENVELOPE_FROM, sender or "<>"), *((ENVELOPE_TO, recipient) for recipient in recipients)]
    envelope = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in lines)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return Maildir(folder).add(envelope.encode("utf-8", "surrogateescape") + content)


class Filer:
    """aiosmtpd's handler. Accepts everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Store the message, and reply only once it is on disk."""
        content = envelope.content or b""
        if isinstance(content, str):
            content = content.encode()
        key = store_message(self.folder, envelope.mail_from, envelope.rcpt_tos, content)
        return f"250 Kept as {key}"


def start_catcher(folder: Path, port: int) -> Controller:
    """Listen in a thread; `stop()` on the result ends it. Raises OSError if the port is in use."""
    controller = Controller(Filer(folder), hostname=HOST, port=port)
    controller.start()
    return controller
