"""Has an edit kept a sourced paragraph's claims true? Finds what was changed in quotations, numbers and dates.

A claim may be dropped whole, moved, or told in other words; what stays has to stay as the source has it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from letters.facts import Fact, Quotation, find_facts, find_quotations, list_words, make_plain

KEPT = 0.6  # a sentence of which so many words are still there has been edited, not dropped
ALIKE = 0.5  # quotations so alike are one and the same, changed
FEWEST_QUOTED = 3  # words; shorter ones in quotation marks may be said with a wink
OWN_VOICE = re.compile(r"\b(?:I|[Mm]y|me|mine|[Ww]e|us|[Oo]urs?)\b")  # in a new sentence: the writer's own statement
SENTENCE_END = re.compile(r"[.!?][\"'’)\]]*\s+(?=[\"'‘(\[]?[A-Z\d])|\n+")

Kind = Literal["quotation", "quoted words", "number", "date"]


@dataclass(frozen=True)
class Change:
    """One thing that an edit has changed in a claim."""

    kind: Kind
    before: str  # as the bank has it; empty: added
    after: str | None  # as it is now; None: taken out
    text: str  # what to tell the writer


class Side:
    """One of the two texts, taken apart."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = make_plain(text)
        self.words = list_words(self.plain)
        self.quotations, self.alone = find_quotations(self.plain)
        ends = [match.end() for match in SENTENCE_END.finditer(self.plain)]
        self.bounds = list(zip([0, *ends], [*ends, len(text)], strict=True))

    @cached_property
    def facts(self) -> list[Fact]:
        """Its numbers and dates."""
        return find_facts(self.plain)

    @cached_property
    def sentences(self) -> list[Counter[str]]:
        """The words of each sentence, without numbers."""
        return [
            Counter(word for word, at in self.words if start <= at < end and not word.isdigit())
            for start, end in self.bounds
        ]

    def sentence_at(self, place: int) -> int:
        """Return the number of the sentence that has this place."""
        return next((number for number, (_start, end) in enumerate(self.bounds) if place < end), len(self.bounds) - 1)

    def show(self, part: Fact | Quotation) -> str:
        """Return a part as it is written, a long one shortened."""
        shown = self.text[part.start : part.end]
        if isinstance(part, Quotation):
            shown = Truncator(shown[1:-1].strip()).words(12, truncate=" …")
        return shown.strip()

    def list_unquoted(self) -> list[str]:
        """Return the words that stand outside quotation marks."""
        return [word for word, at in self.words if not any(one.start < at < one.end for one in self.quotations)]

    def count_words(self, words: tuple[str, ...], sentence: int | None = None, *, quoted: bool = False) -> int:
        """Return how often these words stand in a row, in one sentence or in all; only unquoted ones unless told."""
        bare = [word for word, _at in self.words]
        found = 0
        for number in range(len(bare) - len(words) + 1):
            if tuple(bare[number : number + len(words)]) == words:
                at = self.words[number][1]
                inside = any(quotation.start < at < quotation.end for quotation in self.quotations)
                found += (quoted or not inside) and sentence in (None, self.sentence_at(at))
        return found


