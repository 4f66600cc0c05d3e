"""Names and titles that try to become headers, bodies or authors of the mails that the site sends."""

from __future__ import annotations

import email
import email.policy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.delivery.alerts import send_alerts
from letters.delivery.notices import send_notices
from letters.delivery.worker import drain_queue
from letters.mail import mime
from letters.mail.backoff import MAX_ATTEMPTS
from letters.models import Alert, Letter, Notice, Status, queue_confirmation
from letters.privacy.tokens import make_token
from tests.letters.actions.test_correct import NEW
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.header_tools import AUTHOR, BODY, HEADERS, QUOTED, check_mailbox, read_words, split_head
from tests.letters.views.test_journey import DETAILS, come_to_details, go
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db
SITE = "letters@parley.localhost"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (BODY, "must not include “=?”"),
        (HEADERS, "must not include “=?”"),
        (AUTHOR, "must not include “&lt;”"),
        (QUOTED, "must not include “&lt;”"),
        ("Smith, Jr", "For example, write “Smith Jr” instead of “Smith, Jr”."),
        ("ann.example.mp@parliament.example", "Enter your name here, not your email address."),
        ('Jane "Joy" Doe', "Leave them out, or use ‘ and ’."),
        ("Jane; Doe", "must not include “;”"),
        ("Jane\u037e Doe", "must not include “;”"),
        ("Group: Jane Doe", "must not include “:”"),
        ("Jane > Doe", "must not include “&gt;”"),
    ],
)
def test_such_a_name_is_refused_wherever_one_is_typed(client: Client, name: str, says: str) -> None:
    make_constituency()
    make_campaign()
    come_to_details(client)
    for step in ("write-check", "write-send", "write-download", "write-text"):
        page = go(client, step, DETAILS | {"name": name, "consent": "on"})
        assert page.status_code == 200
        assert says in page.content.decode()
    assert not Letter.objects.exists()
    assert not Notice.objects.exists()
    letter = make_letter()
    page = client.post(reverse("letter-correct", args=[make_token(letter.pk, "letter")]), NEW | {"name": name})
    assert says in page.content.decode()
    assert Letter.objects.get().sender_name == "Jane Doe"


@pytest.mark.parametrize(
    "name",
    ["Siân O'Brien-Łódź", "Dr. J. R. R. Tolkien", "Smith Jr", "Anne (Annie) Doe", "Jane ‘Joy’ Doe", "‘Abd ar-Raḥmān", "李小龍", "M&S Doe!"],
)  # fmt: skip
def test_an_ordinary_name_arrives_as_it_was_typed(client: Client, smtp_server: MailServer, name: str) -> None:
    make_constituency()
    make_campaign()
    come_to_details(client)
    assert go(client, "write-send", DETAILS | {"name": name, "consent": "on"}).status_code == 302
    letter = Letter.objects.get()
    client.post(reverse("confirm", args=[make_token(letter.pk, "confirm")]))
    Letter.objects.update(status=Status.QUEUED, next_attempt_at=timezone.now())  # whatever a rule thinks of it
    drain_queue()
    [content] = [taken.content for taken in smtp_server.messages if letter.reference.encode() in taken.content]
    headers = dict(split_head(content))
    check_mailbox(headers["From"], mime.Mailbox(f"{name} via Time to talk", SITE))
    check_mailbox(headers["Reply-To"], mime.Mailbox(name, "jane@supporter.example"))


