"""Compare an edited argument with its original: quotations, numbers, dates, however they are typeset."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from functools import cached_property
from typing import Literal

from django.utils.text import Truncator
from django.utils.translation import gettext as _

# One character for one, so that positions in the plain text and the text agree.
PLAIN = str.maketrans(
    dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f", " ")
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = re.compile(
    rf"""(?<![\d£$€.,])(?:
    (?P<d1>{DAY})\s+(?:of\s+)?(?P<m1>{MONTH})(?:,?\s+(?P<y1>\d{{4}}))?(?!\d)   # 24 February 2022
    |(?P<m2>{MONTH})\s+(?P<d2>{DAY})(?!\d)(?:,?\s+(?P<y2>\d{{4}})(?!\d))?      # February 24, 2022
    |(?P<m3>{MONTH})\s+(?P<y3>\d{{4}})(?!\d)                                   # February 2022
    |(?P<y4>\d{{4}})-(?P<m4>\d\d)-(?P<d4>\d\d)(?!\d)                           # 2022-02-24
    |(?P<d5>\d{{1,2}})[/.](?P<m5>\d{{1,2}})[/.](?P<y5>\d{{4}})(?!\d)           # 24/2/2022
    |(?P<y6>(?:19|20)\d\d)(?![\d%]|[.,]\d)                                     # 2022
    )""",
    re.VERBOSE,
)
MULTIPLES = {"hundred": 10**2, "thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "billion": 10**9}
MULTIPLES |= {"bn": 10**9, "trillion": 10**12, "tn": 10**12}
LARGE = "hundred|thousand|million|billion|trillion"
NUMBER = re.compile(
    rf"""(?P<currency>[£$€]\s?)?(?P<digits>\d{{1,3}}(?:[,\ ]\d{{3}}){{1,9}}(?!\d)|\d{{1,30}})(?P<decimals>\.\d{{1,30}})?
    (?:(?P<short>bn|tn|[mk])\b|\s?-?(?P<multiple>{LARGE})\b)?
    (?:\s?(?P<percent>%|per\ ?cent\b)|(?P<ordinal>st|nd|rd|th)\b|\s(?P<money>pounds|dollars|euros)\b)?""",
    re.VERBOSE | re.IGNORECASE,
)
SMALL = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
SMALL |= {"eleven": 11, "twelve": 12}
SMALL |= {"thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
SPELLED = re.compile(
    rf"""\b(?:(?P<tens>{"|".join(TENS)})(?:[-\ ](?P<unit>one|{"|".join(list(SMALL)[:8])}))?
    |(?P<small>{"|".join(sorted(SMALL, key=len, reverse=True))})|(?P<article>an?|one)(?=\s(?:{LARGE})\b))
    \b(?:[\s-](?P<multiple>{LARGE})\b)?(?:\s?(?P<percent>%|per\ ?cent\b)|\s(?P<money>pounds|dollars|euros)\b)?""",
    re.VERBOSE | re.IGNORECASE,
)
CURRENCIES = {"pounds": "£", "dollars": "$", "euros": "€"}


@dataclass(frozen=True)
class Fact:
    """A number or a date in a text."""

    kind: str  # number or date
    value: Hashable  # the same however it is written
    start: int
    end: int
    spelled: bool = False  # as in "two", which is often no claim

    def is_wider(self, other: Fact) -> bool:
        """Whether this is the other date less exactly: February 2022 for 24 February 2022."""
        mine, theirs = self.value, other.value
        if self.kind != "date" or not (isinstance(mine, tuple) and isinstance(theirs, tuple)):
            return False
        if len(theirs) == 4 and len(mine) == 3:  # a bare year
            return bool(mine[1] == theirs[2])
        return len(mine) == len(theirs) and all(a in (None, b) for a, b in zip(mine, theirs, strict=True))


@dataclass(frozen=True)
class Quotation:
    """A quotation, with its words as compared."""

    words: tuple[str, ...]
    start: int  # of the opening mark
    end: int  # after the closing mark


def make_plain(text: str) -> str:
    """Return the text with plain marks and spaces, of the same length. Single quotation marks keep their direction."""
    return text.translate(PLAIN)


def list_words(text: str) -> list[tuple[str, int]]:
    found = re.finditer(r"\w+(?:['’‘]\w+)*", text)
    return [(re.sub(r"['’‘]", "", match[0]).casefold(), match.start()) for match in found]


def find_quotations(text: str) -> tuple[list[Quotation], int]:
    spans: list[tuple[int, int]] = []
    double = [match.start() for match in re.finditer('"', text)]
    spans += list(zip(double[::2], double[1::2], strict=False))
    alone = len(double) % 2
    opened: int | None = None
    for match in re.finditer(r"['‘’]", text):
        at, mark = match.start(), match[0]
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if mark != "’" and (not before or not (before.isalnum() or before in ".,;:!?")) and after.strip():
            alone += opened is not None and text[opened] == "‘"
            opened = at
        elif mark != "‘" and opened is not None and before.strip() and not after.isalnum():
            spans.append((opened, at))
            opened = None
    alone += opened is not None and text[opened] == "‘"
    found = (Quotation(tuple(word for word, _at in list_words(text[a + 1 : b])), a, b + 1) for a, b in sorted(spans))
    return [quotation for quotation in found if quotation.words], alone


def find_facts(text: str) -> list[Fact]:
    facts = [_read_date(match) for match in DATE.finditer(text)]
    # What is found is blanked out, so that no number is found in a date.
    for find in (_find_numbers, _find_spelled):
        facts += find(_blank_out(text, facts))
    return sorted(facts, key=lambda fact: fact.start)


def _blank_out(text: str, facts: list[Fact]) -> str:
    parts, at = [], 0
    for fact in sorted(facts, key=lambda fact: fact.start):
        parts += [text[at : fact.start], "\x00" * (fact.end - fact.start)]
        at = fact.end
    return "".join([*parts, text[at:]])


def _read_date(match: re.Match[str]) -> Fact:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    year = int(parts["y"]) if "y" in parts else None
    if set(parts) == {"y"}:  # a bare year may be a number: "2000 people", "2,000 people"
        return Fact("date", ("", int(parts["y"]), ""), match.start(), match.end())
    month = parts["m"][:3].lower()
    number = MONTHS.index(month) + 1 if month in MONTHS else int(parts["m"])
    day = int(re.sub(r"\D", "", parts["d"])) if "d" in parts else None
    return Fact("date", (day, number, year, "date"), match.start(), match.end())


def _find_numbers(text: str) -> Iterator[Fact]:
    for match in NUMBER.finditer(text):
        digits = match["digits"].replace(",", "").replace(" ", "")
        value = Fraction(digits + match["decimals"]) if match["decimals"] else int(digits)
        value *= MULTIPLES.get((match["short"] or match["multiple"] or "").lower(), 1)
        yield Fact("number", _with_unit(match, value), match.start(), match.end())


def _find_spelled(text: str) -> Iterator[Fact]:
    for match in SPELLED.finditer(text):
        units = {"one": 1} | SMALL
        value = TENS.get((match["tens"] or "").lower(), 0) + units.get((match["unit"] or "").lower(), 0)
        value += SMALL.get((match["small"] or "").lower(), 0) + bool(match["article"])
        value *= MULTIPLES.get((match["multiple"] or "").lower(), 1)
        yield Fact("number", _with_unit(match, value), match.start(), match.end(), spelled=True)


def _with_unit(match: re.Match[str], value: int | Fraction) -> Hashable:
    groups = match.groupdict()
    money = (groups.get("currency") or "").strip() or CURRENCIES.get((groups["money"] or "").lower(), "")
    return money, value, "%" if groups["percent"] else (groups.get("ordinal") or "").lower()


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
