"""The secrets in a letter's links; the database keeps only their hashes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid

from django.conf import settings
from django.utils.crypto import salted_hmac

from letters.models import Letter

CONFIRM_WITHIN = dt.timedelta(days=settings.UNCONFIRMED_DAYS)


def make_token(letter_id: uuid.UUID, purpose: str) -> str:
    """Return the 256-bit secret for this letter and purpose ("confirm", "letter"), 43 characters.

    It is derived from SECRET_KEY, so that later mails can carry it while the database keeps only its hash.
    """
    digest = salted_hmac(f"letters.{purpose}", str(letter_id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def make_confirm_token(letter: Letter) -> str:
    """Return the secret of the confirmation link; it changes with the supporter's email address."""
    generation = letter.confirm_generation
    return make_token(letter.id, f"confirm.{generation}" if generation else "confirm")


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
