"""How a letter begins: an opening, which the supporter's reason completes or follows."""

from __future__ import annotations

from django.utils.translation import gettext as _

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.writing.draft import Draft
from letters.writing.given import find_given

ENDS = (".", "!", "?", "…", ":", "”", "’", '"')
# Words that lose their capital when a reason completes a sentence; any other may be a name.
PLAIN_BEGINNINGS = {
    "a", "after", "all", "an", "any", "as", "at", "because", "both", "children", "each", "even", "every", "everyone",
    "families", "few", "for", "friends", "he", "her", "his", "if", "in", "it", "its", "like", "many", "most", "my",
    "no", "nobody", "of", "one", "other", "our", "people", "she", "so", "some", "that", "the", "their", "there",
    "these", "they", "this", "those", "too", "war", "we", "when", "while", "with", "you", "your",
}  # fmt: skip


def name_place(text: str, constituency: Constituency) -> str:
    return text.replace("{place}", constituency.name)


def list_openings(campaign: Campaign, constituency: Constituency) -> list[str]:
    """Return the possible openings of a letter from this constituency, the plain one first."""
    plain = _("I am writing to you as one of your constituents in %(constituency)s.") % {
        "constituency": constituency.name
    }
    return [plain, *(name_place(text, constituency) for text in campaign.opening_list)]


def find_opening(campaign: Campaign, draft: Draft) -> str:
    """Return which of the campaign's openings the letter has, with {place}; empty if it has none that fits."""
    complete, incomplete = split_openings(campaign)
    return find_given(draft, "because", incomplete) if draft.reason else find_given(draft, "opening", complete)


def split_openings(campaign: Campaign) -> tuple[list[str], list[str]]:
    """Return the openings that are sentences, and those that a reason completes."""
    openings = campaign.opening_list
    return [text for text in openings if text.endswith(ENDS)], [text for text in openings if not text.endswith(ENDS)]


def write_usual_opening(campaign: Campaign, constituency: Constituency, draft: Draft) -> str:
    """Return the draft's opening unless the supporter writes another; with a reason, one that the reason completes."""
    if opening := find_opening(campaign, draft):
        return name_place(opening, constituency)
    if draft.reason:
        return _("I am writing to you, as one of your constituents in %(constituency)s, because") % {
            "constituency": constituency.name
        }
    return list_openings(campaign, constituency)[0]


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
