"""Writes a letter's mail as bytes: a text in full with one attachment.

Python's `EmailMessage` takes as long for it as all the rest of sending takes; this takes a tenth. What is not plainly
simple (a name with accents, a long subject) goes through `email.policy.SMTP` all the same.
"""

from __future__ import annotations

import binascii
import re
import struct
from email.headerregistry import Address
from email.policy import SMTP

LINE = 78  # characters a header's line should have at most (RFC 5322, 2.1.1)
# What needs neither folding, quoting nor encoding: printable ASCII with single spaces; names of RFC 5322's atoms.
PLAIN_VALUE = re.compile(r"[!-~]+(?: [!-~]+)*")
PLAIN_NAME = re.compile(r"[\w!#$%&'*+/^`{|}~-]+(?: [\w!#$%&'*+/^`{|}~-]+)*", re.ASCII)
PLAIN_ADDRESS = re.compile(r"[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)*", re.ASCII)
# Neither quoted-printable nor base64 can have a line that begins so (RFC 2045, 6.7): no letter can end its own part.
BOUNDARY = "=_parley"

Mailbox = tuple[str, str]  # a person's name, which may be empty, and an address
Header = tuple[str, str | Mailbox]


def write_message(headers: list[Header], text: str, pdf: bytes, filename: str) -> bytes:
    """Return the message. `filename` has to be of ASCII letters, digits, dots and dashes.

    Raises ValueError for a header with a line end in it.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", filename):
        raise ValueError(f"{filename!r} is no name for an attachment")
    body = b"\r\n".join([*text.encode().splitlines(), b""])
    return b"".join(
        (
            *(write_header(name, value) for name, value in headers),
            b"MIME-Version: 1.0\r\n"
            b'Content-Type: multipart/mixed; boundary="%(mark)b"\r\n\r\n'
            b"--%(mark)b\r\n"
            b'Content-Type: text/plain; charset="utf-8"\r\n'
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" % {b"mark": BOUNDARY.encode()},
            binascii.b2a_qp(body, istext=True),
            b"\r\n--%(mark)b\r\n"
            b"Content-Type: application/pdf\r\n"
            b"Content-Transfer-Encoding: base64\r\n"
            b'Content-Disposition: attachment; filename="%(name)b"\r\n\r\n'
            % {b"mark": BOUNDARY.encode(), b"name": filename.encode()},
            encode_base64(pdf),
            b"\r\n--%b--\r\n" % BOUNDARY.encode(),
        )
    )


def encode_base64(content: bytes) -> bytes:
    """Return the content in base64, in lines of 76 characters (RFC 2045, 6.8)."""
    encoded = binascii.b2a_base64(content, newline=False)
    full = len(encoded) // 76
    lines = struct.unpack_from("76s" * full, encoded)  # a third of the time that slicing takes
    return b"\r\n".join((*lines, encoded[full * 76 :])).removesuffix(b"\r\n") + b"\r\n"


def write_header(name: str, value: str | Mailbox) -> bytes:
    """Return the header with its line end, folded and encoded where it has to be. Raises ValueError for line ends."""
    if isinstance(value, str):
        line = f"{name}: {value}"
        is_plain = bool(PLAIN_VALUE.fullmatch(value)) and "=?" not in value
    else:
        person, address = value
        line = f"{name}: {person} <{address}>" if person else f"{name}: {address}"
        is_plain = bool(PLAIN_ADDRESS.fullmatch(address) and (not person or PLAIN_NAME.fullmatch(person)))
    if is_plain and len(line) <= LINE:
        return line.encode("ascii") + b"\r\n"
    parsed = value if isinstance(value, str) else Address(value[0], addr_spec=value[1])
    return SMTP.fold_binary(*SMTP.header_store_parse(name, parsed))
