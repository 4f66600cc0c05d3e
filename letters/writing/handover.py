"""A link that brings a draft to another device. Name and address are never in a draft, so they do not travel.

The link holds which session has the draft, encrypted: whoever has it can read the draft for as long as that session
keeps it, and nothing else of the session.
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
    """Return what goes into the link to this session's draft."""
    sealed = encrypt(json.dumps([session.session_key, slug]), PURPOSE, "")
    return sealed.removeprefix(MARK).rstrip("=").translate(SAFE)


def find_draft(token: str) -> tuple[str, Draft] | None:
    """Return the campaign's slug and the draft behind the link; None if it is gone, or the link is wrong."""
    sealed = token.translate(UNSAFE)
    try:
        key, slug = json.loads(decrypt(f"{MARK}{sealed}{'=' * (-len(sealed) % 4)}", PURPOSE, ""))
    except UndecryptableError:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return (slug, load_draft(session, slug)) if has_draft(session, slug) else None
