"""A file that only the holder of FIELD_KEYS can read, and in which no byte can be changed, dropped or moved unseen.

After a line that names the format come 16 random bytes, then pieces of at most 1 MiB, each with its length (4 bytes),
under AES-256-GCM with a key made from those bytes and one of FIELD_KEYS. A piece's nonce is its number, and whether it
is the last is authenticated with it (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from campaign.ciphers import derive_keys

HEADER = b"parley backup 1\n"
SALT = 16
PIECE = 1 << 20
TAG = 16


class SealBrokenError(Exception):
    """The file cannot be read: it is none of ours, no key in FIELD_KEYS opens it, or it was cut or changed."""


def seal(pieces: Iterable[bytes], target: IO[bytes]) -> None:
    """Write what the pieces say together, encrypted, in little memory."""
    salt = os.urandom(SALT)
    cipher = _make_cipher(derive_keys("backup")[0], salt)
    target.write(HEADER + salt)
    number = 0
    held = b""
    for piece in _even(pieces):
        if number or held:
            _write_piece(target, cipher, number - 1, held, last=False)
        held, number = piece, number + 1
    _write_piece(target, cipher, max(number - 1, 0), held, last=True)


def open_sealed(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the pieces, each once it has proved genuine. Raises SealBrokenError, also if the end is missing.

    What came before the error must not be used.
    """
    if source.read(len(HEADER)) != HEADER:
        raise SealBrokenError("This is no backup of Parley, or one of another version.")
    salt = source.read(SALT)
    ciphers = [_make_cipher(key, salt) for key in derive_keys("backup")]
    number, last = 0, False
    while not last:
        head = source.read(4)
        length = struct.unpack(">I", head)[0] if len(head) == 4 else 0
        coded = source.read(length) if TAG <= length <= PIECE + TAG else b""
        if not coded or len(coded) != length:
            raise SealBrokenError("The backup is cut off or damaged.")
        opened = _open_piece(ciphers, number, coded)
        if opened is None:
            reason = "No key in FIELD_KEYS opens it, or it was changed." if number == 0 else "It was changed."
            raise SealBrokenError(f"The backup cannot be read. {reason}")
        cipher, plain, last = opened
        ciphers = [cipher]
        number += 1
        yield plain
    if source.read(1):
        raise SealBrokenError("Something was added to the backup's end.")


def _make_cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"parley backup file").derive(key))


def _name(number: int, last: bool) -> bytes:
    """Return the piece's nonce."""
    return struct.pack(">Q", number) + (b"last" if last else b"more")


def _write_piece(target: IO[bytes], cipher: AESGCM, number: int, plain: bytes, *, last: bool) -> None:
    coded = cipher.encrypt(_name(number, last), plain, HEADER)
    target.write(struct.pack(">I", len(coded)) + coded)


def _open_piece(ciphers: list[AESGCM], number: int, coded: bytes) -> tuple[AESGCM, bytes, bool] | None:
    for cipher in ciphers:
        for last in (False, True):
            try:
                return cipher, cipher.decrypt(_name(number, last), coded, HEADER), last
            except InvalidTag:
                continue
    return None


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces of PIECE, the last one shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
