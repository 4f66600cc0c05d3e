"""Personal data encrypted before it reaches the database, and a keyed index by which equal values are found.

The keys are the operator's (`FIELD_KEYS`): the first encrypts, all of them decrypt, and `manage.py rotate_field_keys`
brings every row under the first. Each key is stretched into one for encryption and one for the index, so that neither
says anything of the other.
"""

from __future__ import annotations

import binascii
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact

MARK = "gcm:"  # begins what AES-256-GCM encrypted: nonce, text and tag in base64
NONCE = 12  # bytes: NIST SP 800-38D, 5.2.1.1

HINT = (
    "An encrypted field can only be compared with nothing (isnull, or exactly ''). "
    "To find equal values, use its blind index."
)


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


class ExactlyEmpty(Exact):
    """The one comparison that makes sense in the database."""

    def get_prep_lookup(self) -> Any:
        """Refuse any value but the empty one."""
        if self.rhs != "":
            raise FieldError(HINT)
        return self.rhs


class EncryptedTextField(models.TextField):  # type: ignore[type-arg] # not generic at run time
    """Text that only the site can read. `max_length` counts its own characters, not those that are stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators = [*self.validators, MaxLengthValidator(self.max_length)]

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Refuse what cannot work: the same text is encrypted differently each time."""
        errors = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            errors.append(Error("An encrypted field has no index.", hint="Use a BlindIndexField.", obj=self))
        return errors

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow isnull and "exactly nothing". Raises FieldError for anything else."""
        if lookup_name == "exact":
            return ExactlyEmpty
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(HINT)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Encrypt. Raises ValueError for a text that is too long, as a database would."""
        if value is None or hasattr(value, "as_sql"):
            return value
        text = str(value)
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(f"{self.name}: {len(text)} characters, {self.max_length} allowed")
        return encrypt(text)

    def from_db_value(self, value: str | None, *_context: Any) -> str | None:
        """Decrypt. Raises UndecryptableError."""
        return None if value is None else decrypt(value)


class BlindIndexField(models.CharField):  # type: ignore[type-arg] # not generic at run time
    """A keyed hash of another field of the row, written whenever the row is saved.

    `QuerySet.update` of the other field has to set it too (`make_index`).
    """

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"max_length": 64, "blank": True, "editable": False} | kwargs)

    def deconstruct(self) -> Any:
        """Tell migrations of `source`."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Take the index of what the row says now."""
        value = make_index(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value
