"""The public pages: the list of campaigns, and the case that each makes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from campaign.content.card import Card, draw_card
from campaign.content.models import Argument, Ask, Campaign, CampaignPicture, Phrasing, Theme
from campaign.content.preview import find_campaign


class Availability(models.TextChoices):
    """Whether supporters can write, and if not, why not."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    EARLY = "early"
    OVER = "over"
    UNREADY = "unready"  # nothing to say, or nothing to ask for


def get_availability(campaign: Campaign) -> Availability:
    if campaign.takes_letters() or campaign.is_draft:  # a draft is shown as it will be
        return Availability.OPEN
    if campaign.mode == Campaign.Mode.CLOSED:
        return Availability.CLOSED
    today = timezone.localdate()
    if campaign.ends_on is not None and campaign.ends_on < today:
        return Availability.OVER
    if campaign.starts_on is not None and today < campaign.starts_on:
        return Availability.EARLY
    return Availability.PAUSED


def group_arguments(campaign: Campaign) -> dict[Theme, list[Argument]]:
    """Return the offered arguments by theme, both in order, each with its short phrasing and sources.

    Themes without any are left out. Takes three queries, however many arguments there are.
    """
    short = Phrasing.objects.filter(language=campaign.language, length=Phrasing.Length.SHORT)
    arguments = Argument.objects.filter(campaign=campaign).offered().select_related("theme")
    groups: dict[Theme, list[Argument]] = {}
    for argument in arguments.prefetch_related(Prefetch("phrasings", queryset=short), "sources"):
        groups.setdefault(argument.theme, []).append(argument)
    return groups


def list_complete(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Return those with an argument and an ask; any other would be a dead end."""
    return campaigns.filter(
        Exists(Argument.objects.filter(campaign=OuterRef("pk")).sourced()),
        Exists(Ask.objects.filter(campaign=OuterRef("pk"))),
    )


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    campaigns = Campaign.objects.exclude(mode=Campaign.Mode.DRAFT)
    current = list(list_complete(campaigns).exclude(mode=Campaign.Mode.CLOSED))
    if len(current) == 1:
        return redirect(current[0])
    closed = list(campaigns.filter(mode=Campaign.Mode.CLOSED))
    return render(
        request,
        "content/home.html",
        {"campaigns": [(campaign, get_availability(campaign)) for campaign in current], "closed": closed},
    )


@require_safe
def show_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    campaigns = Campaign.objects.select_related("picture").defer("picture__content")
    complete = Exists(list_complete(Campaign.objects.filter(pk=OuterRef("pk"))))
    campaign: Any = find_campaign(request, slug, campaigns.annotate(is_complete=complete))
    availability = get_availability(campaign)
    if availability == Availability.OPEN and not (campaign.is_complete or campaign.is_draft):
        availability = Availability.UNREADY
    response = render(
        request,
        "content/campaign.html",
        {
            "campaign": campaign,
            "availability": availability,
            "groups": group_arguments(campaign),
            "site": settings.SITE_URL,
            "card": Card.of(campaign).version,
        },
    )
    if campaign.is_draft:
        patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def show_card(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the picture that stands for the campaign where its address is shared; its address changes with its words."""
    campaign = find_campaign(request, slug)
    response = HttpResponse(draw_card(Card.of(campaign)), content_type="image/png")
    if campaign.is_draft:
        patch_cache_control(response, private=True, no_store=True)
    else:
        patch_cache_control(response, public=True, max_age=86400)
    return response


@require_safe
def show_picture(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """Show the campaign's picture; its address changes with it, so that browsers may keep it."""
    campaign = find_campaign(request, slug)
    picture = get_object_or_404(CampaignPicture, campaign=campaign, digest=digest)
    response = HttpResponse(bytes(picture.content), content_type="image/webp")
    if campaign.is_draft:
        patch_cache_control(response, private=True, no_store=True)
    else:
        patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response
