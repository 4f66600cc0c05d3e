"""The mails that leave the site: whole, addressed right, and no relay for anybody (addresses.py)."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.content.models import Campaign
from letters.delivery.alerts import build_alert_mail
from letters.mail import messages
from letters.mail.addresses import make_envelope_sender, make_message_id, verify_envelope_sender
from letters.mail.messages import build_letter_mail, build_notice_mail, name_domain
from letters.mail.mime import Mailbox, MailRefusedError
from letters.models import Alert, Letter, Notice, Refusal
from letters.privacy.tokens import make_token
from letters.tasks import sweep
from letters.writing.text import clean_line, clean_text
from letters.writing.typography import set_marks
from tests.letters.factories import make_campaign, make_letter
from tests.letters.header_tools import ANYTHING, AUTHOR, BODY, HEADERS, QUOTED, check_mailbox, read_words, split_head

pytestmark = pytest.mark.django_db


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_the_letter_says_who_writes_and_takes_answers_to_them() -> None:
    letter = make_letter()
    mail, sha256 = build_letter_mail(letter)
    message = read(mail.content)
    assert message["From"] == "Jane Doe via Time to talk <letters@parley.localhost>"
    assert message["Reply-To"] == f"Jane Doe <{letter.sender_email}>"
    assert message["To"] == "rehearsal@parley.localhost"
    assert message["Subject"] == "[Rehearsal] Talks about talks (Cities of London and Westminster)"
    assert message["Message-ID"] == letter.message_id == make_message_id(letter)
    assert mail.envelope_sender == letter.envelope_sender == make_envelope_sender(letter)
    text = plain(message)
    for part in (
        "REHEARSAL: this letter was not sent to an MP. It would have gone to Ms Ann Example MP "
        "<ann.example.mp@parliament.example>.",
        "Dear Ms Example,",
        "I have thought about this for years.",
        "The full text of argument 1. [1]",
        "I ask you to say so.",
        "Jane Doe\n1 Test Street\nLondon\nSW1A 1AA",
        "[1] Jane Roe, Report 1.",
        letter.reference,
        "Talk Group, 1 High Street, Leeds LS1 1AA",
    ):
        assert part in text
    [pdf] = message.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    content = pdf.get_content()
    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() == sha256


def test_a_live_letter_is_addressed_to_the_mp_and_says_nothing_of_rehearsal(settings: Any) -> None:
    settings.LIVE_DELIVERY = True
    mail, _sha256 = build_letter_mail(make_letter(make_campaign(mode="live")))
    message = read(mail.content)
    assert message["To"] == "Ms Ann Example MP <ann.example.mp@parliament.example>"
    assert "ehearsal" not in message["Subject"] + plain(message)


def test_the_bounce_address_is_signed_and_fits_the_standard(settings: Any) -> None:
    letter = make_letter()
    local, _at, domain = make_envelope_sender(letter).partition("@")
    assert domain == "parley.localhost"
    assert len(local) <= 64  # RFC 5321, 4.5.3.1.1
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    assert make_envelope_sender(letter).partition("@")[0] != local
    assert verify_envelope_sender(f"{local}@{domain}") is None
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert verify_envelope_sender(f"{local}@{domain}") == letter.reference


@pytest.fixture
def quick_pdf(monkeypatch: Any) -> None:
    """The property is about headers and text: the PDF is another test's matter."""
    monkeypatch.setattr(messages, "render_letter_pdf", lambda text: b"%PDF-1.7")


# What a row can hold: whatever was typed before names were refused anything, but no half of a pair.
STORED = ANYTHING.map(lambda text: text.encode("utf-8", "replace").decode())
PARTS = ["MIME-Version", "Content-Type"]


