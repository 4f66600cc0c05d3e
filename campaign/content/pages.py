"""What every site has to say of itself: privacy notice, who runs it, complaints, accessibility."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaign.content.models import Campaign

# The date of templates/content/privacy.html. A test demands a new one when its text changes.
PRIVACY_VERSION = dt.date(2026, 11, 29)
PRIVACY_SHA256 = "52c91d031eca591eedfeea1a7de34a463f3d9f32637c8aa2de718e21d9b809c1"
ACCESSIBILITY_VERSION = dt.date(2026, 11, 29)


def list_campaigns() -> list[Campaign]:
    return sorted(
        Campaign.objects.exclude(mode=Campaign.Mode.DRAFT), key=lambda campaign: campaign.mode == Campaign.Mode.CLOSED
    )


@require_safe
def show_privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy notice, with the periods of the settings."""
    campaigns = list_campaigns()
    context = {
        "campaigns": campaigns,
        "news_of": [campaign.title for campaign in campaigns if campaign.offers_news],
        "version": PRIVACY_VERSION,
        "draft_hours": settings.DRAFT_HOURS,
        "unconfirmed_days": settings.UNCONFIRMED_DAYS,
        "letter_days": settings.LETTER_DAYS,
        "identity_days": settings.IDENTITY_DAYS,
        "lockout_minutes": settings.LOCKOUT_MINUTES,
    }
    return render(request, "content/privacy.html", context)


@require_safe
def show_who_runs_this(request: HttpRequest) -> HttpResponse:
    return render(request, "content/who_runs_this.html", {"campaigns": list_campaigns()})


@require_safe
def show_complaints(request: HttpRequest) -> HttpResponse:
    return render(request, "content/complaints.html", {"campaigns": list_campaigns()})


@require_safe
def show_accessibility(request: HttpRequest) -> HttpResponse:
    context = {"campaigns": list_campaigns(), "version": ACCESSIBILITY_VERSION}
    return render(request, "content/accessibility.html", context)
