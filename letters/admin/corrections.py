"""A campaign's corrections of fact: which letters have the old words, who was sent them, telling their supporters."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.content.changes import mark_words
from letters.actions.tell import tell_supporters
from letters.admin.pages import open_page
from letters.admin.permissions import may_decide, may_export, may_see_letters
from letters.statistics.corrections import CorrectedText, list_corrected, list_reached, make_rows
from letters.statistics.export import write_csv
from letters.tasks import wake_worker


def open_corrections(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> dict[str, Any]:
    if not may_see_letters(request):
        raise PermissionDenied
    return open_page(request, slug, admin_site)


def open_correction(
    request: HttpRequest, slug: str, version: int, admin_site: admin.AdminSite
) -> tuple[dict[str, Any], CorrectedText]:
    """Raises Http404 if no letter carries a wrong version of this text any more."""
    context = open_corrections(request, slug, admin_site)
    for text in list_corrected(context["campaign"]):
        if version in [one.pk for one in text.versions]:
            return context, text
    raise Http404


def mark_text(text: CorrectedText) -> list[tuple[str, str]]:
    return mark_words(text.last.words, text.current.words if text.current else "")


def show_corrections(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_corrections(request, slug, admin_site)
    context |= {
        "title": _("Corrections: %(campaign)s") % {"campaign": context["campaign"]},
        "texts": [(text, mark_text(text)) for text in list_corrected(context["campaign"])],
    }
    return TemplateResponse(request, "admin/letters/corrections.html", context)


def show_correction(request: HttpRequest, slug: str, version: int, admin_site: admin.AdminSite) -> HttpResponse:
    """GET shows who was sent the old words; POST tells their supporters."""
    context, text = open_correction(request, slug, version, admin_site)
    if request.method == "POST":
        if not may_decide(request):
            raise PermissionDenied
        count = tell_supporters(text.versions)
        wake_worker()
        said = ngettext("%d supporter will get an email.", "%d supporters will get an email.", count) % count
        messages.success(request, said if count else _("They have all been told already."))
        return redirect(request.path)
    context |= {
        "title": _("Who was sent the old words"),
        "text": text,
        "words": mark_text(text),
        "reached": list_reached(text.versions),
        "rehearsed": sum(one.with_mp + one.in_doubt for one in list_reached(text.versions, rehearsal=True)),
        "may_tell": may_decide(request),
        "may_export": may_export(request),
    }
    return TemplateResponse(request, "admin/letters/correction.html", context)


def give_reached(request: HttpRequest, slug: str, version: int, admin_site: admin.AdminSite) -> HttpResponseBase:
    """Give the list by constituency as CSV, without personal data."""
    if not may_export(request):
        raise PermissionDenied
    _context, text = open_correction(request, slug, version, admin_site)
    answer = StreamingHttpResponse(write_csv(make_rows(list_reached(text.versions))), content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="old-words-{text.last.pk}.csv"'
    answer["Cache-Control"] = "no-store, private"
    return answer
