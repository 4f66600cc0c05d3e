"""The campaign's sentence after the arguments, before the request, such as a condemnation: never twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from campaign.content.models import Argument, Campaign
from letters.writing.draft import OWN_WAY, Draft, read_piece
from letters.writing.given import find_given


def shows_signs(campaign: Campaign, texts: Iterable[str]) -> bool:
    """Whether one of the texts says what the preface says, by the campaign's signs."""
    return has_sign(campaign.preface_sign_list, texts)


def has_sign(signs: Iterable[str], texts: Iterable[str]) -> bool:
    pattern = "|".join(re.sub("['’]", "['’]", re.escape(sign)) for sign in signs)
    return bool(pattern) and any(re.search(rf"\b(?:{pattern})", text, re.IGNORECASE) for text in texts)


def is_said(campaign: Campaign, draft: Draft, arguments: Mapping[str, Argument]) -> bool:
    """Whether the letter says what the preface says without it."""
    pieces = [piece for piece in draft.pieces if piece.key in arguments]
    own = [draft.opening or "", draft.reason, draft.own_words]
    own += [read_piece(piece, arguments[piece.key]) for piece in pieces if piece.length == OWN_WAY]
    others = [read_piece(piece, arguments[piece.key]) for piece in pieces if piece.length != OWN_WAY]
    return shows_signs(campaign, [*own, *others]) or has_sign(campaign.preface_own_sign_list, own)


def has_preface_by_default(campaign: Campaign, draft: Draft, arguments: Mapping[str, Argument]) -> bool:
    return campaign.preface_by_default and not is_said(campaign, draft, arguments)


def write_preface(campaign: Campaign, draft: Draft, arguments: Mapping[str, Argument]) -> str:
    """Return the campaign's preface for this letter, unless the supporter has removed it or said it themselves."""
    if draft.preface_words:
        return ""
    wanted = has_preface_by_default(campaign, draft, arguments) if draft.preface is None else draft.preface
    return find_given(draft, "preface", campaign.preface_list) if wanted else ""
