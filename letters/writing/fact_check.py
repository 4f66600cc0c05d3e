"""Compares an edited argument with its original: which claims have changed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from letters.writing.facts import Fact, Quotation, find_facts, find_quotations, list_words, make_plain

KEPT = 0.6  # a sentence that keeps this share of its words was edited, not dropped
ALIKE = 0.5  # quotations this similar are the same one, changed
MAX_CHANGES = 20  # in one paragraph; nobody reads more
MAX_SHOWN = 120  # characters of a change
MIN_QUOTED = 3  # words; shorter ones may be scare quotes
OWN_VOICE = re.compile(
    r"\b(?:I|[Mm]y|me|mine|[Ww]e|us|[Oo]urs?)\b"
)  # makes a new sentence the supporter's own statement
SENTENCE_END = re.compile(r"[.!?][\"'’)\]]*\s+(?=[\"'‘(\[]?[A-Z\d])|\n+")

Kind = Literal["quotation", "quoted words", "number", "date"]


@dataclass(frozen=True)
class ClaimChange:
    """One thing that an edit has changed in a claim."""

    kind: Kind
    before: str  # in the bank's text; empty: added
    after: str | None  # in the edited text; None: taken out
    text: str  # what to tell the supporter


class Side:
    """One of the two texts, parsed, in time linear in its length."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = make_plain(text)
        self.quotations, self.unpaired_quotes = find_quotations(self.plain)
        ends = [match.end() for match in SENTENCE_END.finditer(self.plain)]
        self.bounds = list(zip([0, *ends], [*ends, len(text)], strict=True))
        self.ends = [end for _start, end in self.bounds]
        found = list_words(self.plain)
        self.words = [word for word, _at in found]
        self.sentence_of = [self.get_sentence_at(at) for _word, at in found]  # of each word
        self.is_quoted = self.mark_quoted([at for _word, at in found])  # each word

    def mark_quoted(self, places: list[int]) -> list[bool]:
        marked, number, until = [], 0, 0
        for place in places:
            while number < len(self.quotations) and self.quotations[number].start < place:
                until = max(until, self.quotations[number].end)
                number += 1
            marked.append(place < until)
        return marked

    @cached_property
    def facts(self) -> list[Fact]:
        return find_facts(self.plain)

    @cached_property
    def values(self) -> set[Hashable]:
        return {fact.value for fact in self.facts}

    @cached_property
    def sentences(self) -> list[Counter[str]]:
        sentences: list[Counter[str]] = [Counter() for _bounds in self.bounds]
        for word, number in zip(self.words, self.sentence_of, strict=True):
            if not word.isdigit():
                sentences[number][word] += 1
        return sentences

    @cached_property
    def unquoted(self) -> list[str]:
        return [word for word, quoted in zip(self.words, self.is_quoted, strict=True) if not quoted]

    def get_sentence_at(self, place: int) -> int:
        return min(bisect_right(self.ends, place), len(self.bounds) - 1)

    def show(self, part: Fact | Quotation) -> str:
        shown = self.text[part.start : part.end]
        if isinstance(part, Quotation):
            shown = Truncator(shown[1:-1].strip()).words(12, truncate=" …")
        return Truncator(shown.strip()).chars(MAX_SHOWN)

    def count_words(self, words: tuple[str, ...], sentence: int | None = None, *, quoted: bool = False) -> int:
        """Count these consecutive words, in one sentence or in all; only unquoted ones by default."""
        return sum(
            tuple(self.words[at : at + len(words)]) == words
            for at, first in enumerate(self.words)
            if first == words[0] and (quoted or not self.is_quoted[at]) and sentence in (None, self.sentence_of[at])
        )


