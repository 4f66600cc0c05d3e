"""Packs in the admin: load one after seeing all that it would change, and download one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.content.admin.corrections import list_answers
from campaign.content.changes import Change, What, make_fingerprint, mark_words
from campaign.content.corrections import Change as ChangeOfText
from campaign.content.corrections import clean_note, read_answer, say_carriers
from campaign.content.dumping import make_pack, write_pack
from campaign.content.forms import PackForm
from campaign.content.loading import ChangedMeanwhileError, make_changes
from campaign.content.models import Campaign, saving_as, watch_changes
from campaign.content.pack import Pack, PackRefusedError
from campaign.content.parsing import parse_bytes

NEEDED = ("add_campaign", "change_campaign", "add_argument", "change_argument")
MAX_LOGGED = 20_000  # characters


def may_load(request: HttpRequest) -> bool:
    return all(request.user.has_perm(f"content.{name}") for name in NEEDED)


def load_pack(request: HttpRequest, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    if not may_load(request):
        raise PermissionDenied
    if request.method != "POST":
        return show_form(request, admin_page, PackForm())
    form = PackForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_form(request, admin_page, form)
    pack: Pack = form.cleaned_data["pack"]
    seen = request.POST.get("seen", "")
    if not seen:
        return show_changes(request, admin_page, form)
    if "read" not in request.POST:
        messages.error(request, _("Nothing has been changed yet. Read the changes, tick the box, and press again."))
        return show_changes(request, admin_page, form)
    answer, note = read_answer(request.POST.get("correction")), clean_note(request.POST.get("correction_note", ""))
    if answer is None and find_carriers(pack):
        messages.error(request, _("Nothing has been changed yet. Say whether the facts changed, or the style."))
        return show_changes(request, admin_page, form)
    try:
        with transaction.atomic(), saving_as(answer or ChangeOfText.STYLE, by=request.user, note=note):
            changes = make_changes(pack, seen=seen)
            campaign = Campaign.objects.get(slug=pack.slug)
            if is_new(changes):
                Campaign.objects.filter(pk=campaign.pk).update(mode=Campaign.Mode.DRAFT)
            log_changes(request, admin_page, campaign, changes)
    except ChangedMeanwhileError as error:
        messages.error(
            request,
            _("Nothing has changed: someone has edited the campaign since you saw the changes. Read them again."),
        )
        return show_changes(request, admin_page, form, error.changes)
    count = count_done(changes)
    said = ngettext("The pack is loaded: %d change.", "The pack is loaded: %d changes.", count) % count
    messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:content_campaign_change", args=[campaign.pk]))


def show_form(request: HttpRequest, admin_page: ModelAdmin[Campaign], form: PackForm) -> HttpResponse:
    """Ask for a pack; show one that cannot be read with all its faults, to be corrected in place."""
    context = admin_page.admin_site.each_context(request) | {
        "title": _("Load a pack"),
        "opts": admin_page.opts,
        "form": form,
        "faults": form.faults,
    }
    return TemplateResponse(request, "admin/content/campaign/load_pack.html", context)


def find_carriers(pack: Pack) -> str:
    """Return which letters carry words that the pack changes, as a sentence; empty if none does."""
    with watch_changes() as old:
        make_changes(pack, dry_run=True)
    return say_carriers(old)


def show_changes(
    request: HttpRequest, admin_page: ModelAdmin[Campaign], form: PackForm, changes: list[Change] | None = None
) -> HttpResponse:
    pack: Pack = form.cleaned_data["pack"]
    changes = make_changes(pack, dry_run=True) if changes is None else changes
    campaign = Campaign.objects.filter(slug=pack.slug).first()
    touched = {change.name.split(":")[0] for change in changes if change.what != What.KEPT}
    alone = sum(f"argument {argument.key}" not in touched for argument in pack.arguments)
    groups = [
        (
            title,
            [
                (change, name_field(change), mark_words(change.old, change.new))
                for change in changes
                if change.what in kinds
            ],
        )
        for title, kinds in (
            (_("Added"), (What.ADDED,)),
            (_("Changed"), (What.CHANGED, What.MOVED)),
            (_("Removed, or no longer offered"), (What.REMOVED, What.UNPUBLISHED)),
            (_("Not changed here, although the pack differs"), (What.KEPT,)),
        )
    ]
    context = admin_page.admin_site.each_context(request) | {
        "title": _("What the pack changes: %s") % pack.title,
        "opts": admin_page.opts,
        "pack": pack,
        "campaign": campaign,
        "groups": [(title, rows) for title, rows in groups if rows],
        "count": count_done(changes),
        "alone": alone,
        "text": form.cleaned_data["text"],
        "seen": make_fingerprint(changes),
        "carried": find_carriers(pack),
        "answers": list_answers(request),
        "note": clean_note(request.POST.get("correction_note", "")),
    }
    return TemplateResponse(request, "admin/content/campaign/pack_changes.html", context)


def is_new(changes: list[Change]) -> bool:
    return any(change.what == What.ADDED and change.name.startswith("campaign ") for change in changes)


def name_field(change: Change) -> str:
    return change.field.replace("_", " ")


def count_done(changes: list[Change]) -> int:
    return sum(change.what != What.KEPT for change in changes)


def log_changes(
    request: HttpRequest, admin_page: ModelAdmin[Campaign], campaign: Campaign, changes: list[Change]
) -> None:
    lines = [str(change) for change in changes if change.what != What.KEPT] or ["nothing changed"]
    admin_page.log_change(request, campaign, "\n".join(["Pack loaded.", *lines])[:MAX_LOGGED])


def give_pack(request: HttpRequest, object_id: str, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    """Send the campaign as a pack; if it could not be loaded again, only after showing its faults."""
    campaign = admin_page.get_object(request, unquote(object_id))
    if campaign is None:
        raise Http404
    if not admin_page.has_view_permission(request, campaign):
        raise PermissionDenied
    text = write_pack(make_pack(campaign))
    if "anyway" not in request.GET and (faults := find_faults(text)):
        context = admin_page.admin_site.each_context(request) | {
            "title": _("This pack could not be loaded again"),
            "opts": admin_page.opts,
            "campaign": campaign,
            "faults": faults,
        }
        return TemplateResponse(request, "admin/content/campaign/pack_faults.html", context)
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{campaign.slug}.yaml"'
    response["Cache-Control"] = "no-store, private"
    return response


def find_faults(text: str) -> list[Any]:
    try:
        parse_bytes(text.encode())
    except PackRefusedError as refused:
        return refused.faults
    return []
