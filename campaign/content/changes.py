"""What a pack changes, each with the old and the new text, and what it leaves alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from campaign.content.pack import shorten_text

MAX_WORDS = 3000  # in both texts together; longer ones are shown whole, old and new


class What(StrEnum):
    """What happens to one row or field."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNPUBLISHED = "unpublished"
    MOVED = "moved"
    KEPT = "kept"  # the pack says otherwise, but the site's value stays


@dataclass(frozen=True)
class Change:
    """One thing that a pack changes or leaves; an empty `field` means the whole row."""

    what: What
    name: str
    field: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        match self.what:
            case What.CHANGED:
                return f"changed {self.name}: {self.field}: {show_change(self.old, self.new)}"
            case What.UNPUBLISHED:
                return f"unpublished {self.name}: the pack no longer has it"
            case What.MOVED:
                return f"changed the order of {self.name}"
            case _:
                return " ".join(filter(None, [self.what.value, self.name, self.field]))


def make_fingerprint(changes: Iterable[Change]) -> str:
    digest = hashlib.sha256()
    for change in changes:
        for part in (change.what, change.name, change.field, change.old, change.new):
            digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def mark_words(old: str, new: str) -> list[tuple[str, str]]:
    before, after = _split(old), _split(new)
    if len(before) + len(after) > MAX_WORDS:
        return [("old", old), ("new", new)]
    runs: list[tuple[str, str]] = []
    for kind, start, end, from_, to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(("same", "".join(before[start:end])))
            continue
        runs += [
            (which, text)
            for which, text in (("old", "".join(before[start:end])), ("new", "".join(after[from_:to])))
            if text
        ]
    return runs


def _split(text: str) -> list[str]:
    words: list[str] = []
    for part in text.split(" "):
        words.append(part + " ")
    words[-1] = words[-1][:-1]
    return [word for word in words if word]


def show_change(old: object, new: object, width: int = 60) -> str:
    before, after = str(old), str(new)
    same = next(
        (i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]),
        min(len(before), len(after)),
    )
    start = max(0, same - width // 3) if max(len(before), len(after)) > width else 0
    cut = "…" if start else ""
    return f"“{cut}{shorten_text(before[start:], width)}” → “{cut}{shorten_text(after[start:], width)}”"
