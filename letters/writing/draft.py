"""A draft: what a supporter has chosen and written so far."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaign.content.models import Argument, Phrasing
from letters.models import SourceStyle

OWN = "~own"  # the supporter's own words in an order; no argument key has a tilde
OWN_WAY = "own"  # in place of a length: the supporter puts it in their own words, from its facts
MAX_ARGUMENTS = 4
ADVISED_ARGUMENTS = 1  # more make a letter less its writer's own, and are not refused
WORDS_FOR_ANOTHER = 100  # own words with which a letter has room for another
# Characters of edits kept of removed arguments: more than four paragraphs of both lengths can have.
MAX_ASIDE = 30_000


@dataclass
class Piece:
    """An argument in a draft: which phrasing, and the supporter's edits."""

    key: str
    length: str = Phrasing.Length.SHORT  # or OWN_WAY
    variant: int | None = None  # which of several wordings; None: not chosen yet
    edits: dict[str, str] = field(default_factory=dict)  # by length, so that swapping loses nothing
    keep_source: bool = False  # even if the edit has changed a claim
    place: int = 0  # its position when it was removed

    @property
    def size(self) -> int:
        return sum(map(len, self.edits.values()))


def read_piece(piece: Piece, argument: Argument, language: str = "en") -> str:
    """Return the paragraph as edited, or as in the bank. One in the supporter's own way may be empty."""
    if piece.length == OWN_WAY:
        return piece.edits.get(OWN_WAY, "")
    phrasing = argument.phrasing(piece.length, language, piece.variant or 0)
    return piece.edits.get(piece.length) or (phrasing.words if phrasing else argument.claim)


@dataclass
class Draft:
    """What a supporter has chosen and written so far. Kept only in the session."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    gss: str = ""
    pieces: list[Piece] = field(default_factory=list)
    alone: bool = False  # whether the own words are to stand without an argument
    own_words: str = ""
    own_position: int = 0  # number of arguments before the own words
    opening: str | None = None  # None: the usual one
    reason: str = ""  # completes the opening, or follows it
    preface: bool | None = None  # whether the campaign's preface is in it; None: unless the letter says it already
    preface_words: str = ""  # the supporter's own, in its place
    local_fact: str = ""  # the GSS code of the constituency whose fact is to be in it
    subject: str = ""  # empty: the campaign's
    arranged: bool = False  # whether the supporter has changed the order
    ask: str = ""
    source_style: str = SourceStyle.NONE
    given: dict[str, str] = field(default_factory=dict)  # by purpose, the campaign's sentences (letters.writing.given)
    aside: list[Piece] = field(default_factory=list)  # removed ones, with their edits, the latest last
    question: int = 0  # which of the guiding questions is above the own words
    sans: bool = False  # whether it is edited in a typeface without serifs
    easy: bool = False  # whether it is written in easy read, one question a page
    channel: str = ""  # "post" once the supporter has said so in the builder
    version: int = 0  # counts saves, so that `letters.writing.session` notices another tab's
    saved_by: str = ""  # the page that saved last, and the number of its request
    turn: int = 0
    other: dict[str, Any] = field(default_factory=dict)  # another tab's version, until the supporter chooses

    @property
    def keys(self) -> list[str]:
        return [piece.key for piece in self.pieces]

    @property
    def known_keys(self) -> set[str]:
        """The arguments that it has or had, or that another tab's version has."""
        others = {piece["key"] for piece in self.other.get("pieces", [])}
        return {piece.key for piece in (*self.pieces, *self.aside)} | others

    @property
    def shows_sources(self) -> bool:
        return self.source_style != SourceStyle.NONE

    @property
    def order(self) -> list[str]:
        keys = self.keys
        at = min(self.own_position, len(keys))
        return [*keys[:at], OWN, *keys[at:]]

    def choose(self, keys: Iterable[str], places: Mapping[str, int] | None = None) -> None:
        """Set the arguments: existing ones keep place and text, new ones go to the end.

        Without any, the own words stand alone. A removed one is set aside, and its text returns if it is chosen again.
        `places` gives the order in which arguments read best, which applies until the supporter has moved one.
        """
        wanted = list(dict.fromkeys(keys))
        kept = [piece for piece in self.pieces if piece.key in wanted]
        gone = [replace(piece, place=at) for at, piece in enumerate(self.pieces) if piece.key not in wanted]
        aside = {piece.key: piece for piece in [*self.aside, *gone]}
        there = {piece.key for piece in kept}
        self.pieces = kept + [aside.pop(key, Piece(key)) for key in wanted if key not in there]
        self.aside = list(aside.values())
        while sum(piece.size for piece in self.aside) > MAX_ASIDE:
            del self.aside[0]  # the oldest, or sessions could grow without limit
        if places and not self.arranged:
            self.pieces.sort(key=lambda piece: places.get(piece.key, 0))
        self.own_position = min(self.own_position, len(self.pieces))
        self.alone = not self.pieces

    def restore(self, key: str) -> None:
        if key in {piece.key for piece in self.aside} and len(self.pieces) < MAX_ARGUMENTS:
            self.choose([*self.keys, key])
            piece = self.pieces.pop()
            self.pieces.insert(piece.place, piece)

    def arrange(self, order: list[str]) -> None:
        """Set the order, if it names each piece and the own words exactly once; else leave it."""
        if sorted(order) == sorted(self.order):
            self.arranged = self.arranged or order != self.order
            self.own_position = order.index(OWN)
            self.pieces.sort(key=lambda piece: order.index(piece.key))

    def move(self, key: str, step: int) -> None:
        order = self.order
        if key not in order:
            return
        at = order.index(key)
        order.insert(max(0, min(at + step, len(order) - 1)), order.pop(at))
        self.arrange(order)
