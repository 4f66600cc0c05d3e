"""Parses a mail that came back: a delivery report, an automatic reply, or something else. Decides nothing.

Sources: RFC 3464 (delivery status notifications), RFC 3463 (their codes), RFC 6522 (multipart/report), RFC 6533
(the same in UTF-8), RFC 3834 (automatic replies). Reports that follow none of them are read by flufl.bounce, Mailman's
detectors. Anything in such a mail may be forged or broken.
"""

from __future__ import annotations

import base64
import binascii
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr
from itertools import islice

from flufl.bounce import all_failures

from letters.bounces.prose import judge_text, quote_reason, tidy_words

MAX_BYTES = 250_000  # the report comes before the letter that it returns, so the rest may be cut off
MAX_PARTS = 50
MAX_HEADERS = 200
MAX_HEADER = 2_000
MAX_TEXT = 20_000
MAX_PROSE = 32_000  # bytes for flufl.bounce, some of whose detectors take quadratic time

# Headers in which mail servers record the recipient; To comes last, being only the sender's word.
RECIPIENT_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to")
ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,64}\+[a-z0-9]{8}-[0-9a-f]{16}@[^\s<>@,;:\"()]{1,255}", re.IGNORECASE)
DAEMON = re.compile(
    r"(mailer-?daemon|mail-?daemon|postmaster|mdaemon|mail.delivery.(sub)?system|microsoftexchange[0-9a-f]{32})",
    re.IGNORECASE,
)
# Subjects of replies and forwarded mails, which are a person's, not the server's.
ANSWERED = re.compile(r"\s*(re|fwd?|aw|wg|tr)\s*:", re.IGNORECASE)
AUTORESPONDER_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply")


class CutHeaders(Compat32):
    """The parser's most forgiving policy, with long headers cut, as parsing parameters takes quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER]


class Kind(enum.Enum):
    """What a mail is."""

    FAILED = "failed"  # a server has given up
    DELAYED = "delayed"  # a server keeps trying
    DOUBTFUL = "doubtful"  # a server's report that is not certain
    AUTO_REPLY = "auto-reply"
    OTHER = "other"  # a person's mail, a receipt, a report of success


@dataclass(frozen=True)
class Report:
    """A mail's kind, the server's words, and the seemingly signed addresses that it was sent to."""

    kind: Kind
    words: str = ""
    addresses: tuple[str, ...] = ()


def read_report(raw: bytes) -> Report:
    """Parse a mail. Never raises, whatever the bytes are: what cannot be parsed is OTHER."""
    try:
        mail = message_from_bytes(raw[:MAX_BYTES], policy=CutHeaders())
        headers = read_headers(mail)
        kind, words = judge_mail(mail, headers, raw)
        return Report(kind, words, find_addresses(headers))
    except Exception:  # noqa: BLE001 the parser has raised ten kinds of errors on broken MIME; RecursionError too
        return Report(Kind.OTHER)


def decode(value: object) -> str:
    """Return a header as text; the parser keeps non-ASCII bytes as surrogates."""
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def read_headers(mail: Message) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in list(mail.raw_items())[:MAX_HEADERS]:
        headers.setdefault(name.lower(), []).append(decode(value))
    return headers


def find_addresses(headers: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the recipients with a signature, genuine or not; never any from the body."""
    found = (ADDRESS.findall(value) for name in RECIPIENT_HEADERS for value in headers.get(name, []))
    return tuple(dict.fromkeys(address for addresses in found for address in addresses))


def walk_parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the mail's leaves, at most MAX_PARTS and five levels deep, none of an attached message."""
    parts = mail.get_payload()
    if not mail.get_content_type().startswith("multipart/") or not isinstance(parts, list):
        yield mail
    elif depth < 5:
        for part in parts[:MAX_PARTS]:
            if isinstance(part, Message):
                yield from walk_parts(part, depth + 1)


