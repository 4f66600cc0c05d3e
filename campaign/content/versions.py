"""Which version of a text it is that somebody has before them."""

from __future__ import annotations

from collections.abc import Iterable

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, Text, TextVersion, record_versions
from campaign.content.models.version import Versioned

ROWS: dict[str, type[Versioned]] = {
    kind: model for model in (Campaign, Argument, Phrasing, Source, Ask) for kind in model.KINDS
}


def lock_versions(texts: Iterable[Text]) -> list[TextVersion | None]:
    """Return the version that each text is, locked, so that a correction comes before or after.

    A text that went into the database past Django gets its version now. None: nobody has ever saved it.
    """
    wanted = list(texts)
    found = _find(wanted)
    unknown = [text for text, version in zip(wanted, found, strict=True) if version is None]
    if not unknown:
        return found
    for text in unknown:
        record_versions(ROWS[text.kind], [text.row])
    return _find(wanted)


def _find(texts: list[Text]) -> list[TextVersion | None]:
    rows, kinds = {text.row for text in texts}, {text.kind for text in texts}
    locked = TextVersion.objects.select_for_update(no_key=True).filter(row__in=rows, kind__in=kinds).order_by("pk")
    versions: dict[tuple[str, int], list[TextVersion]] = {}
    for version in locked:
        versions.setdefault((version.kind, version.row), []).append(version)
    return [
        next((one for one in reversed(versions.get((text.kind, text.row), [])) if text.is_in(one)), None)
        for text in texts
    ]
