"""The order in which a pack names a campaign's arguments."""

from __future__ import annotations

from collections.abc import Iterable

from campaign.content.models import Argument


def sort_arguments(arguments: Iterable[Argument]) -> list[Argument]:
    """Sort as in the pack they came from, otherwise theme by theme.

    Loading numbers all arguments consecutively, so distinct positions are the pack's order. Where positions
    repeat, an organiser has numbered them within their themes.
    """
    found = list(arguments)
    if len({argument.position for argument in found}) == len(found):
        return sorted(found, key=lambda argument: argument.position)
    return sorted(found, key=lambda one: (one.theme.position, one.theme_id, one.position, one.pk))