def is_status(part: Message) -> bool:
    return part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")


def judge_mail(mail: Message, headers: dict[str, list[str]], raw: bytes) -> tuple[Kind, str]:
    parts = list(islice(walk_parts(mail), MAX_PARTS))
    from_daemon = is_from_daemon(headers)
    is_report = mail.get_content_type() == "multipart/report"
    report_type = str(mail.get_param("report-type") or "").lower() if is_report else ""
    if is_report and report_type not in ("", "delivery-status"):
        return Kind.OTHER, ""  # a read receipt (RFC 8098), a complaint (RFC 5965)
    blocks = next((read_blocks(part) for part in parts if is_status(part)), [])
    recipients = [block for block in blocks if "action" in block or "final-recipient" in block]
    if recipients and (is_report or from_daemon):
        return judge_status(recipients)
    if from_daemon and not has_autoresponder(headers):
        return judge_prose(raw, headers, read_text(parts))
    if is_report and report_type:
        return Kind.DOUBTFUL, ""  # calls itself a delivery report but is none
    automatic = is_automatic(headers) or has_autoresponder(headers) or get_precedence(headers) in ("bulk", "junk")
    return (Kind.AUTO_REPLY if automatic else Kind.OTHER), ""


def judge_prose(raw: bytes, headers: dict[str, list[str]], text: str) -> tuple[Kind, str]:
    """Return the kind of a report that does not follow the standard, and the server's words.

    flufl.bounce knows the phrases of many servers, all in English. In other languages only a reply code can be
    recognised, and only in a mail that is clearly automatic.
    """
    if ANSWERED.match(headers.get("subject", [""])[0]):
        return Kind.DOUBTFUL, ""
    try:
        delayed, failed = all_failures(message_from_bytes(raw[:MAX_PROSE], policy=CutHeaders()))
    except Exception:  # noqa: BLE001 its detectors raise many kinds of errors on broken mail, which a person then reads
        delayed, failed = frozenset(), frozenset()
    verdict, words = judge_text(text)
    if failed:
        return (Kind.DOUBTFUL, "") if verdict == "contradictory" else (Kind.FAILED, quote_reason(text))
    if delayed:
        return Kind.DELAYED, ""
    kinds = {"failed": Kind.FAILED, "delayed": Kind.DELAYED} if is_automatic(headers) else {}
    return kinds.get(verdict, Kind.DOUBTFUL), words


def is_from_daemon(headers: dict[str, list[str]]) -> bool:
    name, address = parseaddr(headers.get("from", [""])[0][:500])
    known = DAEMON.fullmatch(address.partition("@")[0]) or (not address and DAEMON.fullmatch(name))
    return bool(known) or "x-failed-recipients" in headers


def is_automatic(headers: dict[str, list[str]]) -> bool:
    """Whether a machine sent the mail: an empty return path (RFC 3464, 2) or Auto-Submitted (RFC 3834, 5)."""
    if any(re.fullmatch(r"\s*<\s*>\s*", value) for value in headers.get("return-path", [])[:1]):
        return True
    return any(not re.match(r"\s*no\b", value, re.IGNORECASE) for value in headers.get("auto-submitted", []))


def get_precedence(headers: dict[str, list[str]]) -> str:
    """Return the Precedence header (RFC 3834, 3.1.8) in lower case."""
    return headers.get("precedence", [""])[0].strip().lower()


def has_autoresponder(headers: dict[str, list[str]]) -> bool:
    """Whether the mail has signs of an out-of-office reply; many have no Auto-Submitted.

    Precedence "bulk" is not one: some daemons put it into their reports too.
    """
    known = any(name in headers for name in AUTORESPONDER_HEADERS)
    return known or get_precedence(headers) in ("auto_reply", "auto-reply")


