"""Writes mails as bytes, and parses what it has encoded in their headers before they may be sent.

Names and subjects come from people, and must not become structure. So anything that is not plain is encoded here, and a
header that Python's two parsers, old and new, do not read exactly as meant is refused. Python's own generator is no
help: it decodes encoded words in its input, and drops the quotes of a name that it folds. Texts need no second look:
no line of quoted-printable begins like the end of a part.

Nothing here needs Django: tests/mail/test_mime.py has every supported Python that it finds write the same mails.
"""

from __future__ import annotations

import binascii
import re
import struct
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import HeaderRegistry
from email.utils import getaddresses
from functools import lru_cache
from typing import Any, NamedTuple

from letters.writing.text import clean_line

LINE = 76  # characters of a line with an encoded word (RFC 2047, 2)
WORD_BYTES = 39  # of text in an encoded word, whose 64 characters fit on a line after "Reply-To: "
# Words that need no encoding and fit there, too: printable ASCII; in names only atoms (RFC 5322, 3.2.3).
PLAIN_TEXT = re.compile(r"[!-~]{1,64}(?: [!-~]{1,64})*")
PLAIN_NAME = re.compile(r"[\w!#$%&'*+/^`{|}~-]{1,64}(?: [\w!#$%&'*+/^`{|}~-]{1,64})*", re.ASCII)
OUR_OWN = re.compile(r"[!-~]+(?: [!-~]+)*")  # headers without any text from people
# No quotes, comments or address literals: parsers differ over them.
ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w-]+(?:\.[\w-]+)*", re.ASCII)
MAX_LENGTH = 900  # characters of an address or our own headers; a line may have 998 (RFC 5322, 2.1.1)


class Mailbox(NamedTuple):
    """A name, which may be empty, and an address."""

    name: str
    address: str


class Pdf(NamedTuple):
    """An attachment. Its filename is ours: ASCII letters, digits, dots, dashes and underscores."""

    filename: str
    content: bytes


Header = tuple[str, str | Mailbox]


class Part(NamedTuple):
    """A MIME part: nested parts, or content; text has CRLF line ends."""

    kind: str
    content: bytes | list[Part]
    filename: str = ""


class MailRefusedError(ValueError):
    """The mail would be read differently from what was meant, so it must not be sent. The message is not personal."""


def is_address(text: str) -> bool:
    return bool(ADDRESS.fullmatch(text)) and "=?" not in text and len(text) <= MAX_LENGTH


def write_message(headers: list[Header], text: str, *, html: str = "", pdf: Pdf | None = None) -> bytes:
    """Return the mail. Names and the subject may be any text, and are cleaned; other headers must be plain.

    Raises MailRefusedError, and UnicodeEncodeError for lone surrogates.
    """
    tidied = [(name, _tidy(name, value)) for name, value in headers]
    written = [_write_header(name, value) for name, value in tidied]
    for line, (name, value) in zip(written, tidied, strict=True):
        if not _is_literal(line, name, value):
            _read_back(line, name, value)
    return b"".join(written) + b"MIME-Version: 1.0\r\n" + _write_part(_arrange(text, html, pdf))


def _tidy(name: str, value: str | Mailbox) -> str | Mailbox:
    if isinstance(value, Mailbox):
        return value._replace(name=clean_line(value.name))
    return clean_line(value) if name == "Subject" else value


def _write_header(name: str, value: str | Mailbox) -> bytes:
    if isinstance(value, Mailbox):
        if not is_address(value.address):
            raise MailRefusedError(f"{name}: no address that a mail can carry")
        words = [*_write_words(value.name, PLAIN_NAME), f"<{value.address}>"] if value.name else [value.address]
    elif name == "Subject":
        words = _write_words(value, PLAIN_TEXT)
    elif OUR_OWN.fullmatch(value) and "=?" not in value and len(value) <= MAX_LENGTH:
        words = [value]
    else:
        raise MailRefusedError(f"{name}: not plain")
    lines = [f"{name}: " + "".join(words[:1])]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join([*lines, ""]).encode("ascii")


def _write_words(text: str, plain: re.Pattern[str]) -> list[str]:
    """Return the text's words if plain, otherwise as encoded words (RFC 2047), none of which splits a character.

    Encoded words keep a leading space, which hides the one that some programs add (see _reads_new).
    """
    if _is_plain(text, plain):
        return text.split(" ")
    pieces = [b""] if text else []
    for word in re.findall(" ?[^ ]+", text):
        if pieces[-1] and len(pieces[-1] + word.encode()) > WORD_BYTES:
            pieces.append(b"")
        for character in map(str.encode, word):
            if len(pieces[-1] + character) > WORD_BYTES:
                pieces.append(b"")
            pieces[-1] += character
    return [f"=?utf-8?b?{binascii.b2a_base64(piece, newline=False).decode()}?=" for piece in pieces]


