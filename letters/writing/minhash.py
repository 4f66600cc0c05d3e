"""Compare texts that are not kept: MinHash fingerprints of their words, made with a secret key.

datasketch brings scipy along, which takes a second and 60 MB: it is imported at first use only.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.utils.crypto import salted_hmac

from letters.writing.own_words import Words, list_runs

SHINGLE = 3  # words; a changed word costs three shingles
PERMUTATIONS = 128  # the estimate of a Jaccard index is off by about 0.04 (one standard deviation) at worst
PASSAGE = 8  # words; a shorter paragraph joins the one before
WIDTH = 1 + PERMUTATIONS  # a passage's record: how many shingles, then the lowest hashes, each 2 bytes
LOW_BITS = 0xFFFF
COPIED = 0.7  # the share of a passage that makes it a copy
MIN_COPIED = 10  # shingles, 12 words: shorter ones are alike by chance ("I look forward to your answer.")


@dataclass(frozen=True)
class Nearness:
    """How near a text is to others."""

    share: float  # how much of it stands, nearly so, in others (0–1)
    copied: bool  # whether a whole passage of it, or of another's in it, is nearly the same


def list_shingles(passage: Iterable[Words]) -> set[bytes]:
    return {" ".join(run).encode() for stretch in passage for run in list_runs(stretch, SHINGLE)}


def take_fingerprint(paragraphs: Iterable[Sequence[Words]]) -> bytes:
    """Return the fingerprint of paragraphs, each given by its stretches of words; empty for a very short text.

    Of each lowest hash 16 bits are kept (b-bit minwise hashing, Li and König 2010): enough for comparing.
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
    from datasketch import MinHash

    # A keyed hash: without SECRET_KEY nobody can test a text against a fingerprint.
    keyed = hashlib.blake2b(digest_size=4, key=salted_hmac("letters.fingerprints", "", algorithm="sha256").digest())

    def hash_shingle(shingle: bytes) -> int:
        fresh = keyed.copy()
        fresh.update(shingle)
        return int.from_bytes(fresh.digest(), "little")

    sketches = MinHash.bulk(shingles, num_perm=PERMUTATIONS, seed=1, scheme="affine32", hashfunc=hash_shingle)
    records = [
        [min(len(found), LOW_BITS), *(sketch.hashvalues & LOW_BITS)]
        for found, sketch in zip(shingles, sketches, strict=True)
    ]
    return np.array(records, dtype="<u2").tobytes()


def compare(mine: bytes, theirs: Sequence[bytes]) -> Nearness:
    """Return how near the first fingerprint is to all the others: 5,000 take a few milliseconds.

    For each passage, how many of its shingles stand in one of theirs is estimated as J / (1 + J) * (|A| + |B|).
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
    if "datasketch" not in sys.modules:
        threading.Thread(target=import_module, args=("datasketch",), name="warm-up", daemon=True).start()