@pytest.mark.usefixtures("quick_pdf")
@example(name=BODY, title=HEADERS, constituency=BODY, member=QUOTED, words="", rehearsal=False)
@example(name=AUTHOR, title="Time to negotiate", constituency="Ynys Môn", member=AUTHOR, words="", rehearsal=True)
@given(
    name=STORED, title=STORED, constituency=STORED, member=STORED, words=st.text(max_size=200).map(clean_text), rehearsal=st.booleans()
)  # fmt: skip
def test_whatever_is_stored_makes_a_letter_with_the_headers_that_were_meant(
    name: str, title: str, constituency: str, member: str, words: str, rehearsal: bool
) -> None:
    letter = _letter_of(name, title, words, constituency, member_name=member, rehearsal=rehearsal)
    with override_settings(LIVE_DELIVERY=True):
        mail, _sha256 = build_letter_mail(letter)
    found = split_head(mail.content)
    names = ["From", "Reply-To", "To", "Subject", "Date", "Message-ID", "X-Parley-Reference", *PARTS]
    assert [name for name, _value in found] == names
    headers = dict(found)
    check_mailbox(headers["From"], Mailbox(clean_line(f"{name} via {title}"), "letters@parley.localhost"))
    check_mailbox(headers["Reply-To"], Mailbox(name, letter.sender_email))
    to = Mailbox("", "rehearsal@parley.localhost") if rehearsal else Mailbox(member, letter.member_email)
    check_mailbox(headers["To"], to)
    subject = clean_line(f"{set_marks(letter.subject)} ({constituency})")
    assert read_words(headers["Subject"]) == clean_line(f"[Rehearsal] {subject}" if rehearsal else subject)
    message = read(mail.content)
    assert set_marks(words) in plain(message)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "application/pdf"]


SUBJECTS = {
    Notice.Kind.CONFIRM: "One more step: your letter to {}",
    Notice.Kind.REMIND: "Still to send: your letter to {}",
    Notice.Kind.SENT: "Your letter to {} was sent",
    Notice.Kind.RETURNED: "Your letter to {} did not arrive: please post it",
    Notice.Kind.REFUSED: "Your letter to {} was not sent",
    Notice.Kind.HELD: "Your letter to {} is on hold",
    Notice.Kind.LINKS: "The links to your letters",
    Notice.Kind.ANSWER: "Did {} answer your letter?",
    Notice.Kind.OUTDATED: "A fact in your letter has been corrected",
    Notice.Kind.CORRECTED: "A correction to your letter to {}",
}


