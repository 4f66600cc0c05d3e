"""Chooses among a campaign's wordings: a letter's opening, its preface, and each argument's text.

The draft's id decides, so that letters differ but a draft always reads the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from campaign.content.models import Argument, Campaign
from campaign.parliament.models import Constituency
from letters.models import LetterParagraph
from letters.writing.draft import Draft
from letters.writing.text import count_words

ENDS = (".", "!", "?", "…", ":", "”", "’", '"')
# Words that lose their capital when a reason completes a sentence; any other may be a name.
PLAIN_BEGINNINGS = {
    "a", "after", "all", "an", "any", "as", "at", "because", "both", "children", "each", "even", "every", "everyone",
    "families", "few", "for", "friends", "he", "her", "his", "if", "in", "it", "its", "like", "many", "most", "my",
    "no", "nobody", "of", "one", "other", "our", "people", "she", "so", "some", "that", "the", "their", "there",
    "these", "they", "this", "those", "too", "war", "we", "when", "while", "with", "you", "your",
}  # fmt: skip

Used = Mapping[tuple[str, int], int]  # number of letters by argument key and variant


def pick(options: Sequence[str], draft_id: str, purpose: str) -> str:
    """Return one of the options, the same each time; empty if there are none."""
    return options[_draw(draft_id, purpose) % len(options)] if options else ""


def _draw(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "big")


def list_openings(campaign: Campaign, constituency: Constituency) -> list[str]:
    """Return the possible openings of a letter from this constituency, the plain one first."""
    plain = _("I am writing to you as one of your constituents in %(constituency)s.") % {
        "constituency": constituency.name
    }
    return [plain, *(text.replace("{place}", constituency.name) for text in campaign.opening_list)]


def write_usual_opening(campaign: Campaign, constituency: Constituency, draft: Draft) -> str:
    """Return the draft's opening unless the supporter writes another; with a reason, one that the reason completes."""
    plain, *others = list_openings(campaign, constituency)
    if draft.reason:
        because = _("I am writing to you, as one of your constituents in %(constituency)s, because") % {
            "constituency": constituency.name
        }
        return pick([text for text in others if not text.endswith(ENDS)], draft.id, "opening") or because
    return pick([text for text in others if text.endswith(ENDS)], draft.id, "opening") or plain


def write_opening(campaign: Campaign, constituency: Constituency, draft: Draft) -> str:
    """Return the opening with the supporter's reason; empty if they removed one and gave no other."""
    opening = write_usual_opening(campaign, constituency, draft) if draft.opening is None else draft.opening
    return join_reason(opening, draft.reason)


def join_reason(opening: str, reason: str) -> str:
    """Return the opening, completed by the reason or followed by it."""
    opening, reason = opening.strip(), reason.strip()
    if not reason:
        return opening
    if not reason.endswith(ENDS):
        reason += "."
    if not opening or opening.endswith(ENDS):
        return f"{opening} {reason[0].upper()}{reason[1:]}".strip()
    first, _space, rest = reason.partition(" ")
    if first.lower() == "because" and opening.endswith("because") and rest:
        reason = rest
        first = reason.partition(" ")[0]
    if first.lower() in PLAIN_BEGINNINGS:
        reason = reason[0].lower() + reason[1:]
    return f"{opening} {reason}"


def write_preface(campaign: Campaign, draft: Draft) -> str:
    """Return the text after the opening; empty if the supporter has removed it."""
    wanted = campaign.preface_by_default if draft.preface is None else draft.preface
    return pick(campaign.preface_list, draft.id, "preface") if wanted else ""


def count_used(campaign: Campaign, gss: str, keys: Iterable[str]) -> Used:
    """Count the letters to this constituency's MP with each wording of these arguments."""
    mine = LetterParagraph.objects.filter(letter__campaign=campaign, letter__constituency_gss=gss)
    mine = mine.filter(argument_key__in=list(keys), variant__isnull=False).order_by()
    counted = mine.values_list("argument_key", "variant").annotate(Count("pk"))
    return {(key, variant): count for key, variant, count in counted if variant is not None}


def choose_wordings(draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> None:
    """Choose, for arguments without a wording, the one used least in letters to the same MP."""
    new = [piece for piece in draft.pieces if piece.variant is None and piece.key in arguments]
    several = [piece for piece in new if len(arguments[piece.key].list_variants(piece.length)) > 1]
    used = count_used(campaign, draft.gss, (piece.key for piece in several)) if several and draft.gss else {}
    for piece in new:
        variants = arguments[piece.key].list_variants(piece.length) or [0]
        piece.variant = min(variants, key=lambda one: (used.get((piece.key, one), 0), _draw(draft.id, piece.key, one)))


def shorten_references(text: str, people: Iterable[Mapping[str, Any]], introduced: set[str]) -> str:
    """Shorten references to people who are in `introduced`, and add the others to it.

    An introduction that the supporter has changed is left alone.
    """
    for person in people:
        if person["introduced"] not in text:
            continue
        if person["who"] in introduced:
            text = text.replace(person["introduced"], person["after"], 1)
        introduced.add(person["who"])
    return text


def choose_shortest(draft: Draft, arguments: Mapping[str, Argument]) -> None:
    """Choose, for arguments that the supporter has not edited, the wording with the fewest words."""
    for piece in draft.pieces:
        argument = arguments.get(piece.key)
        texts = [one for one in argument.phrasings.all() if one.language == "en"] if argument else []
        if texts and not piece.edits:
            shortest = min(texts, key=lambda one: count_words(one.words))
            piece.length, piece.variant = shortest.length, shortest.variant
