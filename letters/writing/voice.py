"""Whether a letter speaks as “I” or as “we”, and which of the campaign's texts speak with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from letters.writing.draft import Draft

QUOTED = re.compile(r"‘.*?’(?!\w)")
ONE = re.compile(r"\b(?:[Ii]|[Ii]m|[Ii]ve|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself)\b")
# “US” is a country. “Our” says little: one person may have a house, an MP and a government with others.
SEVERAL = re.compile(r"\b[Ww]e\b")


def speaks_as_one(text: str) -> bool:
    return bool(ONE.search(QUOTED.sub("", text)))


def speaks_as_several(text: str) -> bool:
    return bool(SEVERAL.search(QUOTED.sub("", text)))


def is_from_several(draft: Draft) -> bool:
    """Whether its supporters say “we” in their own words, and never “I”."""
    text = f"{draft.reason} {draft.own_words}"
    return speaks_as_several(text) and not speaks_as_one(text)


def fit_voice(options: Iterable[str], *, several: bool) -> list[str]:
    """Return the sentences that one person, or several, would say; all of them if none fits."""
    options = list(options)
    jars = speaks_as_one if several else speaks_as_several
    return [text for text in options if not jars(text)] or options
