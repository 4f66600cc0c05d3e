"""The frame of the organisers' pages: which campaign a page is about, its tabs, and the menu of the whole site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Campaign
from letters.admin.permissions import may_see_figures
from letters.admin.tabs import CAMPAIGN, TABS, Page, find_page, may_see

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Mode = Campaign.Mode
# A campaign's state as shape, word and what it means: colour alone does not say it.
STATES: dict[str, tuple[str, StrOrPromise, StrOrPromise]] = {
    Mode.DRAFT: ("○", _("Draft"), _("Only organisers can see it.")),
    Mode.REHEARSAL: ("◐", _("Rehearsal"), _("Letters go to the test address, not to MPs.")),
    Mode.LIVE: ("●", _("Live"), _("Letters go to MPs.")),
    Mode.PAUSED: ("❚❚", _("Paused"), _("Letters are on hold, and nobody can write.")),
    Mode.CLOSED: ("■", _("Closed"), _("Nobody can write any more.")),
}
# The models of the menu of the whole site. What belongs to one campaign is in the campaign's tabs as well.
GROUPS: list[tuple[StrOrPromise, list[str]]] = [
    (_("All campaigns"), ["content.campaign", "letters.letter", "letters.holdrules"]),
    (_("Parliament"), ["parliament.constituency", "parliament.member"]),
    (_("Accounts"), ["auth.user", "auth.group", "axes.accessattempt"]),
]


@dataclass(frozen=True)
class Link:
    """A link of the frame. `current` is "page" if it leads to this page, "true" if to the one above it."""

    label: StrOrPromise
    url: str
    current: str = ""
    state: tuple[str, StrOrPromise, StrOrPromise] = ("", "", "")


@dataclass(frozen=True)
class Frame:
    """What is around a page, for the person who is signed in."""

    campaign: Campaign | None  # that the page is about
    state: tuple[str, StrOrPromise, StrOrPromise]
    mode_url: str  # empty for those who may not change the mode
    campaigns: list[Link]  # to the same page of each campaign
    tabs: list[Link]
    pages: list[Link]  # of the current tab, if it has several
    groups: list[tuple[StrOrPromise, list[Link]]]  # the menu of the whole site


def list_campaigns_once(request: HttpRequest) -> list[Campaign]:
    """Return all campaigns by title, with what the frame needs. A request asks the database only once."""
    found: list[Campaign] | None = getattr(request, "desk_campaigns", None)
    if found is None:
        found = list(Campaign.objects.only("slug", "title", "mode", "paused_from").order_by("title", "pk"))
        request.desk_campaigns = found  # type: ignore[attr-defined]
    return found


def find_campaign(request: HttpRequest, context: Mapping[str, Any]) -> Campaign | None:
    """Return the campaign of the page's address or object; if the site has only one, that one.

    A page that makes a new one is about none.
    """
    match = request.resolver_match
    if match is not None and (match.url_name or "").startswith("content_campaign_") and not match.kwargs.keys() & KEYS:
        return None
    campaigns = list_campaigns_once(request)
    if len(campaigns) == 1:
        return campaigns[0]
    known = {str(one.pk): one for one in campaigns} | {one.slug: one for one in campaigns}
    return next((known[key] for key in _list_keys(request, context) if key in known), None)


KEYS = {"object_id", "pk", "slug"}  # what a page's address calls its object


def _list_keys(request: HttpRequest, context: Mapping[str, Any]) -> Iterator[str]:
    """Yield what may tell the campaign, by its key or its short name: the address, the object, the list's filter."""
    match = request.resolver_match
    if match is not None:
        yield str(match.kwargs.get("slug"))
        if (match.url_name or "").startswith("content_campaign_"):
            yield str(match.kwargs.get("object_id") or match.kwargs.get("pk"))
    for name in ("campaign", "room", "original", "object", "letter"):
        about = context.get(name)
        yield str(about.pk if isinstance(about, Campaign) else getattr(about, "campaign_id", None))
    kept = parse_qs(request.GET.get("_changelist_filters", ""))
    yield from (request.GET.get(CAMPAIGN, ""), request.GET.get("campaign", ""), *kept.get(CAMPAIGN, []))


def make_frame(request: HttpRequest, context: Mapping[str, Any]) -> Frame:
    """Return the frame of the page that `context` is for; only what the person may open is in it."""
    seen = may_see_figures(request) or may_see(request, "campaign") or may_see(request, "argument")
    campaign = find_campaign(request, context) if seen else None
    page = find_page(request)
    tabs = [(tab, [one for one in tab if one.may(request)]) for tab in TABS.values()]
    groups = _list_groups(request, context)
    if campaign is None:
        links = _list_campaigns(request, page) if seen else []
        return Frame(None, ("", "", ""), "", links, [], [], groups)
    here = next((mine for tab, mine in tabs if page in tab), [])
    may_change = request.user.has_perm("content.change_campaign")
    return Frame(
        campaign=campaign,
        state=STATES[campaign.mode],
        mode_url=reverse("admin:content_campaign_mode", args=[campaign.pk]) if may_change else "",
        campaigns=_list_campaigns(request, page, campaign),
        tabs=[
            Link(label, mine[0].make_url(campaign), _say_current(request, mine[0], here=page in tab))
            for (label, tab), (_tab, mine) in zip(TABS.items(), tabs, strict=True)
            if mine
        ],
        pages=[Link(one.label, one.make_url(campaign), _say_current(request, one, here=one == page)) for one in here]
        if len(here) > 1
        else [],
        groups=groups,
    )


def _say_current(request: HttpRequest, page: Page, *, here: bool) -> str:
    match = request.resolver_match
    if not here or match is None:
        return ""
    return "page" if match.url_name == page.name else "true"


def _list_campaigns(request: HttpRequest, page: Page | None, current: Campaign | None = None) -> list[Link]:
    """Return a link for each campaign, to its page of the same kind or else to the first that the person may open."""
    mine = [one for tab in TABS.values() for one in tab if one.may(request)]
    target = page if page in mine else next(iter(mine), None)
    if target is None:
        return []
    return [
        Link(one.title, target.make_url(one), "true" if one == current else "", STATES[one.mode])
        for one in list_campaigns_once(request)
    ]


def _list_groups(request: HttpRequest, context: Mapping[str, Any]) -> list[tuple[StrOrPromise, list[Link]]]:
    """Return the menu of the whole site, from the models that Django lists for this person."""
    models = {
        f"{app['app_label']}.{model['object_name']}".lower(): model
        for app in context.get("available_apps", [])
        for model in app["models"]
    }
    groups: list[tuple[StrOrPromise, list[Link]]] = []
    for title, names in GROUPS:
        found = [models[name] for name in names if name in models]
        groups.append((title, [_link_to(request, one["name"], one["admin_url"]) for one in found if one["admin_url"]]))
    if request.user.is_superuser:
        groups.append(
            (_("Server"), [_link_to(request, _("Doctor: check the installation"), reverse("admin:letters_doctor"))])
        )
    return [(title, links) for title, links in groups if links]


def _link_to(request: HttpRequest, label: StrOrPromise, url: str) -> Link:
    return Link(
        label, url, "page" if request.get_full_path() == url else "true" if request.path.startswith(url) else ""
    )
