"""The secrets in a letter's links; the database keeps only their hashes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid

from django.conf import settings

from campaign.core.keyed_hash import list_digests
from letters.models import Letter

CONFIRM_WITHIN = dt.timedelta(days=settings.UNCONFIRMED_DAYS)


def make_token(letter_id: uuid.UUID, purpose: str) -> str:
    """Return the 256-bit secret for this letter and purpose ("confirm", "letter"), 43 characters.

    It is derived from SECRET_KEY, so that later mails can carry it while the database keeps only its hash.
    """
    return list_tokens(letter_id, purpose)[0]


def list_tokens(letter_id: uuid.UUID, purpose: str) -> list[str]:
    """Return the secret, and those that it was under the keys before."""
    digests = list_digests(f"letters.{purpose}", str(letter_id))
    return [base64.urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests]


def make_letter_token(letter: Letter) -> str:
    """Return the secret of the letter's own page."""
    return _choose(list_tokens(letter.id, "letter"), letter.letter_token_hash)


def make_confirm_token(letter: Letter) -> str:
    """Return the secret of the confirmation link; it changes with the supporter's email address."""
    generation = letter.confirm_generation
    tokens = list_tokens(letter.id, f"confirm.{generation}" if generation else "confirm")
    return _choose(tokens, letter.confirm_token_hash)


def _choose(tokens: list[str], stored: str) -> str:
    """Return the secret whose hash is in the row, so that a later mail's link works too; of a new letter the first."""
    return next((token for token in tokens if hash_token(token) == stored), tokens[0])


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
