"""Finds the facts in a text: numbers, dates and quotations, however they are typeset."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from fractions import Fraction

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
