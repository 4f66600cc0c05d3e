"""Shows word by word what a supporter has changed in the campaign's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from letters.moderation.matching import Span

WORD = re.compile(r"\w+(?:[’'\-]\w+)*|[^\w\s]")
MAX_WORDS = 2000  # a longer text counts as changed, since comparing takes quadratic time


@dataclass(frozen=True)
class Stretch:
    """A piece of text with how to show it."""

    text: str
    changed: bool = False  # differs from the other text
    marked: bool = False  # found by a rule


def find_changed(text: str, base: str) -> list[Span]:
    """Return the spans of `text` that are not in `base`, by words; the whole text if there is no base."""
    if text == base:
        return []
    mine, theirs = list(WORD.finditer(text)), list(WORD.finditer(base))
    if not theirs or len(mine) > MAX_WORDS or len(theirs) > MAX_WORDS:
        return [(0, len(text))] if text else []
    matcher = SequenceMatcher(None, [m[0] for m in theirs], [m[0] for m in mine], autojunk=False)
    return [
        (mine[start].start(), mine[end - 1].end())
        for what, _from, _to, start, end in matcher.get_opcodes()
        if what in ("replace", "insert") and end > start
    ]


def choose_base(text: str, bases: Sequence[str]) -> str:
    """Return the text that this one was probably made from; empty if none."""
    words = set(WORD.findall(text))
    return max(bases, key=lambda base: (base == text, len(words & set(WORD.findall(base)))), default="")


def has_overlap(span: Span, others: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def split_text(text: str, changed: Iterable[Span], marked: Iterable[Span] = ()) -> list[Stretch]:
    changed, marked = list(changed), list(marked)
    edges = {0, len(text)} | {min(max(0, edge), len(text)) for span in (*changed, *marked) for edge in span}
    cuts = sorted(edges)
    return [
        Stretch(text[start:end], has_overlap((start, end), changed), has_overlap((start, end), marked))
        for start, end in pairwise(cuts)
    ]
