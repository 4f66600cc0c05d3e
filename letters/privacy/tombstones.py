"""Keeps what supporters had erased or withdrawn that way when an older backup is restored.

Each is recorded twice: in a row, and in a line of a file in the data directory, which is in no dump. Both hold only
what was done and a keyed hash of the letter's id.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campaign.core.keyed_hash import list_digests
from letters.models import Tombstone

logger = logging.getLogger(__name__)


def find_file() -> Path:
    return Path(settings.DATA_DIR) / "tombstones"


def hash_id(letter_id: uuid.UUID) -> str:
    """Return the keyed hash that stands for the letter's id; meaningless without SECRET_KEY."""
    return list_hashes(letter_id)[0]


def list_hashes(letter_id: uuid.UUID) -> list[str]:
    """Return that hash, and those that it was under the keys before."""
    return [digest.hex() for digest in list_digests("letters.tombstone", str(letter_id))]


def set_tombstone(letter_id: uuid.UUID, kind: Tombstone.Kind) -> None:
    """Write the row now and the file's line on commit. A full disk must not prevent an erasure."""
    digest = hash_id(letter_id)
    Tombstone.objects.get_or_create(kind=kind, digest=digest)
    transaction.on_commit(lambda: append_lines([(str(kind), digest)]), robust=True)


def append_lines(entries: Iterable[tuple[str, str]]) -> None:
    """Append to the file in one write, synced to disk. Raises OSError."""
    lines = "".join(f"{kind} {digest}\n" for kind, digest in entries)
    if not lines:
        return
    with os.fdopen(os.open(find_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb", buffering=0) as file:
        file.write(lines.encode())
        os.fsync(file.fileno())


def read_file() -> set[tuple[str, str]]:
    """Return the file's entries; an incomplete line, from a crash, is skipped."""
    if not find_file().exists():
        return set()
    words = (line.split() for line in find_file().read_text().splitlines())
    return {(line[0], line[1]) for line in words if len(line) == 2 and len(line[1]) == 64}


def gather_tombstones() -> dict[str, set[str]]:
    in_file = read_file()
    in_rows = set(Tombstone.objects.values_list("kind", "digest"))
    append_lines(sorted(in_rows - in_file))
    known = {kind.value for kind in Tombstone.Kind}
    missing = [Tombstone(kind=kind, digest=digest) for kind, digest in in_file - in_rows if kind in known]
    Tombstone.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
    gathered: dict[str, set[str]] = defaultdict(set)
    for kind, digest in in_file | in_rows:
        gathered[kind].add(digest)
    return gathered
