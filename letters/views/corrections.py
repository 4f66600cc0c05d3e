"""What the pages behind secret links show of corrected words: old and new, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from letters.actions.outdate import CHOOSING, WENT
from letters.models import Letter
from letters.moderation.diff import Stretch, find_changed, split_text
from letters.writing.renewal import Corrected, Place, list_corrections, list_places


@dataclass(frozen=True)
class Shown:
    """A place side by side. `was` and `becomes` are the campaign's words, if the supporter has changed them."""

    place: Place
    old: list[Stretch]
    new: list[Stretch]
    was: list[Stretch]
    becomes: list[Stretch]
    reasons: tuple[str, ...] = ()  # what was wrong here

    @property
    def only_notes(self) -> bool:
        return self.place.old == self.place.new

    @property
    def old_notes(self) -> list[str]:
        return [*self.place.old_notes, *filter(None, [self.place.old_age])]

    @property
    def new_notes(self) -> list[str]:
        return [*self.place.new_notes, *filter(None, [self.place.new_age])]


def compare(old: str, new: str) -> tuple[list[Stretch], list[Stretch]]:
    if not new:
        return split_text(old, []), []
    return split_text(old, find_changed(old, new)), split_text(new, find_changed(new, old))


def show_place(place: Place, corrections: list[Corrected]) -> Shown:
    notes = [one.note for one in corrections if one.note and place.position in one.positions]
    reasons = tuple(dict.fromkeys(notes))
    was, becomes = compare(place.was, place.becomes)
    if place.was:  # between the supporter's own words and the new ones there is nothing to compare
        return Shown(place, split_text(place.old, []), split_text(place.new, []), was, becomes, reasons)
    return Shown(place, *compare(place.old, place.new), [], [], reasons)


def show_corrections(letter: Letter) -> dict[str, Any]:
    """Return what a page needs: where the supporter has to choose; or, of a letter that has gone, what was wrong."""
    places = (
        list_places(letter) if letter.outdated_at and letter.status in CHOOSING and not letter.text_erased_at else []
    )
    went = letter.status in WENT and not places
    corrections = list_corrections(letter) if places or went else []
    return {"outdated": [show_place(place, corrections) for place in places], "corrections": corrections}
