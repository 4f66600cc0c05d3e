"""What a campaign's dashboard, map and table of constituencies share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaign.content.models import Campaign
from letters.admin.permissions import may_see_figures
from letters.statistics.figures import list_with_live


def open_page(
    request: HttpRequest, slug: str, admin_site: admin.AdminSite, campaigns: QuerySet[Campaign] | None = None
) -> dict[str, Any]:
    """Return the context of all of a campaign's pages. Raises PermissionDenied or Http404.

    `campaigns` is for a page that wants more of the campaign than whether it has letters to MPs.
    """
    if not may_see_figures(request):
        raise PermissionDenied
    campaign = get_object_or_404(list_with_live() if campaigns is None else campaigns, slug=slug)
    asked = request.GET.get("of")
    usual = campaign.mode != Campaign.Mode.LIVE and not campaign.has_live  # type: ignore[attr-defined]
    rehearsal = asked == "rehearsal" if asked in ("rehearsal", "live") else usual
    query = {"of": asked} if asked in ("rehearsal", "live") else {}
    letters = {"campaign__id__exact": campaign.pk, "rehearsal__exact": int(rehearsal)}
    return admin_site.each_context(request) | {
        "campaign": campaign,
        "rehearsal": rehearsal,
        "query": f"?{urlencode(query)}" if query else "",
        "letters_url": f"{reverse('admin:letters_letter_changelist')}?{urlencode(letters)}",
        "may_see_letters": request.user.has_perm("letters.view_letter"),
        "now": timezone.localtime(),
    }


def list_dashboards(request: HttpRequest) -> list[tuple[Campaign, str]]:
    if not may_see_figures(request):
        return []
    return [(one, reverse("admin:letters_dashboard", args=[one.slug])) for one in Campaign.objects.order_by("title")]
