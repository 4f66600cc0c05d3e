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

from letters.models import ENCRYPTED, WITHDRAWABLE, Fingerprint, Happening, Letter, LetterParagraph, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import User

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
            Fingerprint.objects.filter(letter=letter).delete()
    return withdrawn


def erase_letter(letter: Letter) -> bool:
    """Forget who wrote the letter and what they wrote, withdrawing it first if it is still here.

    What remains is seat, arguments, dates and status. Returns False if the letter is being sent this moment.
    """
    with transaction.atomic():
        letter.refresh_from_db()
        if letter.status in WITHDRAWABLE and not withdraw_letter(letter):
            return False
        if letter.status == Status.SENDING:
            return False
        scrub_letter(letter)
    return True


def scrub_letter(letter: Letter) -> None:
    """Remove all personal data from the letter's rows; the counts outlive it."""
    if letter.scrubbed_at:
        return
    gone = dict.fromkeys((*ENCRYPTED, "sender_email_index"), "")
    letter.scrubbed_at = timezone.now()
    Letter.objects.filter(pk=letter.pk).update(**gone, scrubbed_at=letter.scrubbed_at, draft_id=None)
    for name, value in gone.items():
        setattr(letter, name, value)
    LetterParagraph.objects.filter(letter=letter).update(text="")
    Fingerprint.objects.filter(letter=letter).delete()
    letter.notices.all().delete()
    letter.tell(Happening.ERASED)


def forget_unconfirmed() -> int:
    """Delete letters that nobody confirmed in time; return how many."""
    old = Letter.objects.filter(status=Status.UNCONFIRMED, created_at__lt=timezone.now() - CONFIRM_WITHIN)
    return old.delete()[1].get("letters.Letter", 0)
