"""What the campaign's texts that a letter carries make of its paragraphs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from campaign.content.models import TextVersion
from letters.models import CarriedText
from letters.writing.wordings import shorten_references

NOTES = (TextVersion.Kind.SOURCE, TextVersion.Kind.AGE)  # what is no text of a paragraph's own


@dataclass(frozen=True)
class Stock:
    """What a paragraph, or the ask, would be if the supporter had changed nothing."""

    text: str = ""  # empty: it is all the supporter's
    notes: tuple[str, ...] = ()
    age: str = ""  # of its facts, if it says so
    edited: bool = False


def reproduce_stock(carried: Iterable[CarriedText], texts: Iterable[tuple[int, str]]) -> dict[int | None, Stock]:
    """Return the stock of each place of a letter that carries any, from its versions; None is the ask.

    `texts` are its paragraphs, by position: who is introduced in one is called by the short name in those after it.
    """
    places: dict[int | None, list[CarriedText]] = {}
    for one in sorted(carried, key=lambda one: one.pk or 0):
        places.setdefault(one.position, []).append(one)
    found: dict[int | None, Stock] = {}
    introduced: set[str] = set()
    for position, written in [*sorted(texts), (None, "")]:
        if position not in places:
            continue
        here = places[position]
        notes = tuple(one.version.words for one in here if one.version.kind == TextVersion.Kind.SOURCE)
        age = "".join(one.version.words for one in here if one.version.kind == TextVersion.Kind.AGE)
        said = next((one for one in here if one.version.kind not in NOTES), None)
        text = ""
        if said:
            people = said.version.values.get("people", [])
            before = {*introduced}
            text = shorten_references(said.version.words, people, introduced)
            if said.edited:
                introduced = before
                shorten_references(written, people, introduced)
        found[position] = Stock(text, notes, age, bool(said and said.edited))
    return found