def read_blocks(part: Message) -> list[dict[str, str]]:
    text = ""
    payload = part.get_payload()
    blocks_found = payload if isinstance(payload, list) else [part]
    for block in (found for found in blocks_found if isinstance(found, Message)):
        if block is not part:
            text += "".join(f"{name}: {decode(value)}\n" for name, value in block.raw_items()) + "\n"
        inner = block.get_payload()
        if isinstance(inner, str):
            text += decode_base64(inner, part) + "\n\n"
    unfolded = re.sub(r"\r?\n[ \t]+", " ", text.replace("\r\n", "\n"))
    blocks = []
    for group in re.split(r"\n\s*\n", unfolded):
        fields: dict[str, str] = {}
        for line in group.splitlines():
            name, colon, value = (piece.strip() for piece in line.partition(":"))
            if colon:
                # Two actions in one group contradict each other, so neither counts.
                same = fields.setdefault(name.lower(), value) == value
                fields[name.lower()] = value if same else ""
        if fields:
            blocks.append(fields)
    return blocks


def decode_base64(text: str, part: Message) -> str:
    """Decode a status sent as base64, which RFC 3464 (2.1) forbids but some gateways do."""
    if str(part.get("content-transfer-encoding", "")).strip().lower() != "base64":
        return text
    try:
        return base64.b64decode(text.encode("ascii", "ignore")).decode("utf-8", "replace")
    except binascii.Error:
        return text


def judge_status(recipients: list[dict[str, str]]) -> tuple[Kind, str]:
    """Combine the recipients' fields.

    "failed" means that the server has given up, even with a 4.x.x status, which then says that the letter waited too
    long (RFC 3464, 2.3.3). If not all recipients failed, some may have the letter.
    """
    verdicts = [judge_recipient(block) for block in recipients]
    kinds = {kind for kind, _words in verdicts}
    words = next((words for kind, words in verdicts if kind is not Kind.OTHER and words), "")
    if len(kinds) == 1:
        return kinds.pop(), words
    if kinds == {Kind.DELAYED, Kind.OTHER}:
        return Kind.DELAYED, words
    return Kind.DOUBTFUL, words


def judge_recipient(block: dict[str, str]) -> tuple[Kind, str]:
    """Return one recipient's result (RFC 3464, 2.3), with status and diagnostic."""
    action = (re.findall(r"[a-z]+", re.sub(r"\([^()]*\)", " ", block.get("action", "").lower())) or [""])[0]
    code = re.match(r"\s*([245])\.\d{1,3}\.\d{1,3}\b", block.get("status", ""))
    diagnostic = re.sub(r"^\s*[\w.-]{1,40}\s*;\s*", "", block.get("diagnostic-code", ""))
    status = code.group().strip() if code else ""
    words = tidy_words(diagnostic if status in diagnostic else f"{status} {diagnostic}")
    if action in ("delivered", "relayed", "expanded"):
        return Kind.OTHER, words
    if action == "delayed" or (action == "failed" and "will-retry-until" in block):
        return Kind.DELAYED, words
    said = f"{block.get('status', '')} {diagnostic}"  # some have an SMTP code in place of RFC 3463's
    clear = code.group(1) != "2" if code else re.search(r"(?<![\d.])5(\d\d\b|\.\d{1,3}\.\d{1,3}\b)", said)
    return (Kind.FAILED if action in ("failed", "failure") and clear else Kind.DOUBTFUL), words


def read_text(parts: list[Message]) -> str:
    texts = []
    for part in parts:
        if part.get_content_maintype() != "text":
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        payload = payload[:MAX_TEXT]  # some of Python's decoders (punycode) take quadratic time
        try:
            text = payload.decode(part.get_content_charset("utf-8"), "replace")
        except (LookupError, ValueError):
            text = payload.decode("latin-1")
        texts.append(re.sub(r"<[a-z/!][^<>]{0,500}>", "\n", text) if part.get_content_subtype() == "html" else text)
    return "\n\n".join(texts)[:MAX_TEXT]
