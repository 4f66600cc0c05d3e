"""Which arguments a supporter sees first: a few, one a theme, different for each draft, so that letters differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from campaign.content.models import Argument

MAX_FIRST = 4


def pick_first(arguments: Iterable[Argument], seed: str) -> list[str]:
    """Return the keys of a few arguments, in order, each of another theme; the same for the same seed."""

    def draw(key: str) -> bytes:
        return hashlib.sha256(f"{seed} {key}".encode()).digest()

    themes: dict[int, list[str]] = {}
    for argument in arguments:
        themes.setdefault(argument.theme_id, []).append(argument.key)
    drawn = sorted((min(keys, key=draw) for keys in themes.values()), key=draw)[:MAX_FIRST]
    return [key for keys in themes.values() for key in keys if key in drawn]
