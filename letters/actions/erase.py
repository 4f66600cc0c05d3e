"""Erases a letter's text and personal data."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from letters.actions.withdraw import withdraw_letter
from letters.models import (
    ENCRYPTED,
    WITHDRAWABLE,
    EventType,
    Finding,
    Fingerprint,
    Letter,
    LetterParagraph,
    NewsConsent,
    Refusal,
    Status,
    Tombstone,
)
from letters.privacy.redaction import redact_notes
from letters.privacy.tombstones import set_tombstone

GOING = (Status.QUEUED, Status.CLAIMED, Status.SENDING)  # these need their text
OF_TEXT = dict.fromkeys(
    ("sender_address", "sender_postcode", "sender_phone", "on_behalf_of", "reply_by", "ask_text", "pdf_sha256"), ""
) | {"own_case": False}


def erase_letter(letter: Letter) -> bool:
    """Erase the letter's text and personal data, withdrawing it first if it has not been sent.

    Constituency, arguments, dates and status remain. Returns False if the letter is being sent right now: the request
    is recorded, it is not sent again, and `finish_erasures` erases it.
    """
    now = timezone.now()
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk, erase_requested_at=None, scrubbed_at=None).update(erase_requested_at=now)
        set_tombstone(letter.pk, Tombstone.Kind.ERASED)
        letter.refresh_from_db()
        if letter.status in WITHDRAWABLE and not withdraw_letter(letter):
            return False  # its status has just changed
        if letter.status == Status.SENDING:
            return False
        return scrub_letter(letter)


def finish_erasures() -> int:
    """Erase the letters whose supporters asked for it while they were being sent; return how many."""
    waiting = Letter.objects.filter(erase_requested_at__isnull=False).exclude(status=Status.SENDING)
    return sum(erase_letter(letter) for letter in waiting)


def erase_text(letter: Letter) -> bool:
    """Delete text and postal address of a letter that is not being sent; name and email stay (letters.actions.purge).

    Returns False, having changed nothing, if its status has changed meanwhile or it has no text.
    """
    now = timezone.now()
    with transaction.atomic():
        mine = Letter.objects.filter(pk=letter.pk, status=letter.status, text_erased_at=None).exclude(status__in=GOING)
        if not mine.update(**OF_TEXT, text_erased_at=now, draft_id=None):
            return False
        redact_notes(letter)
        LetterParagraph.objects.filter(letter=letter).update(text="")
        Fingerprint.objects.filter(letter=letter).delete()
        Finding.objects.filter(letter=letter).delete()
        letter.log_event(EventType.TEXT_ERASED)
    for name, value in OF_TEXT.items():
        setattr(letter, name, value)
    letter.text_erased_at = now
    return True


def scrub_letter(letter: Letter) -> bool:
    """Delete all personal data of a letter that is not being sent; it still counts in statistics.

    Returns False, having changed nothing, if its status has changed meanwhile; True also if it was done before.
    """
    if letter.scrubbed_at:
        return True
    gone = OF_TEXT | dict.fromkeys((*ENCRYPTED, "sender_email_index"), "")
    now = timezone.now()
    with transaction.atomic():
        mine = Letter.objects.filter(pk=letter.pk, status=letter.status, scrubbed_at=None).exclude(status__in=GOING)
        dates = {"scrubbed_at": now, "text_erased_at": letter.text_erased_at or now, "erase_requested_at": None}
        if not mine.update(**gone, **dates, draft_id=None):
            return False
        redact_notes(letter)
        LetterParagraph.objects.filter(letter=letter).update(text="")
        Fingerprint.objects.filter(letter=letter).delete()
        Finding.objects.filter(letter=letter).delete()
        Refusal.objects.filter(letter=letter).update(reason="")
        NewsConsent.objects.filter(letter=letter).delete()
        letter.notices.all().delete()
        letter.log_event(EventType.ERASED)
    for name, value in (gone | dates).items():
        setattr(letter, name, value)
    return True
