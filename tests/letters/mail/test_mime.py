"""A mail says what was meant and nothing else, whatever the names, the subject and the texts are."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import os
import re
import subprocess
import sys
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from letters.mail import mime
from letters.mail.mime import PLAIN_NAME, PLAIN_TEXT, Header, Mailbox, MailRefusedError, Pdf, is_address, write_message
from letters.writing.text import clean_line, clean_text
from tests.letters.header_tools import (
    ANYTHING,
    AUTHOR,
    BODY,
    HEADERS,
    PIECES,
    QUOTED,
    check_mailbox,
    read_words,
    split_head,
)

OUTSIDE = "jane@supporter.example"


def make_headers(sender: str, to: str, subject: str) -> list[Header]:
    return [
        ("From", Mailbox(sender, "letters@parley.localhost")), ("Reply-To", Mailbox(sender, OUTSIDE)),
        ("To", Mailbox(to, "o'brien+x@parliament.example")), ("Subject", subject), ("X-Parley-Reference", "C7QK-4MHW"),
    ]  # fmt: skip


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk()] == [[] for _ in message.walk()]
    return message


@example(sender=BODY, to=HEADERS, subject=HEADERS)
@example(sender=AUTHOR, to=QUOTED, subject=BODY)
@given(sender=ANYTHING, to=ANYTHING, subject=ANYTHING)
def test_no_name_and_no_subject_becomes_structure(sender: str, to: str, subject: str) -> None:
    headers = make_headers(sender, to, subject)
    content = write_message(headers, "Hello.")
    found = split_head(content)
    assert all(len(line) <= 76 for line in content.split(b"\r\n"))
    ours = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
    assert [name for name, _value in found] == [name for name, _value in headers] + ours
    for (name, meant), (_name, value) in zip(headers, found, strict=False):
        if isinstance(meant, Mailbox):
            check_mailbox(value, meant)
        else:
            assert read_words(value) == (clean_line(meant) if name == "Subject" else meant)


plain_names = st.from_regex(PLAIN_NAME, fullmatch=True)
plain_texts = st.from_regex(PLAIN_TEXT, fullmatch=True)


@given(sender=ANYTHING | plain_names, to=ANYTHING | plain_names, subject=ANYTHING | plain_texts)
def test_both_of_pythons_parsers_read_what_was_meant(sender: str, to: str, subject: str) -> None:
    content = write_message(make_headers(sender, to, subject), "Hello.")
    new, old = read(content), email.message_from_bytes(content)
    for name, person, address in (("From", sender, "letters@parley.localhost"), ("Reply-To", sender, OUTSIDE)):
        [box] = new[name].addresses
        assert (box.display_name.replace(" ", ""), box.addr_spec) == (clean_line(person).replace(" ", ""), address)
    [box] = new["To"].addresses
    assert (box.display_name.replace(" ", ""), box.addr_spec) == (
        clean_line(to).replace(" ", ""),
        "o'brien+x@parliament.example",
    )
    assert new["Subject"] == clean_line(subject)
    assert str(make_header(decode_header(old["Subject"].replace("\r\n", "")))) == clean_line(subject)
    assert new.keys() == old.keys() == [
        "From", "Reply-To", "To", "Subject", "X-Parley-Reference", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]  # fmt: skip
    assert new.get_content().replace("\r\n", "\n") == "Hello.\n"


texts = (st.text(max_size=300) | st.text("ab .=\n-_é", max_size=300) | st.lists(PIECES).map("".join)).map(clean_text)


@given(text=texts, html=texts, pdf=st.none() | st.binary(max_size=200))
def test_no_text_ends_its_own_part(text: str, html: str, pdf: bytes | None) -> None:
    attachment = None if pdf is None else Pdf("letter-a.pdf", pdf)
    content = write_message([("Subject", "Hello")], text, html=html, pdf=attachment)
    message = read(content)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    expected: list[tuple[str, object]] = [("text/plain", text)]
    expected += [("text/html", html)] if html else []
    expected += [("application/pdf", pdf)] if pdf is not None else []
    assert [(part.get_content_type(), get_content(part)) for part in leaves] == expected
    assert [part.get_filename() for part in message.iter_attachments()] == ["letter-a.pdf"] * (pdf is not None)
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))  # RFC 5322, 2.1.1
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert content.isascii()


def get_content(part: Any) -> str | bytes:
    content: str | bytes = part.get_content()
    return content if isinstance(content, bytes) else content.replace("\r\n", "\n").removesuffix("\n")


@pytest.mark.parametrize(
    "text", ["--=_mixed--\n--=_mixed\nContent-Type: text/html\n\n.\n", "--=_alternative--\n", ".\n..\nFrom x\n"]
)
def test_a_text_that_looks_like_the_end_of_its_part_is_still_text(text: str) -> None:
    message = read(write_message([("Subject", "Hello")], text, html=text, pdf=Pdf("a.pdf", b"%PDF")))
    both, pdf = message.iter_parts()
    assert [get_content(part) for part in both.iter_parts()] == [text.removesuffix("\n")] * 2
    assert pdf.get_content() == b"%PDF"


@given(address=ANYTHING | st.tuples(ANYTHING, st.just("@supporter.example")).map("".join) | st.emails())
def test_an_address_goes_as_it_is_or_not_at_all(address: str) -> None:
    headers: list[Header] = [("From", Mailbox("Jane Doe", address)), ("To", Mailbox("", address))]
    if not is_address(address):
        with pytest.raises(MailRefusedError, match="From: no address"):
            write_message(headers, "Hello.")
        return
    content = write_message(headers, "Hello.")
    assert split_head(content)[:2] == [("From", f"Jane Doe <{address}>"), ("To", address)]


@pytest.mark.parametrize(
    "address",
    ["=?utf-8?q?x=0d=0aBcc:_a?=@b.example", '"a b"@c.example', "a@[127.0.0.1]", "a@b, c@d", "a@b\r\nBcc: c@d", "a@b\n", "ü@b.example",
     "a@bücher.example", "a b@c", "a(c)@b", "", "a", "<a@b>", "a@b>", "a..b@c.example", ".a@b.example", "a" * 900 + "@b"],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(MailRefusedError):
        write_message([("To", Mailbox("", address))], "Hello.")


@given(value=ANYTHING)
def test_a_header_of_our_own_goes_as_it_is_or_not_at_all(value: str) -> None:
    try:
        content = write_message([("X-Parley-Reference", value)], "Hello.")
    except MailRefusedError:
        assert not re.fullmatch(r"[A-Za-z0-9<>@.+-]{1,900}", value)
    else:
        assert split_head(content)[0] == ("X-Parley-Reference", value)


@pytest.mark.parametrize("filename", ["a b.pdf", 'a".pdf', "a\r\n.pdf", "é.pdf"])
def test_a_file_name_that_is_not_ours_is_refused(filename: str) -> None:
    with pytest.raises(MailRefusedError):
        write_message([], "Hello.", pdf=Pdf(filename, b"%PDF"))


@pytest.mark.parametrize(
    "written",
    [
        ['"x\r\nContent-Type: text/html\r\n\r\n<h1>Forged body</h1>"'],
        ['"x\r\nBcc: evil@x.example"'],
        ['"x\r\n Bcc: evil@x.example"'],
        [AUTHOR],
        [f'"{AUTHOR}"', "and others"],
        [HEADERS],
        ["Jane", "D."],
        [],
    ],
)
def test_what_would_be_read_otherwise_is_refused(written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the writer were wrong: the mail is read again, and never goes."""
    headers: list[Header] = [("From", Mailbox("Jane Doe", OUTSIDE)), ("Subject", "Jane Doe")]
    assert write_message(headers, "Hello.")
    monkeypatch.setattr(mime, "_write_words", lambda *_: written)
    for header in headers:
        with pytest.raises(MailRefusedError, match="would be read otherwise"):
            write_message([header], "Hello.")


