"""What supporters will see of a draft: as it is saved, or with what is being typed, of which nothing is kept."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from campaign.content.admin.setup import SUBJECT, Step, find_campaign, find_step, may_set_up
from campaign.content.models import Campaign
from campaign.content.setup import Said, fill_gaps
from campaign.content.views import Availability, group_arguments


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def preview_new(request: HttpRequest, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    if not may_set_up(request):
        raise PermissionDenied
    return show_preview(request, None, SUBJECT)


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def preview(request: HttpRequest, object_id: int, step: str, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    one = find_step(step)
    campaign = find_campaign(request, object_id, one)
    if one is None:
        raise Http404
    return show_preview(request, campaign, one)


def show_preview(request: HttpRequest, campaign: Campaign | None, step: Step) -> HttpResponse:
    """Save what is typed, show it, and take it back."""
    with transaction.atomic():
        if campaign is None or request.method == "POST":
            campaign = keep_for_now(request, campaign, step)
        response = render_asks(request, campaign) if step.name == "asks" else render_page(request, campaign, step)
        transaction.set_rollback(True)
    response["Cache-Control"] = "no-store, private"
    return response


def keep_for_now(request: HttpRequest, campaign: Campaign | None, step: Step) -> Campaign:
    extra: Said = {"campaign": campaign} if step is SUBJECT else {}
    form = step.form(request.POST, **extra)
    form.is_valid()  # what is not right yet is left out
    said = fill_gaps(step.name, form.cleaned_data)
    if step.rows:
        rows = step.list_rows(campaign)
        item = next((row for row in rows if str(row.pk) == request.GET.get("item")), None)
        if item or form.has_changed():
            step.save(campaign, item, said, by=request.user)
        assert campaign is not None
        return campaign
    if campaign is None:
        campaign = Campaign()
    if step is SUBJECT:
        said["slug"] = campaign.slug or f"new-{get_random_string(12).lower()}"
    step.save(campaign, said)
    return campaign


def render_page(request: HttpRequest, campaign: Campaign, step: Step) -> HttpResponse:
    groups = group_arguments(campaign)
    context = {
        "campaign": campaign,
        "availability": Availability.OPEN,
        "groups": groups,
        "unfolded": True,
        "step": step,
    }
    return render(request, "admin/content/campaign/preview.html", context)


def render_asks(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Show a letter with its end, which is where an ask stands."""
    argument = campaign.arguments.with_texts().first()
    phrasing = argument.phrasing("short", campaign.language) if argument else None
    asks = list(campaign.asks.all())
    item = next((ask for ask in asks if str(ask.pk) == request.GET.get("item")), asks[-1] if asks else None)
    said = [
        _("I am writing to you as one of your constituents in Sampleton."),
        _("Here your supporters say in their own words why this matters to them."),
        *([phrasing.words] if phrasing else []),
        *([item.text] if item else []),
    ]
    letter: dict[str, Any] = {
        "language": campaign.language,
        "dated": timezone.localdate(),
        "salutation": _("Dear MP"),
        "subject": campaign.subject,
        "body": [{"text": text} for text in said],
        "sender_name": _("A supporter"),
    }
    context = {"campaign": campaign, "letter": letter, "asks": asks, "chosen": item}
    return render(request, "admin/content/campaign/preview_ask.html", context)
