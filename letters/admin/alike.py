"""The letters that a held one nearly copies, beside it: for whoever decides about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from letters.admin.rows import Row, lay_out
from letters.models import Finding, Letter, LetterParagraph, Part, Rule
from letters.moderation.diff import find_changed
from letters.moderation.rules import Passage
from letters.writing.originality import find_alike

MOST_SHOWN = 3
SAME = 0.3  # of a paragraph's characters have to stand in the other one, too, for the two to be shown together


@dataclass(frozen=True)
class Alike:
    """Another letter to the same MP, how much of this one's own words stands in it, and both side by side."""

    letter: Letter
    percent: int
    rows: list[Row] = field(default_factory=list)


def list_alike(letter: Letter, passages: Iterable[Passage], findings: Iterable[Finding]) -> list[Alike] | None:
    """Return the letters that this one is near to, nearest first; None if no rule has held it for that."""
    if not any(finding.rule == Rule.NEAR_COPY for finding in findings):
        return None
    found = find_alike(letter, MOST_SHOWN)
    texts: dict[object, list[str]] = {}
    for paragraph in LetterParagraph.objects.filter(letter__in=[one for one, _near in found]):
        texts.setdefault(paragraph.letter_id, []).append(paragraph.text)
    own = [one for one in passages if one.part == Part.TEXT and one.text not in one.bases]
    return [
        Alike(other, round(100 * nearness.share), [*compare_with(own, texts.get(other.pk, []))])
        for other, nearness in found
    ]


def compare_with(passages: Iterable[Passage], texts: list[str]) -> Iterable[Row]:
    """Yield those of the passages that the other letter has nearly so, each beside its text there."""
    for passage in passages:
        beside = Passage(passage.part, passage.text, passage.paragraph, tuple(texts))
        changed = sum(end - start for start, end in find_changed(passage.text, beside.base))
        if passage.text and changed <= (1 - SAME) * len(passage.text):
            yield lay_out(beside, [])