def _is_plain(text: str, plain: re.Pattern[str]) -> bool:
    return bool(plain.fullmatch(text)) and "=?" not in text


def _arrange(text: str, html: str, pdf: Pdf | None) -> Part:
    whole = Part("text/plain", _encode_lines(text))
    if html:
        whole = Part("multipart/alternative", [whole, Part("text/html", _encode_lines(html))])
    if pdf:
        whole = Part("multipart/mixed", [whole, Part("application/pdf", pdf.content, pdf.filename)])
    return whole


def _encode_lines(text: str) -> bytes:
    return b"\r\n".join([*text.encode().splitlines(), b""])


def _write_part(part: Part) -> bytes:
    kind, content, filename = part[0].encode(), part.content, part.filename
    if isinstance(content, list):
        # No line of quoted-printable or base64 begins like this (RFC 2045, 6.7), so no text can end its part.
        mark = b"=_" + kind.partition(b"/")[2]
        inside = b"".join(b"--%b\r\n%b\r\n" % (mark, _write_part(one)) for one in content)
        return b'Content-Type: %b; boundary="%b"\r\n\r\n%b--%b--\r\n' % (kind, mark, inside, mark)
    if not filename:
        head = b'Content-Type: %b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n' % kind
        return head + binascii.b2a_qp(content, istext=True)
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", filename):
        raise MailRefusedError("no name for an attachment")
    head = b"Content-Type: %b\r\nContent-Transfer-Encoding: base64\r\n" % kind
    head += b'Content-Disposition: attachment; filename="%b"\r\n\r\n' % filename.encode()
    return head + encode_base64(content)


def encode_base64(content: bytes) -> bytes:
    """Encode in lines of 76 characters (RFC 2045, 6.8)."""
    encoded = binascii.b2a_base64(content, newline=False)
    full = len(encoded) // 76
    lines = struct.unpack_from("76s" * full, encoded)  # three times as fast as slicing
    return b"\r\n".join((*lines, encoded[full * 76 :])).removesuffix(b"\r\n") + b"\r\n"


def _is_literal(line: bytes, name: str, value: str | Mailbox) -> bool:
    """Whether the header is plain and, unfolded, exactly what is meant: then there is nothing to misread."""
    if isinstance(value, Mailbox):
        plain = not value.name or _is_plain(value.name, PLAIN_NAME)
        meant = f"{value.name} <{value.address}>" if value.name else value.address
    else:
        plain = name != "Subject" or _is_plain(value, PLAIN_TEXT)
        meant = value
    return plain and line.replace(b"\r\n ", b" ") == f"{name}: {meant}\r\n".encode("ascii")


def _read_back(line: bytes, name: str, value: str | Mailbox) -> None:
    """Raise MailRefusedError unless both parsers find exactly this header and nothing else.

    They find the same lines, since they share the code that does; what they make of a header differs.
    """
    message = message_from_bytes(line)
    alone = message.keys() == [name] and not message.get_payload() and not message.defects
    found = re.sub(r"[\r\n]+", "", dict(message.raw_items()).get(name, ""))
    if not (alone and _reads_old(found, name, value) and _reads_new(found, name, value)):
        raise MailRefusedError(f"{name} would be read otherwise")


def _reads_old(found: str, name: str, meant: str | Mailbox) -> bool:
    if isinstance(meant, Mailbox):
        return [(_decode(person), address) for person, address in getaddresses([found])] == [meant]
    return (_decode(found) if name == "Subject" else found) == meant


def _decode(text: str) -> str:
    return str(make_header(decode_header(text)))


def _reads_new(found: str, name: str, meant: str | Mailbox) -> bool:
    """Whether Python's new parser reads it as meant.

    Between the encoded words of a name Python 3.13 puts a space, where there is none (RFC 2047, 6.2).
    """
    header: Any = _get_class(name)(name, found)
    if isinstance(meant, str):
        return not header.defects and header == meant
    boxes = [(box.display_name.replace(" ", ""), box.addr_spec) for box in header.addresses]
    return not header.defects and boxes == [(meant.name.replace(" ", ""), meant.address)]


_get_class = lru_cache(maxsize=64)(HeaderRegistry().__getitem__)  # it would create one for each header
