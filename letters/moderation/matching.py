"""Finds what rules look for in a text: phrases, links, postcodes, names."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from campaign.parliament.finding import look_up_constituency

Span = tuple[int, int]  # first character, and the one after the last

MAX_STAR = 20  # letters that a * matches
MAX_LOOKED_UP = 50  # distinct postcodes in a text; a look-up takes some 30 µs
# Postcodes that anybody may mention to any MP: the Commons, the Lords and Downing Street.
PUBLIC_POSTCODES = {"SW1A0AA", "SW1A0PW", "SW1A2AA"}
POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}[0-9][0-9A-Z]?[ \u00a0]{0,2}[0-9][A-Z]{2}(?!\w)", re.IGNORECASE)
TOP_LEVEL = (
    "com|org|net|info|biz|edu|gov|co|uk|eu|ie|us|ru|ua|de|fr|io|ly|tv|cc|app|dev|xyz|top|shop|site|online|link|click|"
    "news|blog|page|vip|win|live|wales|scot|london"
)
LINK = re.compile(
    r"(?<![\w@.\-])(?:(?:https?|hxxps?|ftp)://|www\.)[^\s<>\"]{2,500}"
    rf"|(?<![\w@.\-])(?:[a-z0-9][a-z0-9\-]{{0,62}}\.){{1,4}}(?:{TOP_LEVEL})(?![\w@\-])(?:/[^\s<>\"]{{0,500}})?",
    re.IGNORECASE,
)
LATIN = re.compile(r"[a-z]+")
TITLES = {
    "mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame", "lord", "lady", "baroness", "rt", "hon", "the", "right",
    "honourable", "rev", "revd", "reverend", "prof", "professor", "mp", "msp", "kc", "qc", "pc", "obe", "mbe", "cbe",
    "kbe", "dbe", "gbe", "kcb", "kcmg", "cmg", "ch", "frs", "td", "vr", "jp", "dl", "esq",
}  # fmt: skip


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """Fold a character: no case, no accents, nothing invisible; any apostrophe becomes the plain one."""
    if character in "’‘ʼ":
        return "'"
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Me", "Cf"))


def fold_text(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters, and its end, the position in the original."""
    folded, places = [], []
    for place, character in enumerate(text):
        for one in fold_character(character):
            folded.append(one)
            places.append(place)
    return "".join(folded), [*places, len(text)]


@lru_cache(maxsize=64)
def compile_phrases(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return a pattern for any of the phrases as whole words; None for none. Cached, as they are the campaign's."""
    patterns = []
    for phrase in phrases:
        words = [re.escape(word).replace(r"\*", rf"\w{{0,{MAX_STAR}}}") for word in fold_text(phrase)[0].split()]
        if words:
            patterns.append(r"[\W_]{1,10}".join(words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)") if patterns else None


def find_phrases(text: str, phrases: Iterable[str]) -> list[Span]:
    """Return the spans of the phrases as whole words, ignoring case and accents; `*` matches any letters."""
    pattern = compile_phrases(tuple(phrases))
    if pattern is None or not text:
        return []
    folded, places = fold_text(text)
    return [(places[match.start()], places[match.end() - 1] + 1) for match in pattern.finditer(folded)]


def find_links(text: str) -> list[Span]:
    """Return the spans of web addresses, but not of mail addresses."""
    return [match.span() for match in LINK.finditer(text)]


def find_postcodes_elsewhere(text: str, gss: str) -> list[Span]:
    """Return the spans of postcodes that cannot be in this constituency.

    Each is looked up once, at most MAX_LOOKED_UP in all; any more count as found, for a person to check.
    """
    found = []
    elsewhere = dict.fromkeys(PUBLIC_POSTCODES, False)
    most = len(elsewhere) + MAX_LOOKED_UP
    for match in POSTCODE.finditer(text):
        postcode = re.sub(r"\s", "", match[0]).upper()
        if postcode not in elsewhere and len(elsewhere) < most:
            finding = look_up_constituency(postcode)
            elsewhere[postcode] = finding.status in ("found", "confirm") and gss not in finding.gss
        if elsewhere.get(postcode, True):
            found.append(match.span())
    return found


@cache
def read_lookalikes() -> dict[str, str]:
    """Return the Latin letters that other characters look like, from Unicode's confusables (UTS 39).

    The data come from confusable-homoglyphs, whose code would keep nine megabytes of them in memory.
    """
    alike = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    table = {"I": "l", "1": "l", "|": "l", "0": "o"}
    for character, others in alike.items():
        letters = {found for other in others if LATIN.fullmatch(found := fold_text(other["c"])[0])}
        if not character.isascii() and len(letters) == 1:
            table[character] = letters.pop()
    return table


def draw_skeleton(text: str) -> str:
    table = read_lookalikes()
    drawn = "".join(table.get(character, character) for character in unicodedata.normalize("NFKD", text))
    return fold_text(drawn)[0].replace("rn", "m")


def split_name(folded: str) -> list[str]:
    words = re.findall(r"\w+(?:['\-]\w+)*", re.sub(r"'s\b", "", folded))
    return [word for word in words if word not in TITLES]


def has_name(name: str, other: str) -> bool:
    """Whether a name contains another, or a look-alike: its first and last word, without titles.

    It may have more words ("… MP Office"), and its letters may be spaced out or joined.
    """
    folded = fold_text(name)[0], fold_text(other)[0]
    return _has_words(*folded) or _has_words(draw_skeleton(name), draw_skeleton(other))


def _has_words(name: str, other: str) -> bool:
    mine, theirs = split_name(name), split_name(other)
    if len(theirs) < 2:
        return False
    if {theirs[0], theirs[-1]} <= set(mine):
        return True
    pieces = [re.sub(r"\W", "", word) for word in mine]
    runs = {"".join(pieces[start:end]) for start in range(len(pieces)) for end in range(start + 1, len(pieces) + 1)}
    return not runs.isdisjoint({theirs[0] + theirs[-1], re.sub(r"\W", "", "".join(theirs))})


def is_in_domains(email: str, domains: Iterable[str]) -> bool:
    domain = email.rpartition("@")[2].lower().rstrip(".")
    return any(domain == one or domain.endswith(f".{one}") for one in (known.lower() for known in domains))
