"""Exports: the letters of the list as a file; with personal data only after permission, password and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.staff.sudo import require_recent_login
from letters.admin.permissions import may_export, may_export_person
from letters.forms.exports import ExportForm, PersonalExportForm
from letters.models import Letter
from letters.statistics.export import MAX_IN_XLSX, list_columns, make_rows, write_csv, write_xlsx

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Letter]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTED = 10  # action_flag of log entries; Django's are 1 to 3
LAST = 20


def list_export_urls(page: Page) -> list[URLPattern]:
    own, me = page.admin_site.admin_view, {"page": page}
    return [
        path("export/", own(export_letters), me, name="letters_letter_export"),
        path("export/personal/", own(export_people), me, name="letters_letter_export_personal"),
    ]


def export_letters(request: HttpRequest, page: Page) -> HttpResponseBase:
    if not may_export(request):
        raise PermissionDenied
    return show_export(request, page, with_person=False)


def export_people(request: HttpRequest, page: Page) -> HttpResponseBase:
    if not may_export_person(request):
        raise PermissionDenied
    guarded: HttpResponseBase = require_recent_login(show_export)(request, page, with_person=True)
    return guarded


def show_export(request: HttpRequest, page: Page, *, with_person: bool) -> HttpResponseBase:
    """Show which letters and columns are exported; on POST, log it and send the file."""
    try:
        listed = page.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return redirect(request.path)
    letters: QuerySet[Letter] = listed.queryset
    count = letters.order_by().count()
    asked = PersonalExportForm if with_person else ExportForm
    form = asked(request.POST if request.method == "POST" else None)
    chosen = describe_choice(request, listed)
    if form.is_valid():
        kind = form.cleaned_data["kind"]
        if kind == "xlsx" and count > MAX_IN_XLSX:
            text = _("XLSX takes %(most)s letters at most: choose CSV, or narrow the list down first.")
            form.add_error("kind", text % {"most": f"{MAX_IN_XLSX:,}"})
        else:
            log_export(request, count, kind, chosen, form.cleaned_data.get("reason", ""), with_person=with_person)
            return give_file(letters, kind, with_person=with_person)
    context = page.admin_site.each_context(request) | {
        "title": _("Export letters with personal data") if with_person else _("Export letters"),
        "opts": Letter._meta,
        "form": form,
        "count": count,
        "chosen": chosen,
        "with_person": with_person,
        "may_export_person": may_export_person(request),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "columns": list_columns(with_person=with_person),
        "past": list_exports() if with_person else [],
    }
    return TemplateResponse(request, "admin/letters/letter/export.html", context)


def describe_choice(request: HttpRequest, listed: Any) -> list[str]:
    """Describe the list's filters. Nothing personal: of a search only that there was one."""
    said = []
    listed.add_facets = False  # choices without counts
    for spec in listed.filter_specs:
        if any(name in request.GET for name in spec.expected_parameters()):
            values = [str(choice["display"]) for choice in spec.choices(listed) if choice["selected"]]
            said.append(f"{spec.title}: {', '.join(values)}")
    if constituency := request.GET.get("constituency_gss__exact"):
        said.append(_("constituency: %s") % constituency[:9])
    if listed.query:
        said.append(_("a search"))
    if any(name.startswith("sender_email_index") for name in request.GET):
        said.append(_("one supporter's email"))
    return said


def log_export(
    request: HttpRequest, count: int, kind: str, chosen: list[str], reason: str, *, with_person: bool
) -> None:
    what = "with personal data" if with_person else "without personal data"
    message = f"Exported {what} as {kind.upper()} ({'; '.join(chosen) or 'all'})"
    actor: Any = request.user
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(Letter),
        object_repr=ngettext("%d letter", "%d letters", count) % count,
        action_flag=EXPORTED,
        change_message=f"{message}: {reason}" if reason else f"{message}.",
    )


def list_exports() -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(action_flag=EXPORTED).select_related("user").order_by("-action_time")[:LAST]


def give_file(letters: QuerySet[Letter], kind: str, *, with_person: bool) -> HttpResponseBase:
    rows = make_rows(letters, with_person=with_person)
    answer: StreamingHttpResponse
    if kind == "xlsx":
        answer = FileResponse(write_xlsx(rows), content_type=XLSX)
    else:
        answer = StreamingHttpResponse(write_csv(rows), content_type="text/csv; charset=utf-8")
    personal = "-with-personal-data" if with_person else ""
    name = f"letters{personal}-{timezone.localdate():%Y-%m-%d}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store, private"
    return answer
