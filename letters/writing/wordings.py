"""Which of a campaign's wordings a letter gets: its opening, its preface, and one of several for each argument.

Chosen by the draft's id, so that letters differ and the same draft always reads the same.
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

ENDS = (".", "!", "?", "…", ":", "”", "’", '"')
# With these a reason begins in the middle of a sentence as well; any other word may be a name.
PLAIN_BEGINNINGS = {
    "a", "after", "all", "an", "any", "as", "at", "because", "both", "children", "each", "even", "every", "everyone",
    "families", "few", "for", "friends", "he", "her", "his", "if", "in", "it", "its", "like", "many", "most", "my",
    "no", "nobody", "of", "one", "other", "our", "people", "she", "so", "some", "that", "the", "their", "there",
    "these", "they", "this", "those", "too", "war", "we", "when", "while", "with", "you", "your",
}  # fmt: skip

Used = Mapping[tuple[str, int], int]  # by argument key and variant: in how many letters


def pick(options: Sequence[str], draft_id: str, purpose: str) -> str:
    """Return one of the options, the same one each time; empty if there is none."""
    return options[_draw(draft_id, purpose) % len(options)] if options else ""


def _draw(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "big")


def list_openings(campaign: Campaign, constituency: Constituency) -> list[str]:
    """Return how a letter from this constituency may begin, the plain sentence first."""
    plain = _("I am writing to you as one of your constituents in %(constituency)s.") % {
        "constituency": constituency.name
    }
    return [plain, *(text.replace("{place}", constituency.name) for text in campaign.opening_list)]


def write_usual_opening(campaign: Campaign, constituency: Constituency, draft: Draft) -> str:
    """Return the draft's opening unless the supporter writes another. With a reason it is one that that completes."""
    plain, *others = list_openings(campaign, constituency)
    if draft.reason:
        because = _("I am writing to you, as one of your constituents in %(constituency)s, because") % {
            "constituency": constituency.name
        }
        return pick([text for text in others if not text.endswith(ENDS)], draft.id, "opening") or because
    return pick([text for text in others if text.endswith(ENDS)], draft.id, "opening") or plain


def write_opening(campaign: Campaign, constituency: Constituency, draft: Draft) -> str:
    """Return how the letter begins, with the supporter's reason; empty if they want no opening and give no reason."""
    opening = write_usual_opening(campaign, constituency, draft) if draft.opening is None else draft.opening
    return join_reason(opening, draft.reason)


def join_reason(opening: str, reason: str) -> str:
    """Return the opening completed by the reason, or followed by it as a sentence."""
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
    """Return what the letter says after its opening, or nothing if the supporter has taken it out."""
    wanted = campaign.preface_by_default if draft.preface is None else draft.preface
    return pick(campaign.preface_list, draft.id, "preface") if wanted else ""


def count_used(campaign: Campaign, gss: str, keys: Iterable[str]) -> Used:
    """Count in how many letters to this constituency's MP each wording of these arguments stands."""
    mine = LetterParagraph.objects.filter(letter__campaign=campaign, letter__constituency_gss=gss)
    mine = mine.filter(argument_key__in=list(keys), variant__isnull=False).order_by()
    counted = mine.values_list("argument_key", "variant").annotate(Count("pk"))
    return {(key, variant): count for key, variant, count in counted if variant is not None}


def choose_wordings(draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> None:
    """Give each argument that has no wording yet the one that is used least in letters to the same MP."""
    new = [piece for piece in draft.pieces if piece.variant is None and piece.key in arguments]
    several = [piece for piece in new if len(arguments[piece.key].list_variants(piece.length)) > 1]
    used = count_used(campaign, draft.gss, (piece.key for piece in several)) if several and draft.gss else {}
    for piece in new:
        variants = arguments[piece.key].list_variants(piece.length) or [0]
        piece.variant = min(variants, key=lambda one: (used.get((piece.key, one), 0), _draw(draft.id, piece.key, one)))


def shorten_references(text: str, people: Iterable[Mapping[str, Any]], introduced: set[str]) -> str:
    """Return the text with the short references to people who are in `introduced`; put the others there.

    An introduction that the supporter has changed is left as it is.
    """
    for person in people:
        if person["introduced"] not in text:
            continue
        if person["who"] in introduced:
            text = text.replace(person["introduced"], person["after"], 1)
        introduced.add(person["who"])
    return text
