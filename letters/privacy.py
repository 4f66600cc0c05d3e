"""Secret links, consent, and forgetting."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from letters.models import (
    ENCRYPTED,
    WITHDRAWABLE,
    Finding,
    Fingerprint,
    Happening,
    Letter,
    LetterParagraph,
    NewsConsent,
    Refusal,
    Status,
    Tombstone,
)
from letters.redaction import hide_personal, hide_writer
from letters.tombstones import set_tombstone

if TYPE_CHECKING:
    from django.contrib.auth.models import User

GOING = (Status.QUEUED, Status.CLAIMED, Status.SENDING)  # these need their text
OF_TEXT = ("sender_address", "sender_postcode", "ask_text", "pdf_sha256")
CONFIRM_WITHIN = dt.timedelta(days=settings.UNCONFIRMED_DAYS)

# A letter about peace talks reveals a political opinion: UK GDPR article 9(2)(a) asks for explicit consent.
CONSENT_VERSION = "2026-11-22"


CONSENT_TEXT = gettext_lazy(
    "I agree that this site stores my name, address, email and letter, which show my political opinion, "
    "in order to send the letter to my MP. I can withdraw this and have it all deleted at any time."
)


def hash_consent() -> str:
    """Return the SHA-256 of the consent text, in hex."""
    return hashlib.sha256(str(CONSENT_TEXT).encode()).hexdigest()


def make_token(letter_id: uuid.UUID, purpose: str) -> str:
    """Return the 256-bit secret for this letter and purpose ("confirm", "letter"), 43 characters.

    It is derived from SECRET_KEY, so that later mails can carry it while the database keeps only its hash.
    """
    digest = salted_hmac(f"letters.{purpose}", str(letter_id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def make_confirm_token(letter: Letter) -> str:
    """Return the secret behind which the letter is confirmed; another one after each change of the writer's address."""
    generation = letter.confirm_generation
    return make_token(letter.id, f"confirm.{generation}" if generation else "confirm")


def hash_token(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def withdraw_letter(letter: Letter, *, note: str = "", actor: User | None = None) -> bool:
    """Withdraw the letter if that is still possible; return whether it was."""
    if letter.status not in WITHDRAWABLE:
        return False
    with transaction.atomic():
        withdrawn = letter.move_to(Status.WITHDRAWN, note=note, actor=actor, next_attempt_at=None)
        if withdrawn:  # no MP gets it: others' letters are not compared with it
            set_tombstone(letter.pk, Tombstone.Kind.WITHDRAWN)
            Fingerprint.objects.filter(letter=letter).delete()
    return withdrawn


def erase_letter(letter: Letter) -> bool:
    """Forget who wrote the letter and what they wrote, withdrawing it first if it is still here.

    What remains is seat, arguments, dates and status. Returns False if the letter is being sent this moment: then that
    it has to be erased is written down, it is not sent again, and `finish_erasures` does it.
    """
    now = timezone.now()
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk, erase_requested_at=None, scrubbed_at=None).update(erase_requested_at=now)
        set_tombstone(letter.pk, Tombstone.Kind.ERASED)
        letter.refresh_from_db()
        if letter.status in WITHDRAWABLE and not withdraw_letter(letter):
            return False  # somebody moved it this moment
        if letter.status == Status.SENDING:
            return False
        return scrub_letter(letter)


def finish_erasures() -> int:
    """Erase the letters whose writers asked for it while they were being sent; return how many."""
    waiting = Letter.objects.filter(erase_requested_at__isnull=False).exclude(status=Status.SENDING)
    return sum(erase_letter(letter) for letter in waiting)


def erase_text(letter: Letter) -> bool:
    """Remove text and postal address from a letter that nobody is sending; name and email stay (letters.purging).

    Returns False, and changes nothing, if it has moved meanwhile or has no text any more.
    """
    now = timezone.now()
    with transaction.atomic():
        mine = Letter.objects.filter(pk=letter.pk, status=letter.status, text_erased_at=None).exclude(status__in=GOING)
        if not mine.update(**dict.fromkeys(OF_TEXT, ""), text_erased_at=now, draft_id=None):
            return False
        hide_in_notes(letter)
        LetterParagraph.objects.filter(letter=letter).update(text="")
        Fingerprint.objects.filter(letter=letter).delete()
        Finding.objects.filter(letter=letter).delete()
        letter.tell(Happening.TEXT_ERASED)
    for name in OF_TEXT:
        setattr(letter, name, "")
    letter.text_erased_at = now
    return True


def scrub_letter(letter: Letter) -> bool:
    """Remove all personal data from the rows of a letter that nobody is sending; the counts outlive it.

    Returns False, and changes nothing, if it has moved meanwhile; True also if it was done before.
    """
    if letter.scrubbed_at:
        return True
    gone = dict.fromkeys((*ENCRYPTED, "sender_email_index", "pdf_sha256"), "")
    now = timezone.now()
    with transaction.atomic():
        mine = Letter.objects.filter(pk=letter.pk, status=letter.status, scrubbed_at=None).exclude(status__in=GOING)
        dates = {"scrubbed_at": now, "text_erased_at": letter.text_erased_at or now, "erase_requested_at": None}
        if not mine.update(**gone, **dates, draft_id=None):
            return False
        hide_in_notes(letter)
        LetterParagraph.objects.filter(letter=letter).update(text="")
        Fingerprint.objects.filter(letter=letter).delete()
        Finding.objects.filter(letter=letter).delete()
        Refusal.objects.filter(letter=letter).update(reason="")
        NewsConsent.objects.filter(letter=letter).delete()
        letter.notices.all().delete()
        letter.tell(Happening.ERASED)
    for name, value in (gone | dates).items():
        setattr(letter, name, value)
    return True


def hide_in_notes(letter: Letter) -> None:
    """Take out of notes and mail servers' words what `letter`, still as it was, says of its writer."""
    for event in letter.events.exclude(note=""):
        if (note := hide_writer(event.note, letter)) != event.note:
            letter.events.filter(pk=event.pk).update(note=note[:500])
    words = hide_personal(letter.last_answer, letter)
    Letter.objects.filter(pk=letter.pk).update(last_answer=words)
    for notice in letter.notices.exclude(last_answer=""):
        letter.notices.filter(pk=notice.pk).update(last_answer=hide_personal(notice.last_answer, letter))
