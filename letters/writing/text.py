"""Cleans what people type of invisible and misleading characters, and measures it."""

from __future__ import annotations

import re
import unicodedata

UNPRINTABLE = ("Cc", "Cs", "Cn", "Co")  # controls, surrogates, unassigned, private use
# Directional marks, deprecated ones too, and annotation marks, which hide the text between them.
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")
BIDI |= frozenset("\u206a\u206b\u206c\u206d\u206e\u206f\ufff9\ufffa\ufffb")
VISIBLE = "LNPS"  # letters, numbers, punctuation, symbols
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that look blank


def clean_text(text: str) -> str:
    """Return the text in NFC with plain newlines, without control and bidi characters and without trailing space.

    Those characters can make a letter read differently from how it looks, or break a mail's headers
    (Unicode UAX #9, "Trojan source"). Tabs become spaces. Text without visible characters becomes empty.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    # Look up each distinct character once: long texts have few.
    unseen = {c for c in set(text) if c != "\n" and (unicodedata.category(c) in UNPRINTABLE or c in BIDI)}
    lines = text.translate(dict.fromkeys(map(ord, unseen))).split("\n")
    tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
    return tidy if any(unicodedata.category(c)[0] in VISIBLE and c not in BLANK for c in set(tidy)) else ""


def clean_line(text: str) -> str:
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(clean_text(text).split())


def count_words(text: str) -> int:
    return len(re.findall(r"\w+(?:[’'\-]\w+)*", text))


def make_printable(text: str) -> str:
    """Return a machine's text as one line; unprintable characters become spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
