"""What a supporter has chosen and written so far, and how they change it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaign.content.models import Phrasing

OWN = "~own"  # stands in an order for the supporter's own words; no argument key has a tilde
OWN_WAY = "own"  # in place of a length: the supporter says it in their own words, from its facts
MAX_ARGUMENTS = 4
# Characters of edits kept with removed arguments: more than all four paragraphs at their longest, in both lengths.
MAX_ASIDE = 30_000


@dataclass
class Piece:
    """An argument in a draft: which phrasing, and what the supporter made of each."""

    key: str
    length: str = Phrasing.Length.SHORT  # or OWN_WAY
    variant: int | None = None  # which of several wordings; None: not handed out yet
    edits: dict[str, str] = field(default_factory=dict)  # by length, so that swapping loses nothing
    keep_source: bool = False  # also if the edit has changed a claim
    place: int = 0  # where it stood when it was removed

    @property
    def size(self) -> int:
        return sum(map(len, self.edits.values()))


@dataclass
class Draft:
    """What a supporter has chosen and written so far. Lives in the session alone."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    gss: str = ""
    pieces: list[Piece] = field(default_factory=list)
    own_words: str = ""
    own_position: int = 0  # how many arguments stand before the own words
    opening: str | None = None  # None: the usual one
    reason: str = ""  # completes the opening, or follows it
    preface: bool | None = None  # whether the campaign's preface stands in it; None: as the campaign has it
    local_fact: str = ""  # the GSS code of the constituency whose fact is to be in it
    subject: str = ""  # empty: the campaign's
    arranged: bool = False  # whether the supporter has put it into an order of their own
    ask: str = ""
    with_sources: bool = True
    aside: list[Piece] = field(default_factory=list)  # removed, with their edits, the last one last
    question: int = 0  # which of the guiding questions heads the box for own words
    channel: str = ""  # "post" once the supporter has said so in the builder
    version: int = 0  # grows with each save; `letters.writing.session` tells by it what another tab has overtaken
    saved_by: str = ""  # the page that saved last, and its how manieth request that was
    turn: int = 0
    other: dict[str, Any] = field(default_factory=dict)  # what another tab wrote meanwhile, until the supporter chooses

    @property
    def keys(self) -> list[str]:
        return [piece.key for piece in self.pieces]

    @property
    def order(self) -> list[str]:
        keys = self.keys
        at = min(self.own_position, len(keys))
        return [*keys[:at], OWN, *keys[at:]]

    def choose(self, keys: Iterable[str], places: Mapping[str, int] | None = None) -> None:
        """Take these arguments: those already there keep place and text, new ones go to the end.

        One that goes is set aside; if it is taken again, the text comes back with it. `places` says in which order
        arguments read best: they are put into it until their supporter has moved one.
        """
        wanted = list(dict.fromkeys(keys))
        kept = [piece for piece in self.pieces if piece.key in wanted]
        gone = [replace(piece, place=at) for at, piece in enumerate(self.pieces) if piece.key not in wanted]
        aside = {piece.key: piece for piece in [*self.aside, *gone]}
        there = {piece.key for piece in kept}
        self.pieces = kept + [aside.pop(key, Piece(key)) for key in wanted if key not in there]
        self.aside = list(aside.values())
        while sum(piece.size for piece in self.aside) > MAX_ASIDE:
            del self.aside[0]  # removed longest ago; or a session could grow with each exchange
        if places and not self.arranged:
            self.pieces.sort(key=lambda piece: places.get(piece.key, 0))
        self.own_position = min(self.own_position, len(self.pieces))

    def restore(self, key: str) -> None:
        if key in {piece.key for piece in self.aside} and len(self.pieces) < MAX_ARGUMENTS:
            self.choose([*self.keys, key])
            piece = self.pieces.pop()
            self.pieces.insert(piece.place, piece)

    def arrange(self, order: list[str]) -> None:
        """Bring the pieces into this order, if it names each of them and the own words once; else leave it."""
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
