"""From what a person typed to the constituencies that may be theirs, with a message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from campaign.parliament.models import Constituency
from campaign.parliament.postcodes import (
    Postcode,
    fold_postcode,
    list_constituencies_nearby,
    look_up_postcode,
    parse_postcode,
    suggest_postcode,
)
from campaign.parliament.territories import describe_territory

Status = Literal["found", "confirm", "no_mp", "choose", "unknown", "invalid"]

# In force since 4 July 2024. Postcodes there may not be redistributed, so people choose.
NORTHERN_IRELAND = tuple(f"N050000{number:02}" for number in range(1, 19))
MAX_NEARBY = 6
_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?")


@dataclass(frozen=True)
class PostcodeResult:
    """What a postcode leads to.

    found: one constituency, certain. confirm: ask, the likeliest first, then others nearby. choose: ask among
    Northern Ireland's constituencies. no_mp: a place or a body without an MP. unknown: it looks like a postcode, but we
    know no constituency for it. invalid: it is not a postcode.
    """

    postcode: str  # formatted, SW1A 0AA; "" if invalid
    status: Status
    message: str  # sentences for the person, saying what to do next
    gss: tuple[str, ...] = ()
    suggestion: str = ""  # the postcode probably meant, formatted; "" if there is none


def look_up_constituency(text: str | None) -> PostcodeResult:
    """Return what a postcode leads to. Without the database, in microseconds; never raises."""
    squeezed = fold_postcode(text)
    if not squeezed:
        return PostcodeResult("", "invalid", "Enter your full postcode, such as SW1A 0AA.")
    if without_mp := describe_territory(squeezed):
        return PostcodeResult(without_mp[0], "no_mp", without_mp[1])
    postcode = parse_postcode(squeezed)
    if postcode is None:
        return _describe_invalid(squeezed)
    if postcode.outward.startswith("BT"):
        return PostcodeResult(
            str(postcode),
            "choose",
            f"{postcode} is in Northern Ireland, where we cannot tell the constituency from a postcode. Choose yours.",
            NORTHERN_IRELAND,
        )
    return _look_up(postcode)


def load_constituencies(codes: Sequence[str]) -> list[Constituency]:
    if not codes:
        return []
    constituencies = {c.gss: c for c in Constituency.objects.with_members().filter(pk__in=codes)}
    return [constituencies[gss] for gss in codes if gss in constituencies]


def find_constituencies(text: str | None) -> tuple[PostcodeResult, list[Constituency]]:
    """Return the result and its constituencies, in at most two queries; the message names them."""
    finding = look_up_constituency(text)
    constituencies = load_constituencies(finding.gss)
    if finding.gss and not constituencies:
        message = f"We know {finding.postcode}, but this site has no constituencies yet. Please tell its organisers."
        return replace(finding, status="unknown", message=message, gss=()), []
    if finding.status == "found":
        message = f"{finding.postcode} is in {describe_constituency(constituencies[0])}"
        return replace(finding, message=message), constituencies
    return finding, constituencies


def describe_constituency(constituency: Constituency) -> str:
    """Return the end of a sentence: "Clacton. Its MP is …", or that the constituency is vacant."""
    if constituency.member:
        return f"{constituency.name}. Its MP is {constituency.member.name_display} ({constituency.member.party})."
    return (
        f"{constituency.name}. It has no MP at the moment: there is nobody to write to until the next election there."
    )


def _look_up(postcode: Postcode) -> PostcodeResult:
    found = look_up_postcode(postcode)
    if found is None:
        if suggestion := suggest_postcode(str(postcode)):
            message = f"We do not know {postcode}. Did you mean {suggestion}?"
            return PostcodeResult(str(postcode), "unknown", message, suggestion=str(suggestion))
        message = f"We do not know {postcode}. Check it, or choose your constituency from the list."
        return PostcodeResult(str(postcode), "unknown", message)
    gss = found.place.gss
    if gss is None:
        return PostcodeResult(
            str(postcode),
            "unknown",
            f"{postcode} is in use, but is not tied to a place, so it tells us no constituency. Enter the postcode of "
            "the address where you are registered to vote, or choose your constituency from the list.",
        )
    if found.live and found.place.certain:
        return PostcodeResult(str(postcode), "found", f"We found the constituency of {postcode}.", (gss,))
    nearby = (gss, *(other for other in list_constituencies_nearby(postcode) if other != gss))[:MAX_NEARBY]
    reason = "is near a boundary between constituencies" if found.live else "is no longer in use"
    if found.live and len(nearby) == 1:
        reason = "may be in another constituency: we are not quite sure"
    choose = "" if len(nearby) == 1 else " Choose your constituency. The first is the likeliest."
    return PostcodeResult(str(postcode), "confirm", f"{postcode} {reason}.{choose}", nearby)


def _describe_invalid(squeezed: str) -> PostcodeResult:
    if suggestion := suggest_postcode(squeezed):
        return PostcodeResult(
            "", "invalid", f"That is not a postcode. Did you mean {suggestion}?", suggestion=str(suggestion)
        )
    if _OUTWARD.fullmatch(squeezed):
        return PostcodeResult(
            "", "invalid", f"{squeezed} is only the first half. Enter your full postcode, such as SW1A 0AA."
        )
    return PostcodeResult("", "invalid", "That is not a UK postcode. Enter your full postcode, such as SW1A 0AA.")
