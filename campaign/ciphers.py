"""Encryption with the operator's keys, and a keyed index by which equal values are found.

The keys are in `FIELD_KEYS`: the first encrypts, all of them decrypt, and `manage.py rotate_field_keys` brings every
row under the first. Each key is stretched into one for encryption and one for the index, so that neither says anything
of the other.
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

MARK = "gcm:"  # begins what AES-256-GCM encrypted: nonce, text and tag in base64
NONCE = 12  # bytes: NIST SP 800-38D, 5.2.1.1


class UndecryptableError(Exception):
    """What is stored cannot be decrypted: no key in FIELD_KEYS made it, or somebody changed it."""

    def __init__(self) -> None:
        super().__init__(
            "A stored value cannot be decrypted: FIELD_KEYS lacks the key that encrypted it, or it was changed."
        )


def derive_keys(purpose: str) -> tuple[bytes, ...]:
    """Return 32 bytes for this purpose from each of the operator's keys, in their order (HKDF, RFC 5869)."""
    return _derive(tuple(settings.FIELD_KEYS), purpose)


@lru_cache(maxsize=32)
def _derive(secrets: tuple[str, ...], purpose: str) -> tuple[bytes, ...]:
    info = f"parley {purpose}".encode()
    return tuple(HKDF(SHA256(), 32, salt=None, info=info).derive(secret.encode()) for secret in secrets)


def get_ciphers() -> tuple[AESGCM, ...]:
    """Return a cipher for each key, the one that encrypts first."""
    return _make_ciphers(derive_keys("fields, AES-GCM"))


@lru_cache(maxsize=8)
def _make_ciphers(keys: tuple[bytes, ...]) -> tuple[AESGCM, ...]:
    return tuple(AESGCM(key) for key in keys)


def encrypt(text: str) -> str:
    """Return the text under the first key. An empty text stays empty: that nothing is there is no secret.

    A nonce is drawn each time. NIST SP 800-38D (8.3) allows 2^32 with a key, some 400 million letters.
    """
    if not text:
        return ""
    nonce = os.urandom(NONCE)
    sealed = get_ciphers()[0].encrypt(nonce, text.encode(), None)
    return MARK + binascii.b2a_base64(nonce + sealed, newline=False).decode()


def decrypt(token: str) -> str:
    """Return the text. Raises UndecryptableError if none of the keys opens the token; never returns it as it is."""
    if not token:
        return ""
    for cipher in get_ciphers() if token.startswith(MARK) else ():
        try:
            return _open(token, cipher)
        except (InvalidTag, ValueError):
            continue
    raise UndecryptableError


def _open(token: str, cipher: AESGCM) -> str:
    """Return the text. Raises InvalidTag if another cipher made the token, ValueError if none did."""
    sealed = binascii.a2b_base64(token[len(MARK) :], strict_mode=True)
    return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()


def rotate(token: str) -> str:
    """Return the token under the first key: as it is, if it is so already. Raises UndecryptableError."""
    if token.startswith(MARK):
        try:
            _open(token, get_ciphers()[0])
        except (InvalidTag, ValueError):
            pass
        else:
            return token
    return encrypt(decrypt(token))


def list_indexes(text: str) -> list[str]:
    """Return by what equal values are found, one for each key, the current one first; case counts for nothing."""
    words = text.strip().lower().encode()
    return [hmac.digest(key, words, "sha256").hex() for key in derive_keys("index")] if words else []


def make_index(text: str) -> str:
    """Return what is stored to find this value again; nothing for nothing."""
    return next(iter(list_indexes(text)), "")
