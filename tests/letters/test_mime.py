"""Mail written by hand is the mail that Python's own parser and builder know."""

from __future__ import annotations

import email
import email.policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.mime import Header, write_header, write_message
from letters.tidying import tidy_line, tidy_text

lines = st.text(max_size=120).map(tidy_line)
tricky = st.text(alphabet="aZ 0.,;:=?_-\"\\()<>@é漢'", max_size=100).map(tidy_line)


def build_as_python_does(headers: list[Header], text: str, pdf: bytes, filename: str) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    for name, value in headers:
        message[name] = value if isinstance(value, str) else Address(value[0], addr_spec=value[1])
    message.set_content(text, cte="quoted-printable")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=filename)
    return message


def parse(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


@given(
    person=lines | tricky,
    subject=lines | tricky,
    text=(st.text(max_size=300) | st.text(alphabet="ab .=\n-_é", max_size=300)).map(tidy_text),
    pdf=st.binary(min_size=1, max_size=200),
)
def test_it_says_what_pythons_own_builder_says(person: str, subject: str, text: str, pdf: bytes) -> None:
    headers: list[Header] = [
        ("From", (person, "letters@parley.localhost")),
        ("To", ("", "o'brien+x@parliament.example")),
        ("Subject", subject),
        ("X-Parley-Reference", "C7QK-4MHW"),
    ]
    content = write_message(headers, text + "\n", pdf, "letter-a.pdf")
    ours, pythons = (parse(content), parse(build_as_python_does(headers, text + "\n", pdf, "letter-a.pdf").as_bytes()))
    assert [(name, str(ours[name])) for name in ours if name != "Content-Type"] == [
        (name, str(pythons[name])) for name in pythons if name != "Content-Type"
    ]
    assert ours.get_content_type() == pythons.get_content_type() == "multipart/mixed"
    for mine, its in zip(ours.iter_parts(), pythons.iter_parts(), strict=True):
        assert (mine.get_content_type(), mine.get_filename()) == (its.get_content_type(), its.get_filename())
        assert mine.defects == []
    ours_text, ours_pdf = ours.iter_parts()
    assert ours_text.get_content().replace("\r\n", "\n") == text + "\n"
    assert ours_pdf.get_content() == pdf
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))  # RFC 5322, 2.1.1
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert content.isascii()


@pytest.mark.parametrize("value", ["a\r\nBcc: x@y.example", "a\nBcc: x@y.example", ("a\r\nBcc: b", "a@b.example")])
def test_a_header_with_a_line_end_is_refused(value: str | tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|CR|carriage"):
        write_header("Subject", value)


def test_a_text_that_looks_like_the_end_of_its_part_is_still_text() -> None:
    text = "--=_parley--\n--=_parley\nContent-Type: text/html\n\n.\n"
    message = parse(write_message([("Subject", "Hello")], text, b"%PDF", "a.pdf"))
    first, second = message.iter_parts()
    assert first.get_content().replace("\r\n", "\n") == text
    assert second.get_content() == b"%PDF"
