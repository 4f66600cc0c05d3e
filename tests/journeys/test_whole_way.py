"""From a postcode to a letter in the mail server, as a person goes, in a real browser with a real worker."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from letters.models import DownloadCount, Letter, Status
from tests.conftest import OpenPage, StartWorker
from tests.journeys.supporter import OWN_WORDS, Supporter
from tests.servers.browser import DESKTOP, PHONE
from tests.servers.mail import MailServer

ARGUMENTS = ("The war nearly ended in its second month", "‘Seize the moment’")


def read_pdf(content: bytes) -> str:
    """The PDF's text with all white space as single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("screen", "script"), [(PHONE, True), (DESKTOP, False)], ids=["phone-with-script", "desktop-without-script"]
)
def test_a_letter_goes_the_whole_way(
    new_page: OpenPage,
    live_server: LiveServer,
    smtp_server: MailServer,
    start_worker: StartWorker,
    tmp_path: Path,
    screen: dict[str, Any],
    script: bool,
) -> None:
    start_worker(beat=True)
    jane = Supporter(new_page(**screen, java_script_enabled=script, accept_downloads=True), live_server.url)
    jane.find_mp()
    assert "MP for Cities of London and Westminster" in jane.page.content()
    jane.choose(*ARGUMENTS)
    jane.write()
    jane.give_details()
    assert Letter.objects.count() == 0

    downloaded = read_pdf(jane.download(tmp_path))
    assert OWN_WORDS in downloaded
    assert "Jane Doe" in downloaded
    assert Letter.objects.count() == 0, "a download leaves no letter"
    assert DownloadCount.objects.get().count == 1

    jane.send()
    [asked] = smtp_server.wait_for(1, seconds=45)
    assert asked.recipients == ("jane@supporter.example",)
    assert "Jane" not in asked.content.decode()
    body = asked.message.get_body(("plain",))
    assert body is not None
    [link] = re.findall(r"http://\S+/confirm/\S+/", body.get_content())
    jane.page.goto(link)
    assert Letter.objects.get().status == Status.UNCONFIRMED, "looking confirms nothing"
    jane.press("Send my letter now")
    assert jane.page.inner_text("h1").startswith("Thank you. Your letter ")

    [_asked, letter, told] = smtp_server.wait_for(3, seconds=45)
    row = Letter.objects.get()
    message = letter.message
    assert letter.recipients == ("rehearsal@parley.localhost",)
    assert letter.sender == row.envelope_sender
    assert message["From"] == "Jane Doe via Time to negotiate <letters@parley.localhost>"
    assert message["Reply-To"] == "Jane Doe <jane@supporter.example>"
    assert message["Message-ID"] == row.message_id
    assert message["Subject"].startswith(f"[Rehearsal] {row.subject} (")
    plain = message.get_body(("plain",))
    assert plain is not None
    text = " ".join(plain.get_content().split())
    assert OWN_WORDS in text
    assert all(part.text in text for part in row.paragraphs.exclude(argument_key=""))
    assert "Rachel Blake MP <rachel.blake.mp@parliament.uk>" in text
    [attachment] = message.iter_attachments()
    pdf = attachment.get_content()
    printed = read_pdf(pdf)
    for part in (
        OWN_WORDS,
        "Rachel Blake MP House of Commons London SW1A 0AA",
        "1 Test Street London SW1A 1AA",
        row.reference,
    ):
        assert part in printed
    assert hashlib.sha256(pdf).hexdigest() == row.pdf_sha256

    if not script:
        jane.page.reload()
    expect(jane.page.get_by_text("Your letter was sent.")).to_be_visible()  # by itself, with scripts
    assert Letter.objects.get().status == Status.SENT
    assert told.recipients == ("jane@supporter.example",)
    assert told.message["Subject"] == "Your letter to Rachel Blake MP was sent"
    assert len(smtp_server.messages) == 3
