"""Parses what a person typed as a postcode, and looks it up in the site's tables."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from threading import Lock

from django.conf import settings

from campaign.parliament.postcode_table import Place, PostcodeTable, read_table

SHIPPED = Path(__file__).parent / "data"
LIVE_FILE = "postcodes.bin"
OLD_FILE = "postcodes_old.bin"
MAX_INPUT = 40  # characters; nobody needs more, and normalising may lengthen a text considerably

# Wider than Royal Mail's pattern, which refuses live postcodes such as N1P 1AA. NPT was Newport until 1984.
_PATTERN = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?|NPT)([0-9][A-Z]{2})")
_UNIT = re.compile(r"[0-9][ABD-HJLNP-UW-Z]{2}")
_LOOK_ALIKES = {"O": "O0", "0": "0O", "I": "I1", "1": "1I", "L": "L1"}
_MAX_LOOK_ALIKES = 64
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Postcode:
    """What looks like a postcode: `outward` SW1A and `inward` 0AA."""

    outward: str
    inward: str

    def __str__(self) -> str:
        return f"{self.outward} {self.inward}"


@dataclass(frozen=True, slots=True)
class Found:
    """A postcode's place, and whether it is in use."""

    place: Place
    live: bool


def fold_postcode(text: str | None) -> str:
    """Return the text in NFKC and upper case without separators: spaces, dots, dashes, invisible characters.

    Returns "" for text of more than 40 characters, which is no postcode.
    """
    if not isinstance(text, str) or len(text) > MAX_INPUT:
        return ""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if unicodedata.category(c)[0] not in "ZPCM")


def parse_postcode(text: str | None) -> Postcode | None:
    """Return the text as a postcode, or None if it does not look like one; it may not exist. Never raises."""
    found = _PATTERN.fullmatch(fold_postcode(text))
    if not found or not (found[1] == "NPT" or _UNIT.fullmatch(found[2])):
        return None
    return Postcode(found[1], found[2])


def look_up_postcode(postcode: Postcode) -> Found | None:
    """Look up a postcode; None if it is unknown. Takes microseconds once the tables are loaded."""
    live, old = load_tables()
    if place := live.look_up(postcode.outward, postcode.inward):
        return Found(place, live=True)
    if place := old.look_up(postcode.outward, postcode.inward):
        return Found(place, live=False)
    return None


def list_constituencies_nearby(postcode: Postcode) -> list[str]:
    live, old = load_tables()
    return live.list_constituencies(postcode.outward, postcode.inward) or old.list_constituencies(
        postcode.outward, postcode.inward
    )


def suggest_postcode(text: str | None) -> Postcode | None:
    squeezed = fold_postcode(text)
    if not 5 <= len(squeezed) <= 7:
        return None
    live, _old = load_tables()
    known = [
        postcode
        for candidate in _list_look_alikes(squeezed)
        if (postcode := parse_postcode(candidate)) and live.look_up(postcode.outward, postcode.inward)
    ]
    return known[0] if len(known) == 1 else None


def load_tables() -> tuple[PostcodeTable, PostcodeTable]:
    """Return the tables of live and of old postcodes, read once per process.

    An operator's own tables in PARLEY_DATA_DIR (`manage.py build_postcodes`) replace the shipped ones; restart after a
    rebuild. Raises PostcodeTableError if a file is missing or damaged.
    """
    with _lock:  # or two threads would read the files when a process starts
        return _load_tables(settings.DATA_DIR)


@lru_cache(maxsize=1)
def _load_tables(own: Path) -> tuple[PostcodeTable, PostcodeTable]:
    folder = own if (own / LIVE_FILE).exists() and (own / OLD_FILE).exists() else SHIPPED
    return read_table(folder / LIVE_FILE), read_table(folder / OLD_FILE)


def _list_look_alikes(squeezed: str) -> Iterator[str]:
    choices = [_LOOK_ALIKES.get(c, c) for c in squeezed]
    count = 1
    for choice in choices:
        count *= len(choice)
    if 1 < count <= _MAX_LOOK_ALIKES:
        yield from ("".join(letters) for letters in product(*choices) if "".join(letters) != squeezed)
