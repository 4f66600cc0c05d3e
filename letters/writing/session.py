"""Keeps the draft in the session, also while two tabs write to it.

A page must not overwrite what another saved after it was shown. It sends the version that it shows, and a name of its
own; if anything would be lost its text is stashed, until the supporter has chosen.

Sessions are database rows, so the draft in them is encrypted, for its campaign. It is not bound to its session: a
session's data are signed as a whole (SECRET_KEY), so that nobody can combine several, and somebody who could copy all
of it to their own session could also send that session's cookie, whose value is the row's key.
"""

from __future__ import annotations

import json
import logging
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from campaign.content.models import Argument
from campaign.core.ciphers import UndecryptableError, decrypt, encrypt
from letters.models import Letter
from letters.writing.draft import Draft, Piece

PURPOSE = "drafts"

logger = logging.getLogger(__name__)


def load_draft(session: MutableMapping[str, Any], slug: str) -> Draft:
    """Return the session's draft for this campaign, or a new one.

    One that cannot be decrypted is dropped: its key was removed before it expired (`DRAFT_HOURS`), it is from before
    drafts were bound to their campaign, or it is another campaign's.
    """
    kept = session.get("drafts", {}).get(slug)
    if not kept:
        return Draft()
    try:
        # Older sessions hold drafts unencrypted.
        return read_draft(json.loads(decrypt(kept, PURPOSE, slug)) if isinstance(kept, str) else kept)
    except UndecryptableError as error:
        logger.warning("a draft cannot be decrypted and is dropped: %s", error)
        drop_draft(session, slug)
        return Draft()


def has_draft(session: MutableMapping[str, Any], slug: str) -> bool:
    return slug in session.get("drafts", {})


def read_draft(kept: dict[str, Any]) -> Draft:
    pieces = {name: [Piece(**piece) for piece in kept.get(name, [])] for name in ("pieces", "aside")}
    known = {field.name for field in fields(Draft)}
    draft = Draft(**{name: value for name, value in kept.items() if name in known} | pieces)
    # Older drafts have answers to the questions in separate boxes.
    draft.own_words = "\n\n".join(filter(None, [draft.own_words, *kept.get("answers", [])]))
    return draft


def save_draft(session: MutableMapping[str, Any], slug: str, draft: Draft, page: str = "", turn: int = 0) -> None:
    """Store the draft as the session's next version; `page` identifies the tab, `turn` its request number."""
    draft.version += 1
    draft.saved_by, draft.turn = page, turn
    store_draft(session, slug, draft)


def store_draft(session: MutableMapping[str, Any], slug: str, draft: Draft) -> None:
    token = encrypt(json.dumps(asdict(draft), ensure_ascii=False), PURPOSE, slug)
    session["drafts"] = {**session.get("drafts", {}), slug: token}


def drop_draft(session: MutableMapping[str, Any], slug: str) -> None:
    session["drafts"] = {other: kept for other, kept in session.get("drafts", {}).items() if other != slug}


def drop_draft_of(session: MutableMapping[str, Any], letter: Letter) -> bool:
    """Delete the draft of this letter from the session; return whether it was there."""
    slug = letter.campaign.slug
    if not has_draft(session, slug) or load_draft(session, slug).id != str(letter.draft_id):
        return False
    drop_draft(session, slug)
    return True


@dataclass(frozen=True)
class FormVersion:
    """The page that sent a form: its name, the version it showed, the number of its request."""

    page: str
    version: int
    turn: int

    def is_overtaken(self, draft: Draft) -> bool:
        return self.version < draft.version and self.page != draft.saved_by

    def is_late(self, draft: Draft) -> bool:
        return self.page == draft.saved_by and self.turn < draft.turn


@dataclass(frozen=True)
class EditConflict:
    """A text that differs between two tabs."""

    label: str
    here: str
    there: str


def find_conflicts(here: Draft, there: Draft, arguments: dict[str, Argument]) -> list[EditConflict]:
    """Return the parts of `here` whose words are missing from `there`."""
    clashes = []

    def compare(label: str, mine: str | None, theirs: str | None) -> None:
        if mine and mine not in (theirs or ""):
            clashes.append(EditConflict(label, mine, theirs or ""))

    compare(_("How your letter begins"), here.opening, there.opening)
    compare(_("The sentence before your request"), here.preface_words, there.preface_words)
    compare(_("Your own words"), here.own_words, there.own_words)
    pieces = {piece.key: piece for piece in [*there.aside, *there.pieces]}
    for piece in here.pieces:
        other = pieces.get(piece.key) or Piece(piece.key)
        if piece.key in arguments:
            for length, text in piece.edits.items():
                compare(arguments[piece.key].title, text, other.edits.get(length))
    return clashes


def stash_conflict(session: MutableMapping[str, Any], slug: str, draft: Draft, other: Draft) -> None:
    """Store the other tab's text beside the draft until the supporter has chosen. This is not a new version."""
    draft.other = asdict(other) | {"other": {}}
    store_draft(session, slug, draft)


def find_stashed(draft: Draft, arguments: dict[str, Argument]) -> list[EditConflict]:
    return find_conflicts(read_draft(draft.other), draft, arguments) if draft.other else []


def accept_other(draft: Draft) -> Draft:
    other = read_draft(draft.other)
    other.version = draft.version
    return other
