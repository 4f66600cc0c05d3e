"""A link that opens a draft on another device. A draft never holds name and address, so they are not passed on.

The link contains the session's key, encrypted: anybody with it can read the draft for as long as the session keeps it,
and nothing else of the session.
"""

from __future__ import annotations

import json
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from campaign.core.ciphers import MARK, UndecryptableError, decrypt, encrypt
from letters.writing.draft import Draft
from letters.writing.session import has_draft, load_draft

PURPOSE = "draft links"
SAFE, UNSAFE = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")


def make_draft_token(session: SessionBase, slug: str) -> str:
    """Return the token for the link to this session's draft."""
    sealed = encrypt(json.dumps([session.session_key, slug]), PURPOSE, "")
    return sealed.removeprefix(MARK).rstrip("=").translate(SAFE)


def find_draft(token: str) -> tuple[str, Draft] | None:
    """Return the campaign's slug and the draft of the link; None if the draft is gone or the link wrong."""
    sealed = token.translate(UNSAFE)
    try:
        key, slug = json.loads(decrypt(f"{MARK}{sealed}{'=' * (-len(sealed) % 4)}", PURPOSE, ""))
    except UndecryptableError:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return (slug, load_draft(session, slug)) if has_draft(session, slug) else None
