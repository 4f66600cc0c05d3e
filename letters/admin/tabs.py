"""The tabs of a campaign on the organisers' pages: what is in each, and who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Campaign
from letters.admin.permissions import may_export_person, may_moderate, may_see_figures, may_see_letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CAMPAIGN = "campaign__id__exact"  # the campaign in the address of a list


@dataclass(frozen=True)
class Page:
    """A page of a campaign: its name among the URLs, its address, and who may open it."""

    label: StrOrPromise
    name: str
    make_url: Callable[[Campaign], str]
    may: Callable[[HttpRequest], bool]
    below: tuple[str, ...] = ()  # how the names of the pages below it begin


def may_see(request: HttpRequest, model: str) -> bool:
    return request.user.has_perm(f"content.view_{model}") or _may_change(request, model)


def _may_change(request: HttpRequest, model: str) -> bool:
    return request.user.has_perm(f"content.change_{model}")


def _may_see_arguments(request: HttpRequest) -> bool:
    return may_see(request, "argument")


def _may_see_campaigns(request: HttpRequest) -> bool:
    return may_see(request, "campaign")


def _may_change_campaigns(request: HttpRequest) -> bool:
    return _may_change(request, "campaign")


def _may_go_live(request: HttpRequest) -> bool:
    return _may_change_campaigns(request) and request.user.has_perm("content.take_live")


def _may_change_rules(request: HttpRequest) -> bool:
    return request.user.has_perm("letters.view_holdrules") or request.user.has_perm("letters.change_holdrules")


def _by_slug(name: str) -> Callable[[Campaign], str]:
    return lambda campaign: reverse(f"admin:{name}", args=[campaign.slug])


def _by_key(name: str) -> Callable[[Campaign], str]:
    return lambda campaign: reverse(f"admin:{name}", args=[campaign.pk])


def _in_list(name: str) -> Callable[[Campaign], str]:
    return lambda campaign: f"{reverse(f'admin:{name}')}?{urlencode({CAMPAIGN: campaign.pk})}"


def _held(campaign: Campaign) -> str:
    return f"{reverse('admin:letters_letter_moderation')}?{urlencode({'campaign': campaign.slug})}"


OVERVIEW, LETTERS, ARGUMENTS, PLACES, SETTINGS = (
    *("letters_dashboard", "letters_letter_changelist", "content_argument_changelist"),
    *("letters_dashboard_map", "content_campaign_change"),
)
SEATS, NEWS, FACTS = "letters_dashboard_constituencies", "letters_dashboard_newsletter", "letters_local_facts"
REPLIES = "letters_dashboard_replies"
HELD, CORRECTIONS, RULES = "letters_letter_moderation", "letters_corrections", "letters_holdrules_changelist"
MODE, GO_LIVE, PICTURE = (f"content_campaign_{name}" for name in ("mode", "go_live", "picture"))

# The first page of a tab that a person may open is where the tab leads.
TABS: dict[StrOrPromise, list[Page]] = {
    _("Overview"): [
        Page(
            *(_("Overview"), OVERVIEW, _by_slug(OVERVIEW), may_see_figures),
            below=("letters_report", "letters_poster", "letters_picture"),
        )
    ],
    _("Letters"): [
        Page(_("All letters"), LETTERS, _in_list(LETTERS), may_see_letters, ("letters_letter_",)),
        Page(_("Held letters"), HELD, _held, may_moderate, ("letters_letter_review",)),
        Page(_("Corrections"), CORRECTIONS, _by_slug(CORRECTIONS), may_see_letters, ("letters_correction",)),
        Page(_("Who wants news"), NEWS, _by_slug(NEWS), may_export_person),
    ],
    _("Arguments"): [
        Page(_("Arguments"), ARGUMENTS, _in_list(ARGUMENTS), _may_see_arguments, ("content_argument_",)),
    ],
    _("Places"): [
        Page(_("Map"), PLACES, _by_slug(PLACES), may_see_figures, ("letters_dashboard_constituency",)),
        Page(_("Constituencies"), SEATS, _by_slug(SEATS), may_see_figures),
    ],
    _("Replies"): [Page(_("Replies"), REPLIES, _by_slug(REPLIES), may_see_figures)],
    _("Settings"): [
        Page(_("Campaign"), SETTINGS, _by_key(SETTINGS), _may_see_campaigns, ("content_campaign_",)),
        Page(_("Mode"), MODE, _by_key(MODE), _may_change_campaigns),
        Page(_("Go live"), GO_LIVE, _by_key(GO_LIVE), _may_go_live),
        Page(_("Picture"), PICTURE, _by_key(PICTURE), _may_change_campaigns),
        Page(_("Local facts"), FACTS, _by_slug(FACTS), _may_change_campaigns),
        Page(_("Rules"), RULES, _in_list(RULES), _may_change_rules, ("letters_holdrules_",)),
    ],
}


def find_page(request: HttpRequest) -> Page | None:
    """Return the campaign's page that is asked for, or the one above it."""
    name = (request.resolver_match.url_name if request.resolver_match else "") or ""
    pages = [page for tab in TABS.values() for page in tab]
    above = [(len(start), page) for page in pages for start in page.below if name.startswith(start)]
    exact = [page for page in pages if page.name == name]
    return exact[0] if exact else max(above, key=lambda one: one[0])[1] if above else None
