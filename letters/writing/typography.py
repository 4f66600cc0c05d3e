"""Sets straight apostrophes and quotation marks as a printer would; only in what is shown, never in what is stored."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"\S+://\S+|\bwww\.\S+|\S+@\S+")  # nothing in one is changed
STRAIGHT = re.compile("['\"]")
BEFORE_OPENING = re.compile(r"(?:^|[\s(\[/–—“‘-])$")
CLOSING = {"'": re.compile(r"\S(?<![\d(\[])'(?!\w)"), '"': re.compile(r"\S\"(?!\w)")}
PAIRS = {"'": ("‘", "’"), '"': ("“", "”")}


def set_marks(text: str) -> str:
    """Return the text with typographic marks; feet and inches after a number stay straight."""
    if not STRAIGHT.search(text):
        return text
    done, at, open_marks = "", 0, {"'": 0, '"': 0}
    addresses = [match.span() for match in ADDRESS.finditer(text)]
    for match in STRAIGHT.finditer(text):
        place, mark = match.start(), match[0]
        done += text[at:place]
        at = place + 1
        done += mark if any(begin <= place < end for begin, end in addresses) else set_mark(text, place, open_marks)
    return done + text[at:]


def set_mark(text: str, place: int, open_marks: dict[str, int]) -> str:
    mark, before, after = text[place], text[:place], text[place + 1 :]
    opening, closing = PAIRS[mark]
    begins = bool(BEFORE_OPENING.search(before)) or (before[-1:] in ("'", '"') and not before[:-1].strip())
    if begins and after[:1].strip():
        if mark == "'" and not CLOSING[mark].search(after):
            return closing  # something is left out: ’em, ’90s
        open_marks[mark] += 1
        return opening
    if not before[-1:].strip():
        return mark  # alone between spaces
    if before[-1:].isdigit() and not after[:1].isalpha() and not open_marks[mark]:
        return mark
    if mark == '"' or not after[:1].isalnum():
        open_marks[mark] = max(0, open_marks[mark] - 1)
    return closing
