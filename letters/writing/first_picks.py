"""Which arguments a supporter sees first: those that the organisers chose, else a few that take turns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from campaign.content.models import Argument

MAX_FIRST = 4
MIN_CHOSEN, MAX_CHOSEN = 3, 5  # by organisers


def pick_first(arguments: Iterable[Argument], seed: str) -> list[str]:
    """Return the keys of a few arguments, in order; the same for the same seed.

    With fewer than MIN_CHOSEN chosen, others join them, each of another theme.
    """
    arguments = list(arguments)

    def draw(key: str) -> bytes:
        return hashlib.sha256(f"{seed} {key}".encode()).digest()

    chosen = sorted((argument.key for argument in arguments if argument.first), key=draw)[:MAX_CHOSEN]
    if len(chosen) < MIN_CHOSEN:
        taken = {argument.theme_id for argument in arguments if argument.key in chosen}
        themes: dict[int, list[str]] = {}
        for argument in arguments:
            if argument.theme_id not in taken:
                themes.setdefault(argument.theme_id, []).append(argument.key)
        drawn = sorted((min(keys, key=draw) for keys in themes.values()), key=draw)
        chosen += drawn[: MAX_FIRST - len(chosen)]
    return [argument.key for argument in arguments if argument.key in chosen]
