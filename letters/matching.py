"""Finds in a text what a rule looks for, and where: phrases, links, postcodes, names. Knows no letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from campaign.parliament.finding import find_seats

Span = tuple[int, int]  # the first character, and the one after the last

LONGEST_STAR = 20  # letters that a * stands for
MOST_LOOKED_UP = 50  # different postcodes of a text; looking one up takes some 30 µs
# What anybody may write to any MP: the Commons, the Lords and Downing Street have addresses in one constituency.
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
TITLES = {
    "mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame", "lord", "lady", "baroness", "rt", "hon", "the", "right",
    "honourable", "rev", "revd", "reverend", "prof", "professor", "mp", "msp", "kc", "qc", "pc", "obe", "mbe", "cbe",
    "kbe", "dbe", "gbe", "kcb", "kcmg", "cmg", "ch", "frs", "td", "vr", "jp", "dl", "esq",
}  # fmt: skip


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """Return what counts of a character: no case, no accents, nothing invisible; any apostrophe is the plain one."""
    if character in "’‘ʼ":
        return "'"
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Me", "Cf"))


def fold_text(text: str) -> tuple[str, list[int]]:
    """Return the text folded, and for each of its characters where it stands in the original; one more for the end."""
    folded, places = [], []
    for place, character in enumerate(text):
        for one in fold_character(character):
            folded.append(one)
            places.append(place)
    return "".join(folded), [*places, len(text)]


@lru_cache(maxsize=64)
def compile_phrases(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return what finds any of the phrases as whole words; None for none. A campaign's, so nothing personal is kept."""
    patterns = []
    for phrase in phrases:
        words = [re.escape(word).replace(r"\*", rf"\w{{0,{LONGEST_STAR}}}") for word in fold_text(phrase)[0].split()]
        if words:
            patterns.append(r"[\W_]{1,10}".join(words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)") if patterns else None


def find_phrases(text: str, phrases: Iterable[str]) -> list[Span]:
    """Return where one of the phrases stands, as whole words, whatever case and accents; `*` is any letters."""
    pattern = compile_phrases(tuple(phrases))
    if pattern is None or not text:
        return []
    folded, places = fold_text(text)
    return [(places[match.start()], places[match.end() - 1] + 1) for match in pattern.finditer(folded)]


def find_links(text: str) -> list[Span]:
    """Return where a web address stands; a mail address is none."""
    return [match.span() for match in LINK.finditer(text)]


def find_postcodes_elsewhere(text: str, gss: str) -> list[Span]:
    """Return where a postcode stands that lies certainly, or wherever it may lie, in other constituencies.

    Each is looked up once, and MOST_LOOKED_UP of them at most: any further one counts as found, for a person to read.
    """
    found = []
    elsewhere = dict.fromkeys(PUBLIC_POSTCODES, False)
    most = len(elsewhere) + MOST_LOOKED_UP
    for match in POSTCODE.finditer(text):
        postcode = re.sub(r"\s", "", match[0]).upper()
        if postcode not in elsewhere and len(elsewhere) < most:
            finding = find_seats(postcode)
            elsewhere[postcode] = finding.status in ("found", "confirm") and gss not in finding.gss
        if elsewhere.get(postcode, True):
            found.append(match.span())
    return found


def split_name(name: str) -> list[str]:
    """Return the words of a name that tell people apart, folded, without titles and honours."""
    words = re.findall(r"\w+(?:['\-]\w+)*", fold_text(name)[0])
    return [word for word in words if word not in TITLES]


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are probably one person's: first and last word are the same, titles aside."""
    mine, theirs = split_name(one), split_name(other)
    return min(len(mine), len(theirs)) >= 2 and (mine[0], mine[-1]) == (theirs[0], theirs[-1])


def is_in_domains(email: str, domains: Iterable[str]) -> bool:
    """Whether a mail address is in one of the domains, or in a subdomain of one."""
    domain = email.rpartition("@")[2].lower().rstrip(".")
    return any(domain == one or domain.endswith(f".{one}") for one in (known.lower() for known in domains))
