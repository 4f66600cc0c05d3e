"""Encryption with the operator's keys, and a keyed (blind) index to find equal values.

The keys are in `FIELD_KEYS`: the first encrypts, all decrypt, and `manage.py rotate_field_keys` re-encrypts every row
with the first. For each purpose a key of its own is derived from them, so that none reveals another.

A value is bound to its place (table, column and row of a field) as AES-GCM's associated data: somebody who can write to
the database but has no key gains nothing by copying a value to where they may read it.
"""

from __future__ import annotations

import binascii
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

MARK = "gcm2:"  # prefix of AES-256-GCM bound to its place: nonce, text and tag in base64
UNBOUND = "gcm:"  # prefix of values bound to no place, an older form that only `rotate` reads
NONCE = 12  # bytes: NIST SP 800-38D, 5.2.1.1


class UndecryptableError(Exception):
    """A stored value cannot be decrypted in its place. The message names the place, and nothing of the text."""

    def __init__(self, token: str, place: str) -> None:
        self.unbound = token.startswith(UNBOUND)
        why = "the key that encrypted it is not in FIELD_KEYS, or it was changed, or copied from somewhere else."
        if self.unbound:
            why = "it dates from before values were bound to their places. Run `manage.py rotate_field_keys`."
        super().__init__(f"What is stored at “{place}” cannot be decrypted: {why}")


@lru_cache
def derive_keys(purpose: str) -> tuple[bytes, ...]:
    """Return 32 bytes for this purpose from each of the operator's keys, in their order (HKDF, RFC 5869)."""
    info = f"parley {purpose}".encode()
    return tuple(HKDF(SHA256(), 32, salt=None, info=info).derive(secret.encode()) for secret in settings.FIELD_KEYS)


@lru_cache
def get_ciphers(purpose: str) -> tuple[AESGCM, ...]:
    return tuple(AESGCM(key) for key in derive_keys(f"{purpose}, AES-GCM"))


@receiver(setting_changed)
def forget_keys(*, setting: str, **_what: object) -> None:
    if setting == "FIELD_KEYS":
        derive_keys.cache_clear()
        get_ciphers.cache_clear()


def encrypt(text: str, purpose: str, place: str) -> str:
    """Encrypt the text with the first key, for this purpose and place.

    An empty text stays empty: that it is empty is no secret. Nonces are random. NIST SP 800-38D (8.3) allows 2^32 a
    key, enough for some 400 million letters.
    """
    if not text:
        return ""
    nonce = os.urandom(NONCE)
    sealed = get_ciphers(purpose)[0].encrypt(nonce, text.encode(), place.encode())
    return MARK + binascii.b2a_base64(nonce + sealed, newline=False).decode()


def decrypt(token: str, purpose: str, place: str) -> str:
    """Return the text. Raises UndecryptableError if no key fits; never returns the token itself."""
    if not token:
        return ""
    if token.startswith(MARK):
        where = place.encode()
        for cipher in get_ciphers(purpose):
            try:
                return _open(token[len(MARK) :], cipher, where)
            except (InvalidTag, ValueError):
                continue
    raise UndecryptableError(token, place)


def rotate(token: str, purpose: str, place: str) -> str:
    """Return the token encrypted with the first key and bound to this place; unchanged if it already is.

    Raises UndecryptableError.
    """
    if token.startswith(MARK):
        try:
            _open(token[len(MARK) :], get_ciphers(purpose)[0], place.encode())
        except (InvalidTag, ValueError):
            pass
        else:
            return token
    if token.startswith(UNBOUND):
        return encrypt(_open_unbound(token, place), purpose, place)
    return encrypt(decrypt(token, purpose, place), purpose, place)


def _open_unbound(token: str, place: str) -> str:
    for cipher in get_ciphers("fields"):
        try:
            return _open(token[len(UNBOUND) :], cipher, None)
        except (InvalidTag, ValueError):
            continue
    raise UndecryptableError(token, place)


def _open(sealed: str, cipher: AESGCM, place: bytes | None) -> str:
    """Return the text. Raises InvalidTag for another key or place, ValueError if malformed."""
    raw = binascii.a2b_base64(sealed, strict_mode=True)
    return cipher.decrypt(raw[:NONCE], raw[NONCE:], place).decode()


def list_indexes(text: str) -> list[str]:
    """Return the blind index of the value under each key, current key first. Case-insensitive."""
    words = text.strip().lower().encode()
    return [hmac.digest(key, words, "sha256").hex() for key in derive_keys("index")] if words else []


def make_index(text: str) -> str:
    """Return the blind index under the current key; empty for an empty value."""
    return next(iter(list_indexes(text)), "")
