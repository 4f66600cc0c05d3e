"""A held letter's passages side by side with what they may have been made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from letters.models import Finding
from letters.moderation.diff import Stretch, find_changed, split_text
from letters.moderation.rules import Passage

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Row:
    """A passage side by side: what the campaign, or another letter, has, and what the writer sends."""

    place: StrOrPromise
    supplied: list[Stretch]
    sent: list[Stretch]
    found: list[Finding]


def lay_out(passage: Passage, findings: Iterable[Finding]) -> Row:
    """Return one passage as a row."""
    mine = [one for one in findings if (one.part, one.paragraph) == (passage.part, passage.paragraph)]
    base = passage.base
    place = Finding(part=passage.part, paragraph=passage.paragraph).place
    # Without a text of the campaign's all would be marked as changed, which says nothing.
    changed = find_changed(passage.text, base) if base else []
    return Row(
        place=place,
        supplied=split_text(base, find_changed(base, passage.text)) if base else [],
        sent=split_text(passage.text, changed, [(one.start, one.end) for one in mine]),
        found=mine,
    )
