"""Secret links, consent, and forgetting."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from letters.models import Letter
from letters.redaction import hide_personal, hide_writer

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


def hide_in_notes(letter: Letter) -> None:
    """Take out of notes and mail servers' words what `letter`, still as it was, says of its writer."""
    for event in letter.events.exclude(note=""):
        if (note := hide_writer(event.note, letter)) != event.note:
            letter.events.filter(pk=event.pk).update(note=note[:500])
    words = hide_personal(letter.last_answer, letter)
    Letter.objects.filter(pk=letter.pk).update(last_answer=words)
    for notice in letter.notices.exclude(last_answer=""):
        letter.notices.filter(pk=notice.pk).update(last_answer=hide_personal(notice.last_answer, letter))
