"""Compares texts without storing them: keyed MinHash fingerprints of their words.

numpy takes time and memory, so it is imported on first use.
"""

from __future__ import annotations

import functools
import hashlib
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.utils.crypto import salted_hmac

from letters.writing.own_words import Words, list_runs

SHINGLE = 3  # words; changing a word changes three shingles
PERMUTATIONS = 128  # the standard deviation of a Jaccard estimate is 0.04 at most
PASSAGE = 8  # words; a shorter paragraph joins the previous one
WIDTH = 1 + PERMUTATIONS  # of a passage's record: number of shingles, then the lowest hashes, 2 bytes each
LOW_BITS = 0xFFFF
COPIED = 0.7  # the shared part that makes a passage a copy
MIN_COPIED = 10  # shingles, so 12 words: shorter ones coincide ("I look forward to your answer.")


@dataclass(frozen=True)
class Nearness:
    """How similar a text is to others."""

    share: float  # how much of it others have, nearly (0–1)
    copied: bool  # whether a whole passage of either is nearly the same


def list_shingles(passage: Iterable[Words]) -> set[bytes]:
    return {" ".join(run).encode() for stretch in passage for run in list_runs(stretch, SHINGLE)}


def take_fingerprint(paragraphs: Iterable[Sequence[Words]]) -> bytes:
    """Return the fingerprint of paragraphs, each given as stretches of words; empty for a very short text.

    Keeps 16 bits of each lowest hash (b-bit minwise hashing, Li and König 2010).
    """
    passages: list[list[Words]] = []
    for stretches in paragraphs:
        if passages and sum(map(len, stretches)) < PASSAGE:
            passages[-1] += stretches
        elif stretches:
            passages.append([*stretches])
    shingles = [found for found in map(list_shingles, passages) if len(found) > PASSAGE - SHINGLE]
    if not shingles:
        return b""
    import numpy as np

    # Keyed, so that nobody without SECRET_KEY can test a text against a fingerprint.
    keyed = hashlib.blake2b(digest_size=4, key=salted_hmac("letters.fingerprints", "", algorithm="sha256").digest())

    def hash_shingle(shingle: bytes) -> bytes:
        fresh = keyed.copy()
        fresh.update(shingle)
        return fresh.digest()

    factors, offsets = _list_permutations()
    records = []
    for found in shingles:
        hashes = np.frombuffer(b"".join(map(hash_shingle, found)), dtype="<u4").reshape(-1, 1)
        lowest = (hashes * factors + offsets).min(axis=0)  # modulo 2^32, as numpy computes
        records.append([min(len(found), LOW_BITS), *(lowest & LOW_BITS)])
    return np.array(records, dtype="<u2").tobytes()


@functools.cache
def _list_permutations() -> tuple[Any, Any]:
    """Return odd factors and offsets: h * factor + offset takes each value modulo 2^32 once."""
    import numpy as np

    random = hashlib.shake_128(b"letters.fingerprints").digest(2 * 4 * PERMUTATIONS)
    factors, offsets = np.frombuffer(random, dtype="<u4").reshape(2, PERMUTATIONS)
    return factors | 1, offsets


def compare(mine: bytes, theirs: Sequence[bytes]) -> Nearness:
    """Return how similar the first fingerprint is to the others; 5,000 take a few milliseconds.

    The number of shingles that two passages share is estimated as J / (1 + J) * (|A| + |B|).
    """
    found, copied = 0.0, False
    for shared, are_copies in _compare_passages(mine, b"".join(theirs)):
        found += float(shared.max())
        copied = copied or bool(are_copies.any())
    return Nearness(min(found / _count_shingles(mine), 1.0), copied) if found else Nearness(0.0, copied=False)


def compare_each(mine: bytes, theirs: Sequence[bytes]) -> list[Nearness]:
    lengths = [len(one) // (2 * WIDTH) for one in theirs]  # passages
    filled = [number for number, length in enumerate(lengths) if length]
    near = [Nearness(0.0, copied=False)] * len(theirs)
    if not mine or not filled:
        return near
    import numpy as np

    starts = np.cumsum([0, *(lengths[number] for number in filled[:-1])])
    found, copied = np.zeros(len(filled)), np.zeros(len(filled), dtype=bool)
    for shared, are_copies in _compare_passages(mine, b"".join(theirs)):
        found += np.maximum.reduceat(shared, starts)
        copied |= np.logical_or.reduceat(are_copies, starts)
    shares = np.minimum(found / _count_shingles(mine), 1.0)
    for number, share, is_copy in zip(filled, shares, copied, strict=True):
        near[number] = Nearness(float(share), bool(is_copy))
    return near


def _count_shingles(fingerprint: bytes) -> float:
    import numpy as np

    return float(np.frombuffer(fingerprint, dtype="<u2").reshape(-1, WIDTH)[:, 0].sum())


def _compare_passages(mine: bytes, theirs: bytes) -> Iterator[tuple[Any, Any]]:
    if not mine or not theirs:
        return
    import numpy as np

    own = np.frombuffer(mine, dtype="<u2").reshape(-1, WIDTH)
    others = np.frombuffer(theirs, dtype="<u2").reshape(-1, WIDTH)
    sizes, hashes = others[:, 0].astype(float), np.ascontiguousarray(others[:, 1:])
    for record in own:
        size = float(record[0])
        jaccard = np.count_nonzero(hashes == record[1:], axis=1) / PERMUTATIONS
        smaller = np.minimum(sizes, size)
        shared = np.minimum(jaccard / (1 + jaccard) * (sizes + size), smaller)
        yield shared, (shared >= COPIED * smaller) & (smaller >= MIN_COPIED)


def warm_up() -> None:
    if "numpy" not in sys.modules:
        threading.Thread(target=import_module, args=("numpy",), name="warm-up", daemon=True).start()
