"""The mails that leave the site: the letter to the MP, and notices to the supporter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from letters.mail.addresses import address_letter, make_message_id, split_from
from letters.mail.mime import Header, Mailbox, Pdf, write_message
from letters.models import CONFIRMING, Letter, Notice, Status
from letters.privacy.lost_links import list_links
from letters.privacy.newsletter import wants_newsletter
from letters.privacy.tokens import make_confirm_token, make_letter_token
from letters.rendering.pdf import render_letter_pdf
from letters.rendering.plain_text import write_plain_text
from letters.writing.compose import LetterText, read_letter
from letters.writing.text import clean_line

MAX_COPIES = 300  # PDFs kept in memory, some 50 kB each


@dataclass(frozen=True)
class Mail:
    """A message ready for the server: envelope and bytes."""

    envelope_sender: str
    recipient: str
    content: bytes


def write_subject(subject: str, constituency_name: str, *, rehearsal: bool) -> str:
    line = f"{subject} ({constituency_name})"
    return clean_line(f"[{_('Rehearsal')}] {line}" if rehearsal else line)


def name_domain(address: str) -> str:
    domain = address.rpartition("@")[2].lower()
    try:
        return domain.encode("idna").decode()
    except UnicodeError:  # a label is empty or too long
        return domain


def name_pdf(letter: Letter) -> str:
    """Return the attachment's file name, with constituency and reference but no name."""
    return f"letter-{_slugify(letter.constituency_name)}-{letter.reference}.pdf"


@lru_cache(maxsize=MAX_COPIES)
def render_copy(text: LetterText) -> bytes:
    return render_letter_pdf(text)


_slugify = lru_cache(maxsize=1000)(slugify)  # there are 650 constituencies


def build_letter_mail(letter: Letter) -> tuple[Mail, str]:
    """Return the mail to the MP, and the SHA-256 of its PDF in hex.

    Raises the PDF engine's errors, MailRefusedError (mail.mime), and PermissionError for a live letter without
    LIVE_DELIVERY.
    """
    if not (letter.rehearsal or settings.LIVE_DELIVERY):
        raise PermissionError("LIVE_DELIVERY is off")
    with override(letter.language):
        text = read_letter(letter)
        pdf = render_copy(text)
        plain = write_plain_text(text)
    recipient = letter.recipient
    headers: list[Header] = [
        ("From", address_letter(letter.sender_name, letter.campaign)),
        ("Reply-To", Mailbox(letter.sender_name, letter.sender_email)),
        ("To", Mailbox("" if letter.rehearsal else letter.member_name, recipient)),
        ("Subject", write_subject(text.subject, letter.constituency_name, rehearsal=letter.rehearsal)),
        ("Date", format_datetime(timezone.now())),
        ("Message-ID", letter.message_id or make_message_id(letter)),
        ("X-Parley-Reference", letter.reference),
    ]
    if (
        settings.ANYMAIL_PROVIDER == "postmark"
    ):  # its webhooks have neither Message-ID nor bounce address, only such headers
        headers.append(("X-PM-Metadata-letter", letter.envelope_sender))
    if letter.rehearsal:
        notice = _("REHEARSAL: this letter was not sent to an MP. It would have gone to %(mp)s <%(address)s>.")
        plain = notice % {"mp": letter.member_name, "address": letter.member_email} + "\n\n" + plain
    content = write_message(headers, plain, pdf=Pdf(name_pdf(letter), pdf))
    return Mail(letter.envelope_sender, recipient, content), hashlib.sha256(pdf).hexdigest()


def build_notice_mail(letter: Letter, kind: str) -> Mail:
    """Return the notice as a mail; the one about a sent letter has a copy and the PDF.

    The one that asks for confirmation has neither free text nor a name, so that the form cannot relay messages to
    strangers: until confirmation nobody knows whose address it is.
    """
    confirming = kind in CONFIRMING
    unconfirmed = confirming or letter.status == Status.UNCONFIRMED
    purpose = "confirm" if unconfirmed else "letter"
    token = make_confirm_token(letter) if unconfirmed else make_letter_token(letter)
    context: dict[str, Any] = {
        "letter": letter,
        "campaign": letter.campaign,
        "url": settings.SITE_URL + reverse(purpose, args=[token]),
        "rehearsal": letter.rehearsal,
        "news": not confirming and wants_newsletter(letter),
    }
    pdf = None
    if kind == Notice.Kind.LINKS:
        context["links"] = list_links(letter)
    if kind in (Notice.Kind.REFUSED, Notice.Kind.HELD):
        context["again"] = settings.SITE_URL + letter.campaign.get_absolute_url()
    if kind == Notice.Kind.REFUSED:
        context["reason"] = letter.refusal.reason
    with override(letter.language):
        if kind == Notice.Kind.SENT:
            text = read_letter(letter)
            context["copy"], pdf = write_plain_text(text), render_copy(text)
        plain = render_to_string(f"letters/mails/{kind}.txt", context)
        html = render_to_string(f"letters/mails/{kind}.html", context)
        subject = render_to_string(f"letters/mails/{kind}_subject.txt", context)
    # Mail programs show each Message-ID once, so a mail that is repeated on purpose needs another.
    again: int | str = letter.confirm_generation + letter.confirm_repeats if confirming else 0
    if kind == Notice.Kind.LINKS:
        again = timezone.now().strftime("%Y%m%d%H%M%S%f")
    headers: list[Header] = [
        ("From", Mailbox(letter.campaign.title, settings.LETTERS_FROM)),
        ("To", Mailbox("", letter.sender_email)),
        ("Subject", subject),
        ("Date", format_datetime(timezone.now())),
        ("Message-ID", f"<{kind}{again or ''}.{letter.id}@{split_from()[1]}>"),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: keeps out-of-office replies away
    ]
    content = write_message(headers, plain, html=html, pdf=None if pdf is None else Pdf(name_pdf(letter), pdf))
    return Mail(settings.LETTERS_FROM, letter.sender_email, content)
