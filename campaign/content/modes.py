"""A campaign's modes: how they change, and what has to be there before it goes live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.content.models import Campaign
from campaign.core.security_txt import is_security_contact_good
from campaign.staff.destinations import Redirection

Mode = Campaign.Mode

# From which modes each can be reached. Only the go-live page leads to live.
COMES_FROM: dict[str, tuple[str, ...]] = {
    Mode.LIVE: (Mode.REHEARSAL, Mode.PAUSED),
    Mode.PAUSED: (Mode.REHEARSAL, Mode.LIVE),
    Mode.REHEARSAL: (Mode.DRAFT, Mode.PAUSED, Mode.CLOSED),
    Mode.CLOSED: (Mode.REHEARSAL, Mode.LIVE, Mode.PAUSED),
}


# Reserved domains (RFC 2606, RFC 6761).
UNREAL = (".localhost", ".example", ".invalid", ".test", "localhost", "example.com", "example.org", "example.net")


@dataclass(frozen=True)
class Requirement:
    """One line of the checklist: what is needed, whether it is there, what to do if not, and on which page."""

    name: str
    met: bool
    todo: str
    where: str = ""  # campaign, arguments, mode or site; empty: outside the admin


# Checks that other packages add when the site starts, such as whether a test letter was sent.
FURTHER: list[Callable[[Campaign], Requirement]] = []


def is_sender_real() -> bool:
    return not parseaddr(settings.LETTERS_FROM)[1].rpartition("@")[2].lower().endswith(UNREAL)


def list_requirements(campaign: Campaign) -> list[Requirement]:
    in_date = campaign.arguments.sourced().in_date().filter(phrasings__isnull=False)
    here = _("Fill it in on the campaign's page.")
    return [
        Requirement(_("The promoter's name"), bool(campaign.promoter_name), here, "campaign"),
        Requirement(_("The promoter's postal address"), bool(campaign.promoter_address), here, "campaign"),
        Requirement(_("A contact email address"), bool(campaign.contact_email), here, "campaign"),
        Requirement(_("Who deals with complaints"), bool(campaign.complaints_contact), here, "campaign"),
        Requirement(
            _("At least one argument that is in date"),
            in_date.exists(),
            _("Review an argument that has a text and a source, or publish one."),
            "arguments",
        ),
        Requirement(_("At least one ask"), campaign.asks.exists(), _("Add an ask on the campaign's page."), "campaign"),
        Requirement(
            _("The campaign has not ended"),
            campaign.ends_on is None or campaign.ends_on >= timezone.localdate(),
            _("Change its last day on the campaign's page."),
            "campaign",
        ),
        Requirement(
            _("It is in rehearsal or paused"),
            campaign.mode in COMES_FROM[Mode.LIVE],
            _("It is already live.") if campaign.mode == Mode.LIVE else _("Put it into rehearsal first."),
            "mode",
        ),
        *(further(campaign) for further in FURTHER),
        Requirement(
            _("An address to send letters from"),
            is_sender_real(),
            _("The operator of this site must set LETTERS_FROM."),
        ),
        Requirement(
            _("A contact for anyone who finds a security fault"),
            is_security_contact_good(),
            _("The operator of this site must set SECURITY_CONTACT, and SECURITY_EXPIRES to a future date."),
        ),
        Requirement(
            _("These pages need a second factor to sign in"),
            settings.ADMIN_TOTP,
            _("The operator of this site must remove ADMIN_TOTP=false."),
        ),
        Requirement(
            _("This site may send letters to MPs"),
            settings.LIVE_DELIVERY,
            _("The operator of this site must set LIVE_DELIVERY. Until then, no letters will reach MPs."),
        ),
    ]


def list_missing(campaign: Campaign) -> list[str]:
    """Return what a draft still needs: without it nobody could write a letter."""
    missing = []
    if not campaign.arguments.offered().filter(phrasings__isnull=False).exists():
        missing.append(_("an argument with a text and a source"))
    if not campaign.asks.exists():
        missing.append(_("an ask"))
    return missing


def say_missing(campaign: Campaign) -> str:
    """Return a sentence saying what a draft needs first; empty if nothing, or if it is not a draft."""
    missing = list_missing(campaign) if campaign.is_draft else []
    return _("It is still a draft. First add %s.") % _(" and ").join(missing) if missing else ""


def list_next_modes(campaign: Campaign) -> list[Campaign.Mode]:
    return [Mode(mode) for mode in Mode.values if campaign.mode in COMES_FROM.get(mode, ())]


def find_redirection(campaign: Campaign, mode: Campaign.Mode) -> Redirection | None:
    places = {Mode.LIVE: _("the MPs"), Mode.REHEARSAL: campaign.test_address}
    before = Mode(campaign.paused_from or campaign.mode)
    if mode not in places or before in (mode, Mode.DRAFT) or campaign.mode not in COMES_FROM[mode]:
        return None
    return Redirection(f"campaign {campaign}", places.get(before, ""), places[mode])


def change_mode(campaign: Campaign, mode: Campaign.Mode) -> bool:
    """Change the mode by one conditional UPDATE; False if it cannot be reached from the current one."""
    mine = Campaign.objects.filter(pk=campaign.pk, mode__in=COMES_FROM[mode])
    now = timezone.now()
    closed_at = now if mode == Mode.CLOSED else None
    paused_from: Any = F("mode") if mode == Mode.PAUSED else ""
    if not mine.update(mode=mode, updated_at=now, closed_at=closed_at, paused_from=paused_from):
        return False
    campaign.refresh_from_db(fields=["mode", "paused_from"])
    return True