@pytest.mark.usefixtures("quick_pdf")
@example(kind=Notice.Kind.CONFIRM, name=BODY, title=HEADERS, constituency=BODY, member=QUOTED)
@given(kind=st.sampled_from(Notice.Kind), name=STORED, title=STORED, constituency=STORED, member=STORED)
def test_whatever_is_stored_makes_a_notice_with_the_headers_that_were_meant(
    kind: Notice.Kind, name: str, title: str, constituency: str, member: str
) -> None:
    letter = _letter_of(name, title, "", constituency, member_name=member)
    letter.refusal = Refusal(letter=letter, reason=title)
    mail = build_notice_mail(letter, kind)
    found = split_head(mail.content)
    assert [name for name, _value in found] == ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", *PARTS]
    headers = dict(found)
    check_mailbox(headers["From"], Mailbox(title, "letters@parley.localhost"))
    check_mailbox(headers["To"], Mailbox("", letter.sender_email))
    assert read_words(headers["Subject"]) == clean_line(SUBJECTS[kind].format(member))
    kinds = [part.get_content_type() for part in read(mail.content).walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", *(["application/pdf"] if kind == Notice.Kind.SENT else [])]


@given(site=STORED, words=STORED)
def test_an_alert_has_the_headers_that_were_meant(site: str, words: str) -> None:
    alert = Alert(pk=1, kind=Alert.Kind.PAUSED, words=words, at=timezone.now())
    with override_settings(SITE_URL=site):
        mail = build_alert_mail(alert, "rehearsal@parley.localhost")
    found = split_head(mail.content)
    names = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", *PARTS, "Content-Transfer-Encoding"]
    assert [name for name, _value in found] == names
    assert found[:2] == [("From", "Parley <letters@parley.localhost>"), ("To", "rehearsal@parley.localhost")]
    assert read_words(dict(found)["Subject"]) == clean_line(f"The queue is paused: {site}")


@pytest.mark.usefixtures("quick_pdf")
@pytest.mark.parametrize("field", ["sender_email", "member_email", "message_id", "reference"])
def test_a_row_with_structure_where_nobody_types_makes_no_mail(field: str, settings: Any) -> None:
    settings.LIVE_DELIVERY = True
    letter = _letter_of("Jane Doe", "Peace", "", "Leeds", rehearsal=False)
    build_letter_mail(letter)
    for value in ("x\r\nBcc: a@b.example", "=?utf-8?q?x=0d=0aBcc:_a?=@b.example"):
        setattr(letter, field, value)
        with pytest.raises(MailRefusedError):
            build_letter_mail(letter)


def _letter_of(name: str, title: str, words: str, constituency: str, **fields: Any) -> Letter:
    """A letter in memory only: hypothesis runs hundreds of them."""
    campaign = Campaign(title=title, slug="x", subject=title[:150])
    letter = Letter(**{
        "campaign": campaign, "sender_name": name, "sender_email": "jane@supporter.example", "sender_address": "1 Test Street",
        "sender_postcode": "SW1A 1AA", "subject": title[:150], "constituency_name": constituency, "member_name": "Ms Ann Example MP",
        "member_email": "ann@parliament.example", "salutation": "Dear Ms Example", "ask_text": words,
    } | fields)  # fmt: skip
    letter.message_id, letter.envelope_sender = make_message_id(letter), make_envelope_sender(letter)
    letter._prefetched_objects_cache = {"paragraphs": []}  # type: ignore[attr-defined]
    return letter


def test_the_confirmation_mail_carries_no_free_text_and_no_name(settings: Any) -> None:
    letter = make_letter(queued=False, sender_name="Buy pills at spam.example")
    mail = build_notice_mail(letter, Notice.Kind.CONFIRM)
    message = read(mail.content)
    assert mail.recipient == letter.sender_email == message["To"]
    assert message["Auto-Submitted"] == "auto-generated"
    html = message.get_body(("html",))
    assert html is not None
    for text in (plain(message), html.get_content()):
        assert f"{settings.SITE_URL}/confirm/{make_token(letter.id, 'confirm')}/" in text
        for typed in ("pills", "I have thought", "Test Street", "SW1A 1AA"):
            assert typed not in text
    assert "pills" not in str(message["From"]) + str(message["Subject"])


def test_the_supporter_of_a_sent_letter_gets_a_copy_with_the_pdf_and_the_link() -> None:
    letter = make_letter(sent_at=timezone.now())
    message = read(build_notice_mail(letter, Notice.Kind.SENT).content)
    assert message["To"] == letter.sender_email
    assert message["Subject"] == "Your letter to Ms Ann Example MP was sent"
    text = plain(message)
    for part in (
        "Dear Jane Doe,",
        f"/letter/{make_token(letter.id, 'letter')}/",
        "I have thought about this for years.",
    ):
        assert part in text
    [pdf] = message.iter_attachments()
    assert pdf.get_content().startswith(b"%PDF-")


def test_the_supporter_of_a_letter_that_came_back_learns_what_to_do() -> None:
    letter = make_letter()
    message = read(build_notice_mail(letter, Notice.Kind.RETURNED).content)
    assert message["Subject"] == "Your letter to Ms Ann Example MP did not arrive: please post it"
    assert "Please print and post it." in plain(message)
    assert f"/letter/{make_token(letter.id, 'letter')}/" in plain(message)
    assert list(message.iter_attachments()) == []


def test_mails_say_once_that_somebody_is_an_mp() -> None:
    letter = make_letter(sent_at=timezone.now(), member_name="Ann Example MP")
    Refusal.objects.create(letter=letter, reason="It threatens.")
    for kind in (Notice.Kind.CONFIRM, Notice.Kind.SENT, Notice.Kind.RETURNED, Notice.Kind.REFUSED):
        message = read(build_notice_mail(letter, kind).content)
        html = message.get_body(("html",))
        assert html is not None
        for text in (plain(message), html.get_content()):
            said = " ".join(text.split())
            assert "Ann Example MP (Cities of London and Westminster)" in said
            assert "MP for" not in said


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ann@Parliament.UK", "parliament.uk"),
        ("ann@p\u0430rliament.uk", "xn--prliament-0yh.uk"),  # a Cyrillic a
        ("ann@bücher.example", "xn--bcher-kva.example"),
        ("", ""),
        (f"ann@{'a' * 64}.example", f"{'a' * 64}.example"),
    ],
)
def test_a_domain_is_named_as_mail_servers_spell_it(address: str, domain: str) -> None:
    assert name_domain(address) == domain


def test_a_letter_and_its_supporters_copy_are_printed_once_and_kept_no_longer_than_the_next_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed: list[object] = []

    def render(text: object) -> bytes:
        printed.append(text)
        return b"%PDF"

    monkeypatch.setattr(messages, "render_letter_pdf", render)
    letter = make_letter()
    build_letter_mail(letter)
    build_notice_mail(letter, Notice.Kind.SENT)
    assert len(printed) == 1
    assert messages.render_copy.cache_info().currsize > 0
    Letter.objects.update(next_attempt_at=timezone.now() + dt.timedelta(hours=1))
    sweep()
    assert messages.render_copy.cache_info().currsize == 0