class Comparison:
    """The bank's text and what became of it."""

    def __init__(self, original: str, edited: str) -> None:
        self.original, self.edited = Side(original), Side(edited)
        self.changes: list[Change] = []
        self.settled: list[tuple[int, int]] = []  # places in the original about which something was said already

    @cached_property
    def homes(self) -> dict[int, int]:
        """In which sentence now each of the original's sentences is that was not dropped."""
        homes = {}
        for number, words in enumerate(self.original.sentences):
            shared = [(words & theirs).total() for theirs in self.edited.sentences]
            best = max(shared)
            if best >= max(1, KEPT * words.total()):
                homes[number] = shared.index(best)
        return homes

    def is_own_voice(self, place: int) -> bool:
        """Return whether the sentence at this place is new and speaks of its writer."""
        number = self.edited.sentence_at(place)
        start, end = self.edited.bounds[number]
        return number not in self.homes.values() and bool(OWN_VOICE.search(self.edited.plain[start:end]))

    def report(self, kind: Kind, before: str, after: str | None, text: str) -> None:
        """Add a change, once."""
        change = Change(kind, before, after, text)
        if change not in self.changes:
            self.changes.append(change)

    def compare_quotations(self) -> None:
        """Find quotations whose marks or words were changed."""
        left = list(self.edited.quotations)
        gone = []
        for quotation in self.original.quotations:
            same = next((theirs for theirs in left if theirs.words == quotation.words), None)
            if same:
                left.remove(same)
            else:
                gone.append(quotation)
        for quotation in gone:
            self.compare_quotation(quotation, left)
        if not gone:
            for extra in left:
                if len(extra.words) >= FEWEST_QUOTED and not self.is_own_voice(extra.start):
                    shown = self.edited.show(extra)
                    text = _("You put “%(after)s” in quotation marks. The source does not quote it.")
                    self.report("quotation", "", shown, text % {"after": shown})
        if self.edited.alone > self.original.alone and not self.changes:
            text = _("A quotation mark has lost its partner. Please put it back, or take both away with the words.")
            self.report("quotation", "", None, text)

    def compare_quotation(self, quotation: Quotation, left: list[Quotation]) -> None:
        """Say what became of a quotation that is not there any more as it was."""
        shown = self.original.show(quotation)
        home = self.homes.get(self.original.sentence_at(quotation.start))
        likeness = {other: _compare_words(quotation.words, other.words) for other in left}
        now = [other for other in left if " ".join(quotation.words) in " ".join(other.words)]
        now += sorted((other for other in left if likeness[other] >= ALIKE), key=lambda other: -likeness[other])
        now += [other for other in left if home == self.edited.sentence_at(other.start)]
        if self.is_unquoted(quotation, home):
            text = _("You took the quotation marks away from “%(before)s”. They show that the words are not yours.")
            self.report("quotation", shown, None, text % {"before": shown})
        elif now:
            text = _("You changed a quotation. The words were “%(before)s”.")
            self.report("quoted words", shown, self.edited.show(now[0]), text % {"before": shown})
        elif _find_longest(quotation.words, self.edited.list_unquoted()) >= max(
            FEWEST_QUOTED, KEPT * len(quotation.words)
        ):
            text = _("You changed a quotation, or took its marks away. The words were “%(before)s”.")
            self.report("quotation", shown, None, text % {"before": shown})
        else:
            return  # dropped whole
        self.settled.append((quotation.start, quotation.end))

    def is_unquoted(self, quotation: Quotation, home: int | None) -> bool:
        """Return whether the quotation's words are still there without its marks."""
        if any(outer.start < quotation.start and quotation.end <= outer.end for outer in self.original.quotations):
            return home is not None and self.edited.count_words(quotation.words, home, quoted=True) > 0
        if len(quotation.words) < FEWEST_QUOTED:
            return home is not None and self.edited.count_words(quotation.words, home) > 0
        return self.edited.count_words(quotation.words) > self.original.count_words(quotation.words)

    def compare_facts(self) -> None:
        """Find numbers and dates that were changed, taken out of a sentence that stays, or added."""
        missing, added = _subtract(self.original.facts, self.edited.facts)
        for fact in missing:
            wider = next((other for other in added if other.is_wider(fact)), None)
            if wider:
                added.remove(wider)
                continue
            home = self.homes.get(self.original.sentence_at(fact.start))
            if home is None:
                continue
            there = [other for other in added if self.edited.sentence_at(other.start) == home]
            there.sort(key=lambda other: (other.kind != fact.kind, abs(other.start - fact.start)))
            before = self.original.show(fact)
            if there:
                added.remove(there[0])
                after = self.edited.show(there[0])
                text = _("You changed “%(before)s” to “%(after)s”. The source says %(before)s.")
                self.report_fact(fact, before, after, text)
            elif not fact.spelled and all(other.value != fact.value for other in self.edited.facts):
                self.report_fact(fact, before, None, _("You took out “%(before)s”, which the source gives."))
        known = {fact.value for fact in self.original.facts}
        for fact in added:
            if not fact.spelled and fact.value not in known and not self.is_own_voice(fact.start):
                after = self.edited.show(fact)
                self.report_fact(None, "", after, _("You added “%(after)s”. The source does not give it."), fact.kind)

    def report_fact(self, fact: Fact | None, before: str, after: str | None, text: str, kind: str = "") -> None:
        """Report a fact, unless it stands in a quotation about which something was said already."""
        if fact and any(start <= fact.start < end for start, end in self.settled):
            return
        named: Kind = "date" if (fact.kind if fact else kind) == "date" else "number"
        self.report(named, before, after, text % {"before": before, "after": after})


def _compare_words(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _find_longest(words: tuple[str, ...], text: list[str]) -> int:
    return SequenceMatcher(None, words, text, autojunk=False).find_longest_match().size


def _subtract(original: list[Fact], edited: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return what is in the first list only, and what is in the second only, by value."""
    left = list(edited)
    missing = []
    for fact in original:
        same = next((other for other in left if other.value == fact.value), None)
        if same:
            left.remove(same)
        else:
            missing.append(fact)
    return missing, left


def check_edit(original: str, edited: str) -> list[Change]:
    """Return what the edit has changed in the claims of a paragraph of the bank; nothing for other typography.

    Whether a paraphrase says the same is not judged, nor are names.
    """
    if " ".join(make_plain(original).split()) == " ".join(make_plain(edited).split()):
        return []
    comparison = Comparison(original, edited)
    comparison.compare_quotations()
    comparison.compare_facts()
    return comparison.changes
