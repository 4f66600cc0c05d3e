"""A campaign's further admin pages: its next mode, going live, and copying it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.content.admin.packs import may_load
from campaign.content.copying import copy_campaign
from campaign.content.forms import CopyForm, GoLiveForm, ModeForm
from campaign.content.models import Campaign
from campaign.content.modes import change_mode, find_redirection, list_next_modes, list_requirements, say_missing
from campaign.staff.destinations import tell
from campaign.staff.sudo import prove_if_needed, require_proof, require_recent_login


def find(request: HttpRequest, object_id: str, admin_page: ModelAdmin[Campaign]) -> Campaign:
    """Return the campaign. Raises Http404."""
    campaign: Campaign | None = admin_page.get_object(request, unquote(object_id))
    if campaign is None:
        raise Http404
    return campaign


def go_to(campaign: Campaign) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:content_campaign_change", args=[campaign.pk]))


def change_mode_logged(
    admin_page: ModelAdmin[Campaign], request: HttpRequest, campaign: Campaign, mode: Campaign.Mode
) -> bool:
    """Change the mode and log who did it in the campaign's history, both or neither.

    Raises ProofMissingError if letters would then go elsewhere.
    """
    before, redirection = campaign.mode, find_redirection(campaign, mode)
    if redirection:
        require_proof(request)
    with transaction.atomic():
        changed = change_mode(campaign, mode)
        if changed:
            admin_page.log_change(request, campaign, f"Mode changed from {before} to {mode.value}.")
            tell(request.user, [redirection] if redirection else [])
    return changed


@prove_if_needed
def change_mode_page(request: HttpRequest, object_id: str, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    """Rehearse, pause with a message, or close; going live has its own page."""
    campaign = find(request, object_id, admin_page)
    if not admin_page.has_change_permission(request, campaign):
        raise PermissionDenied
    modes = list_next_modes(campaign)
    may_go_live = Campaign.Mode.LIVE in modes and request.user.has_perm("content.take_live")
    choices = [mode for mode in modes if mode != Campaign.Mode.LIVE]
    form = ModeForm(choices, request.POST or None, initial={"pause_message": campaign.pause_message})
    if form.is_valid() and (missing := say_missing(campaign)):
        form.add_error("mode", missing)
    elif form.is_valid():
        mode, message = Campaign.Mode(form.cleaned_data["mode"]), form.cleaned_data["pause_message"]
        with transaction.atomic():
            changed = change_mode_logged(admin_page, request, campaign, mode)
            if changed and mode == Campaign.Mode.PAUSED:
                Campaign.objects.filter(pk=campaign.pk).update(pause_message=message)
        if changed:
            messages.success(request, f"{campaign}: {mode.label}")
            return go_to(campaign)
        messages.error(request, _("Someone has changed the mode in the meantime. Check it again."))
        return go_to(campaign)
    context = admin_page.admin_site.each_context(request) | {
        "title": _("Change the mode: %s") % campaign,
        "opts": admin_page.opts,
        "campaign": campaign,
        "form": form,
        "may_go_live": may_go_live,
    }
    return TemplateResponse(request, "admin/content/campaign/mode.html", context)


def copy_page(request: HttpRequest, object_id: str, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    campaign = find(request, object_id, admin_page)
    if not may_load(request):
        raise PermissionDenied
    initial = {"title": _("%s (copy)") % campaign.title[:110], "slug": f"{campaign.slug[:45]}-copy"}
    form = CopyForm(request.POST or None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            copy = copy_campaign(campaign, **form.cleaned_data)
            admin_page.log_addition(request, copy, f"Copied from {campaign.slug}.")
        messages.success(request, _("This is the copy: a draft, which only organisers can see."))
        return go_to(copy)
    context = admin_page.admin_site.each_context(request) | {
        "title": _("Copy: %s") % campaign,
        "opts": admin_page.opts,
        "campaign": campaign,
        "form": form,
    }
    return TemplateResponse(request, "admin/content/campaign/copy.html", context)


@require_recent_login
def go_live_page(request: HttpRequest, object_id: str, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    """Show what going live means and what is missing; a POST with the slug typed does it."""
    with transaction.atomic():
        campaign = find(request, object_id, admin_page)
        if not (admin_page.has_change_permission(request, campaign) and request.user.has_perm("content.take_live")):
            raise PermissionDenied
        requirements = list_requirements(campaign)
        ready = all(requirement.met for requirement in requirements)
        form = GoLiveForm(campaign, request.POST if request.method == "POST" else None)
        if ready and form.is_valid() and change_mode_logged(admin_page, request, campaign, Campaign.Mode.LIVE):
            messages.success(request, f"{campaign}: {Campaign.Mode.LIVE.label}")
            return go_to(campaign)
    context = admin_page.admin_site.each_context(request) | {
        "title": _("Go live: %s") % campaign,
        "opts": admin_page.opts,
        "campaign": campaign,
        "requirements": requirements,
        "due": campaign.arguments.due_for_review(),
        "ready": ready,
        "form": form,
    }
    return TemplateResponse(request, "admin/content/campaign/go_live.html", context)
