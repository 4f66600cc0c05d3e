"""Values that try to become a mail's structure, and a reader of headers that asks none of Python's parsers.

It needs no Django, as letters/mail/mime.py does not: other Pythons run the tests with it.
"""

from __future__ import annotations

import base64
import quopri
import re

from hypothesis import strategies as st

from letters.mail.mime import Mailbox
from letters.writing.text import clean_line

# What came through before: a body and headers in an encoded word, a second author by folding inside quotes.
BODY = "=?utf-8?q?x=0d=0aContent-Type:_text/html=0d=0a=0d=0a<h1>Forged_body</h1>?="
HEADERS = "=?utf-8?q?x=0d=0aBcc:_evil=40x.example=0d=0aX-Injected:_yes?="
AUTHOR = "The Prime Minister <pm@no10.gov.uk>, Downing Street Press Office London"
QUOTED = '"Parliament" <security@parliament.uk>, evil@x.example'

# Every line separator and control there is, what opens and closes structure, directions, joiners, emoji, halves of pairs.
PIECES = st.sampled_from(
    [*map(chr, range(0xA0)), *"\u2028\u2029\x85\u00ad\u200b\u200d\u200e\u202a\u202e\u2066\u2069\ufeff\ufffd\u3000\u037e",
     "=?", "?=", "=?utf-8?q?", "=?iso-8859-1?b?", "=0d=0a", "=?=", "\\\"", "(a (b) \\)", "<x@y.example>", "a@b", ", ", "; ", "g:a@b;",
     "\r\n ", "\r\n\r\n", "\r\nBcc: x@y.example", "Iñtërnâtiônàlizætiøn", "漢字かな", "שלום", "مرحبا", "👩‍👩‍👧", "🏳️‍🌈", "e\u0301" * 20,
     "\ud800", "\udfff", "\ud83d", "--=_mixed", "--=_alternative--", "ß" * 40, "x" * 77, "word " * 20]
)  # fmt: skip
PAYLOADS = st.text(max_size=40) | st.sampled_from(
    ["x\r\nBcc: a@b.example", "x\n\n<h1>", "a, b <c@d.example>", "\x00", "x"]
)
CHARSETS = st.sampled_from(
    ["utf-8", "UTF-8*en", "iso-8859-1", "utf-16", "utf-7", "unknown-8bit", "us-ascii", "idna", "x"]
)


@st.composite
def encoded_words(draw: st.DrawFn) -> str:
    """An encoded word in any charset, whole or in pieces."""
    payload = draw(PAYLOADS).encode("utf-8", "surrogatepass")
    kind = draw(st.sampled_from("qQbB"))
    said = (
        base64.b64encode(payload) if kind in "bB" else quopri.encodestring(payload, header=True).replace(b"\n", b"=0A")
    )
    word = f"=?{draw(CHARSETS)}?{kind}?{said.decode()}?="
    cut = draw(st.integers(0, len(word)))
    return draw(
        st.sampled_from([word, word * 2, f"{word} {word}", word[:cut] + " " + word[cut:], word[:cut], f'"{word}"'])
    )


def at_length(text: str) -> st.SearchStrategy[str]:
    """The text in a line of 60 to 200 characters, where lines are folded."""
    return st.integers(60, 200).map(
        lambda length: text.ljust(length, "x") if length % 2 else text.rjust(length - 20, " a"[length % 3 == 0])
    )


ANYTHING = st.one_of(
    st.text(max_size=120),
    st.text(st.sampled_from("aZ 0.,;:=?_-\"\\()<>@[]é漢'"), max_size=200),
    st.lists(PIECES, max_size=12).map("".join),
    encoded_words(),
    st.tuples(st.text(max_size=30), encoded_words(), st.lists(PIECES, max_size=3).map("".join)).map("".join),
    st.lists(st.from_regex(r"[A-Za-z.'-]{1,90}", fullmatch=True), max_size=8).map(" ".join),
    encoded_words().flatmap(at_length),
    st.sampled_from([BODY, HEADERS, AUTHOR, QUOTED]),
    st.sampled_from([BODY, HEADERS, AUTHOR, QUOTED]).flatmap(at_length),
)
ENCODED = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/]+=*)\?=")


def split_head(content: bytes) -> list[tuple[str, str]]:
    """The headers, unfolded, by hand: nothing is left to the parsers that the writer asks itself."""
    lines = content.decode("ascii").partition("\r\n\r\n")[0].split("\r\n")
    assert all(re.match(r" [!-~]|[A-Z][A-Za-z-]+: ?", line) for line in lines), lines
    head = "\n".join(lines).replace("\n ", " ")
    assert not re.search(r"[^ -~\n]", head)
    return [(name, value) for name, _colon, value in (line.partition(": ") for line in head.split("\n"))]


def read_words(text: str) -> str:
    """What plain words or encoded words say; each encoded word by itself is whole characters."""
    words = text.split(" ") if text else []
    if not any("=?" in word for word in words):
        return text
    pieces = [ENCODED.fullmatch(word) for word in words]
    assert all(pieces), words
    assert all(len(word) <= 75 for word in words)
    return "".join(base64.b64decode(piece[1], validate=True).decode() for piece in pieces if piece)


def check_mailbox(value: str, meant: Mailbox) -> None:
    found = re.fullmatch(r"(?:(.*) )?<([^<> ]+)>|([^<> ]+)", value)
    assert found, value
    name, address = found[1] or "", found[2] or found[3]
    assert (read_words(name), address) == (clean_line(meant.name), meant.address)
    assert "=?" in name or not re.search(r'[<>@",;:()\[\]\\.]', name)