class Comparison:
    """The bank's text and the edited one, compared."""

    def __init__(self, original: str, edited: str) -> None:
        self.original, self.edited = Side(original), Side(edited)
        self.changes: list[ClaimChange] = []
        self.reported_spans: list[tuple[int, int]] = []  # parts of the original about which something has been reported

    @cached_property
    def sentence_matches(self) -> dict[int, int]:
        having: dict[str, list[tuple[int, int]]] = {}  # sentences of the edited text with a word, and how often
        for number, words in enumerate(self.edited.sentences):
            for word, count in words.items():
                having.setdefault(word, []).append((number, count))
        homes = {}
        for number, words in enumerate(self.original.sentences):
            shared: Counter[int] = Counter()
            for word, count in words.items():
                for there, times in having.get(word, ()):
                    shared[there] += min(count, times)
            home = max(shared, key=lambda there: (shared[there], -there), default=None)
            if home is not None and shared[home] >= KEPT * words.total():
                homes[number] = home
        return homes

    @cached_property
    def own_voice(self) -> list[bool]:
        old = set(self.sentence_matches.values())
        return [
            number not in old and bool(OWN_VOICE.search(self.edited.plain[start:end]))
            for number, (start, end) in enumerate(self.edited.bounds)
        ]

    def is_own_voice(self, place: int) -> bool:
        return self.own_voice[self.edited.get_sentence_at(place)]

    @property
    def is_enough(self) -> bool:
        """Whether MAX_CHANGES are found."""
        return len(self.changes) >= MAX_CHANGES

    def report(self, kind: Kind, before: str, after: str | None, text: str) -> None:
        change = ClaimChange(kind, before, after, text)
        if change not in self.changes and not self.is_enough:
            self.changes.append(change)

    def compare_quotations(self) -> None:
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
            said: set[tuple[str, ...]] = set()
            for extra in left:
                if self.is_enough:
                    break
                if len(extra.words) < MIN_QUOTED or extra.words in said:
                    continue
                if not self.is_own_voice(extra.start):
                    said.add(extra.words)
                    shown = self.edited.show(extra)
                    text = _("You put “%(after)s” in quotation marks. The source does not quote it.")
                    self.report("quotation", "", shown, text % {"after": shown})
        if self.edited.unpaired_quotes > self.original.unpaired_quotes and not self.changes:
            text = _("A quotation has only one of its quotation marks. Add the other one, or take out the quotation.")
            self.report("quotation", "", None, text)

    def compare_quotation(self, quotation: Quotation, left: list[Quotation]) -> None:
        shown = self.original.show(quotation)
        home = self.sentence_matches.get(self.original.get_sentence_at(quotation.start))
        now = self.find_successor(quotation, home, left)
        if self.is_unquoted(quotation, home):
            text = _("You took the quotation marks off “%(before)s”. They show that the words are not yours.")
            self.report("quotation", shown, None, text % {"before": shown})
        elif now:
            text = _("You changed a quotation. The words were “%(before)s”.")
            self.report("quoted words", shown, self.edited.show(now), text % {"before": shown})
        elif _find_longest(quotation.words, self.edited.unquoted) >= max(MIN_QUOTED, KEPT * len(quotation.words)):
            text = _("You changed a quotation, or took off its quotation marks. The words were “%(before)s”.")
            self.report("quotation", shown, None, text % {"before": shown})
        else:
            return  # the whole sentence was dropped
        self.reported_spans.append((quotation.start, quotation.end))

    def find_successor(self, quotation: Quotation, home: int | None, left: list[Quotation]) -> Quotation | None:
        whole = " ".join(quotation.words)
        there = next((other for other in left if whole in " ".join(other.words)), None)
        if there is None:
            likeness = {words: _compare_words(quotation.words, words) for words in {other.words for other in left}}
            there = max(left, key=lambda other: likeness[other.words], default=None)
            if there and likeness[there.words] < ALIKE:
                there = next((other for other in left if home == self.edited.get_sentence_at(other.start)), None)
        return there

    def is_unquoted(self, quotation: Quotation, home: int | None) -> bool:
        if any(outer.start < quotation.start and quotation.end <= outer.end for outer in self.original.quotations):
            return home is not None and self.edited.count_words(quotation.words, home, quoted=True) > 0
        if len(quotation.words) < MIN_QUOTED:
            return home is not None and self.edited.count_words(quotation.words, home) > 0
        return self.edited.count_words(quotation.words) > self.original.count_words(quotation.words)

    def compare_facts(self) -> None:
        missing, added = _subtract(self.original.facts, self.edited.facts)
        dates = [other for other in added if other.kind == "date"]
        inside: dict[int, list[Fact]] = {}  # added facts, by sentence
        for other in added:
            inside.setdefault(self.edited.get_sentence_at(other.start), []).append(other)
        taken: set[Fact] = set()
        for fact in missing:
            wider = next((other for other in dates if other not in taken and other.is_wider(fact)), None)
            if wider:
                taken.add(wider)
                continue
            home = self.sentence_matches.get(self.original.get_sentence_at(fact.start))
            if home is None:
                continue
            there = [other for other in inside.get(home, ()) if other not in taken]
            before = self.original.show(fact)
            if there:
                now = min(there, key=lambda other: (other.kind != fact.kind, abs(other.start - fact.start)))
                taken.add(now)
                after = self.edited.show(now)
                text = _("You changed “%(before)s” to “%(after)s”. The source says %(before)s.")
                self.report_fact(fact, before, after, text)
            elif not fact.spelled and fact.value not in self.edited.values:
                self.report_fact(fact, before, None, _("You took out “%(before)s”, which is in the source."))
        known = set(self.original.values)
        for fact in added:
            if self.is_enough:
                break
            if fact.spelled or fact in taken or fact.value in known:
                continue
            if not self.is_own_voice(fact.start):
                known.add(fact.value)  # report it once
                after = self.edited.show(fact)
                self.report_fact(None, "", after, _("You added “%(after)s”, which is not in the source."), fact.kind)

    def report_fact(self, fact: Fact | None, before: str, after: str | None, text: str, kind: str = "") -> None:
        if fact and any(start <= fact.start < end for start, end in self.reported_spans):
            return
        named: Kind = "date" if (fact.kind if fact else kind) == "date" else "number"
        self.report(named, before, after, text % {"before": before, "after": after})


def _compare_words(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return their similarity, 0–1, or 0 if below ALIKE.

    A ratio takes quadratic time, so it is computed only if two cheap upper bounds allow ALIKE.
    """
    if 2 * min(len(one), len(other)) < ALIKE * (len(one) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0  # never lower


def _find_longest(words: tuple[str, ...], text: list[str]) -> int:
    return SequenceMatcher(None, words, text, autojunk=False).find_longest_match().size


def _subtract(original: list[Fact], edited: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    spare = Counter(fact.value for fact in original)
    added = []
    for fact in edited:
        if spare[fact.value] > 0:
            spare[fact.value] -= 1
        else:
            added.append(fact)
    # Of several with the same value, the last are the missing ones.
    missing = []
    for fact in reversed(original):
        if spare[fact.value] > 0:
            spare[fact.value] -= 1
            missing.append(fact)
    return missing[::-1], added


def check_edit(original: str, edited: str) -> list[ClaimChange]:
    """Return the claims of a bank's paragraph that the edit has changed. Typography does not count.

    Paraphrases and names are not judged.
    """
    if " ".join(make_plain(original).split()) == " ".join(make_plain(edited).split()):
        return []
    comparison = Comparison(original, edited)
    comparison.compare_quotations()
    comparison.compare_facts()
    return comparison.changes
