"""The demo's mailbox: keeps every mail, shows anybody's bytes safely, and only to this machine (catcher.py, store.py, views.py, letters/management/commands/catch_mail.py)."""

import smtplib
import socket
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from letters.mailbox.catcher import HOST, start_catcher, store_message
from letters.mailbox.store import list_mail, open_mail, read_headers, read_mail

PDF = b"%PDF-1.7 a letter"
KEY = "1795000000.M1P2Q3.here"


def make_mail(text: str = "Please open https://parley.example/confirm/abc to confirm.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = '"Jane Doe via Time to negotiate" <letters@campaign.example>'
    message["To"] = "mp@parliament.example"
    message["Subject"] = "Ŵrexham: please listen"
    message.set_content(text)
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="letter.pdf")
    message.add_attachment("<script>alert(1)</script>", subtype="html", filename="../../etc/pass\\wd.html")
    return message


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MAILBOX_DIR = mailbox = tmp_path / "mailbox"
    return mailbox


@pytest.fixture
def kept(folder: Path) -> str:
    return store_message(folder, "bounce+x@campaign.example", ["mp@parliament.example"], make_mail().as_bytes())


def test_it_keeps_what_a_mail_program_hands_over_with_its_envelope(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    catcher = start_catcher(folder, port)
    try:
        with smtplib.SMTP(HOST, port, timeout=10) as client:
            client.send_message(make_mail(), "bounce+x@campaign.example", ["a@one.example", "b@two.example"])
    finally:
        catcher.stop()
    (found,) = list_mail(folder)
    assert found.subject == "Ŵrexham: please listen"
    assert found.envelope_from == "bounce+x@campaign.example"
    assert found.envelope_to == ["a@one.example", "b@two.example"]
    opened = open_mail(folder, found.key)
    assert opened is not None
    assert [part.content for part in opened.attachments if part.is_pdf] == [PDF]


def test_an_envelope_cannot_smuggle_headers(folder: Path) -> None:
    key = store_message(
        folder, "a@b.example\r\nSubject: forged", ["c@d.example\nX: y"], b"Subject: real\r\n\r\nHello\r\n"
    )
    found = open_mail(folder, key)
    assert found is not None
    assert (found.subject, found.envelope_from) == ("real", "a@b.example Subject: forged")


def test_the_list_shows_the_newest_first(folder: Path, client: Client) -> None:
    for number in range(12):
        store_message(folder, "a@b.example", ["c@d.example"], f"Subject: number {number}\n\n".encode())
    assert [mail.subject for mail in list_mail(folder)] == [f"number {n}" for n in reversed(range(12))]
    assert client.get(reverse("mailbox")).status_code == 200


def test_an_empty_mailbox_says_so(folder: Path, client: Client) -> None:
    assert "No emails yet" in client.get(reverse("mailbox")).content.decode()


def test_a_mail_is_shown_as_text_with_its_links(kept: str, client: Client) -> None:
    page = client.get(reverse("mailbox-mail", args=[kept])).content.decode()
    assert 'href="https://parley.example/confirm/abc"' in page
    assert "Jane Doe via Time to negotiate" in page
    assert "bounce+x@campaign.example" in page


def test_html_in_a_text_is_only_text(folder: Path, client: Client) -> None:
    key = store_message(
        folder, "a@b.example", ["c@d.example"], b"Subject: <b>x\n\n<script>alert(1)</script> javascript:alert(1)"
    )
    page = client.get(reverse("mailbox-mail", args=[key])).content.decode()
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert 'href="javascript' not in page


def test_a_pdf_opens_in_the_browser(kept: str, client: Client) -> None:
    answer = client.get(reverse("mailbox-attachment", args=[kept, 1, "letter.pdf"]))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="letter.pdf"'
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_an_html_part_is_only_saved_and_sandboxed(kept: str, client: Client) -> None:
    answer = client.get(reverse("mailbox-attachment", args=[kept, 2, "x"]))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="wd.html"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("key", ["..", "../../secret_key", "new", ".", "\0", "x" * 5000, "1795000000.M1P2Q3.gone"])
def test_only_keys_of_the_folder_are_opened(folder: Path, kept: str, key: str) -> None:
    (folder / "secret_key").write_text("secret")
    assert open_mail(folder, key) is None


def test_there_is_no_such_attachment(kept: str, client: Client) -> None:
    assert client.get(reverse("mailbox-attachment", args=[kept, 3, "x"])).status_code == 404


@pytest.mark.parametrize(
    "where",
    [
        {"REMOTE_ADDR": "203.0.113.5"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=x"},
    ],
)
def test_it_answers_this_machine_only(kept: str, client: Client, where: dict[str, str]) -> None:
    for address in (reverse("mailbox"), reverse("mailbox-mail", args=[kept])):
        assert client.get(address, **where).status_code == 404  # type: ignore[arg-type]


def test_without_a_mailbox_there_is_no_page(client: Client, settings: Settings) -> None:
    settings.MAILBOX_DIR = None
    assert client.get(reverse("mailbox")).status_code == 404
    assert client.get(reverse("mailbox-mail", args=[KEY])).status_code == 404


HEADS = st.sampled_from(
    [
        b"",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
        b"Content-Type: text/plain; charset=",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Transfer-Encoding: base64\n\n",
        b"Content-Transfer-Encoding: uuencode\n\nbegin 666 x\n",
        b"Content-Disposition: attachment; filename*0*=",
        b"Subject: =?utf-8?b?",
    ]
)


@given(st.builds(bytes.__add__, HEADS, st.binary(max_size=300)))
@example(b"Content-Type: text/plain; charset=\xff\n\n\x00\xff")
@example(b'Content-Type: application/pdf; name="=?x?q?\xff?="\n\n%PDF-')
@example(b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 500)
@example(b"Subject: =?utf-8?b?\xff\xfe?= =?nonsense?q?x?=\nFrom: \xff\xfe\n\n")
def test_no_bytes_break_it(content: bytes) -> None:
    opened = read_mail(KEY, content)
    listed = read_headers(KEY, content)
    shown = [opened.text, opened.subject, opened.sender, listed.subject, listed.sender]
    for part in opened.attachments:
        shown.append(part.filename)
        assert reverse("mailbox-attachment", args=[KEY, part.number, part.filename])
    for text in shown:
        text.encode()  # nothing that a page cannot carry


@given(content=st.binary(max_size=200))
@example(content=b"")
@example(content=b"Subject: \xff\n\n" + b"\x00\x01<a href=x>" * 3)
def test_any_mail_has_a_page(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("mail") / "mailbox"
    with override_settings(MAILBOX_DIR=folder):
        key = Maildir(folder).add(content)
        assert Client().get(reverse("mailbox-mail", args=[key])).status_code == 200
        assert Client().get(reverse("mailbox")).status_code == 200
