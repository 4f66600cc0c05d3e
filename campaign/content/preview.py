"""Who may see a campaign: everybody; a draft, only organisers who are signed in."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from campaign.content.models import Campaign
from campaign.staff.access import is_let_in


def find_campaign(request: HttpRequest, slug: str, campaigns: QuerySet[Campaign] | None = None) -> Campaign:
    """Return the campaign with that slug. Raises Http404 if there is none that this visitor may see."""
    campaign = get_object_or_404(Campaign.objects.all() if campaigns is None else campaigns, slug=slug)
    if campaign.is_draft and not may_preview(request):
        raise Http404
    return campaign


def may_preview(request: HttpRequest) -> bool:
    return is_let_in(request) and request.user.has_perm("content.view_campaign")