def test_plain_names_stay_as_they_are() -> None:
    headers = make_headers("Jane O'Doe-Roe", "The Rt Hon Sir Ann Example KCB MP", "Talks, soon: about (what?)")
    assert split_head(write_message(headers, "Hello."))[:4] == [
        ("From", "Jane O'Doe-Roe <letters@parley.localhost>"),
        ("Reply-To", "Jane O'Doe-Roe <jane@supporter.example>"),
        ("To", "The Rt Hon Sir Ann Example KCB MP <o'brien+x@parliament.example>"),
        ("Subject", "Talks, soon: about (what?)"),
    ]


def test_a_long_name_is_broken_at_its_spaces() -> None:
    name = "Dr. J. R. R. Tolkien via Time to negotiate"
    content = write_message([("From", Mailbox(name, OUTSIDE))], "Hello.")
    assert str(read(content)["From"].addresses[0].display_name).split() == name.split()  # a space too many, no word cut


# --- Every Python that is supported and found here ---

WRITE = """
import hashlib, json, sys
from letters.mail.mime import Mailbox, Pdf, write_message
digest = hashlib.sha256()
for sender, subject in json.load(sys.stdin):
    boxes = [(name, Mailbox(sender, "a.b@c.example")) for name in ("From", "Reply-To", "To")]
    digest.update(write_message([*boxes, ("Subject", subject)], subject, html=sender, pdf=Pdf("a.pdf", b"%PDF")))
print(digest.hexdigest())
"""


def find_pythons() -> dict[str, str]:
    """The supported Pythons on PATH and of pyenv, by version; the one that runs this first."""
    found = {sys.version.split()[0]: sys.executable}
    paths = [Path(folder) for folder in os.get_exec_path()]
    paths += sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/*/bin"))
    for path in paths:
        for python in sorted(path.glob("python3.1[1-9]")):
            asked = subprocess.run(
                [python, "-c", "import sys; print(sys.version.split()[0])"], capture_output=True, text=True
            )
            if asked.returncode == 0:
                found.setdefault(asked.stdout.strip(), str(python))
    return found


@pytest.mark.parametrize(("version", "python"), find_pythons().items())
def test_every_python_writes_the_same_mails(version: str, python: str) -> None:
    tricky = [
        BODY,
        HEADERS,
        AUTHOR,
        QUOTED,
        "Jane Doe",
        "",
        "J. Müller-Łódź",
        "漢字かな" * 20,
        'שלום (a "b") \\',
        "👩‍👩‍👧" * 12,
        "x" * 200,
    ]
    tricky += [f"{text}".ljust(length, "y") for text in tricky for length in range(60, 200, 7)]
    samples = [(text, other) for text, other in zip(tricky, reversed(tricky), strict=True)]
    ours = hashlib.sha256()
    for sender, subject in samples:
        boxes: list[Header] = [(name, Mailbox(sender, "a.b@c.example")) for name in ("From", "Reply-To", "To")]
        ours.update(write_message([*boxes, ("Subject", subject)], subject, html=sender, pdf=Pdf("a.pdf", b"%PDF")))
    theirs = subprocess.run(
        [python, "-c", WRITE], input=json.dumps(samples), capture_output=True, text=True, cwd=Path(__file__).parents[3]
    )
    assert theirs.stdout.strip() == ours.hexdigest(), f"Python {version}: {theirs.stderr}"