@pytest.mark.parametrize("name", [BODY, HEADERS, AUTHOR, QUOTED])
def test_a_letter_of_before_with_such_a_name_arrives_as_one_letter(smtp_server: MailServer, name: str) -> None:
    campaign = make_campaign(title=name[:120], subject=name[:150])
    letter = make_letter(campaign, sender_name=name, constituency_name=name, member_name=name)
    queue_confirmation(make_letter(campaign, queued=False, sender_name=name, member_name=name))
    assert drain_queue() == {"sent": 1}
    assert send_notices() == 2
    sent, *told = (taken.content for taken in smtp_server.messages)
    found, ours = split_head(sent), ["MIME-Version", "Content-Type"]
    assert [header for header, _value in found] == [
        "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "X-Parley-Reference", *ours,
    ]  # fmt: skip
    check_mailbox(dict(found)["From"], mime.Mailbox(f"{name} via {campaign.title}", SITE))
    check_mailbox(dict(found)["Reply-To"], mime.Mailbox(name, letter.sender_email))
    for content in told:
        found = split_head(content)
        assert [header for header, _value in found] == [
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", *ours,
        ]  # fmt: skip
        check_mailbox(dict(found)["From"], mime.Mailbox(campaign.title, SITE))
    assert [read_words(dict(split_head(content))["Subject"]) for content in told] == [
        f"One more step: your letter to {name}",
        f"Your letter to {name} was sent",
    ]
    for content, kinds in zip(
        (sent, *told), (["plain", "pdf"], ["plain", "html"], ["plain", "html", "pdf"]), strict=True
    ):
        message = email.message_from_bytes(content, policy=email.policy.default)
        leaves = [part for part in message.walk() if not part.is_multipart()]
        assert [part.get_content_subtype() for part in leaves] == kinds
        assert [box.addr_spec for box in message["From"].addresses] == [SITE]
        assert "<h1>Forged" not in "".join(
            str(part.get_content()) for part in leaves if part.get_content_subtype() == "html"
        )


# --- A mail that is refused after all ---


@pytest.fixture
def faulty_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that writes a name and a subject as they are, if they are called Bad."""
    write = mime._write_words
    monkeypatch.setattr(
        mime, "_write_words", lambda text, plain: ["x\r\nBcc: a@b.example\r\n"] if "Bad" in text else write(text, plain)
    )


@pytest.mark.usefixtures("faulty_writer")
def test_a_letter_that_would_be_read_otherwise_fails_and_the_others_go(
    smtp_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    campaign = make_campaign()
    bad, good = make_letter(campaign, sender_name="Bad"), make_letter(campaign)
    assert drain_queue() == {"sent": 1}
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == (Status.FAILED, Status.SENT)
    assert bad.events.get(type=Status.FAILED).note == "The letter could not be made (MailRefusedError)."
    assert f"letter {bad.reference} could not be made: MailRefusedError" in caplog.text
    assert len(smtp_server.messages) == 1


@pytest.mark.usefixtures("faulty_writer")
def test_a_notice_that_would_be_read_otherwise_is_given_up_and_the_others_go(smtp_server: MailServer) -> None:
    bad = make_letter(make_campaign(), queued=False, member_name="Bad")
    queue_confirmation(bad)
    queue_confirmation(make_letter(queued=False))
    sent = []
    for _ in range(MAX_ATTEMPTS + 1):
        owed = Notice.objects.filter(kind=Notice.Kind.CONFIRM, due_at__isnull=False)
        owed.update(due_at=timezone.now())
        sent.append(send_notices())
    assert sent == [1] + [0] * MAX_ATTEMPTS
    assert not owed.exists()
    assert bad.events.get().note == "The email “Please confirm your letter” could not be delivered."
    assert len(smtp_server.messages) == 1


@pytest.mark.usefixtures("faulty_writer")
def test_an_alert_that_would_be_read_otherwise_is_given_up_and_the_others_go(
    smtp_server: MailServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Alert, "get_kind_display", lambda alert: "Bad" if alert.kind == Alert.Kind.PAUSED else "Good")
    bad = Alert.objects.create(kind=Alert.Kind.PAUSED, words="451 try later")
    Alert.objects.create(kind=Alert.Kind.RESUMED)
    sent = []
    for _ in range(MAX_ATTEMPTS + 1):
        Alert.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        sent.append(send_alerts())
    assert sent == [1] + [0] * MAX_ATTEMPTS
    assert (Alert.objects.get(pk=bad.pk).due_at, len(smtp_server.messages)) == (None, 1)
