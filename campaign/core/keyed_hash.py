"""Keyed hashes that outlive a change of SECRET_KEY: what was made under one of SECRET_KEY_FALLBACKS is still known.

A salt must never change, nor may the algorithm: mailed links and tombstones hold such hashes.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def list_digests(salt: str, value: str) -> list[bytes]:
    """Return the value's digests, under SECRET_KEY first and then under each of the keys before it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac(salt, value, secret=key, algorithm="sha256").digest() for key in keys]
