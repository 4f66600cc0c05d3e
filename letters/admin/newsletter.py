"""The export of a campaign's subscribers to its newsletter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from campaign.content.models import Campaign
from campaign.staff.sudo import require_recent_login
from letters.admin.pages import open_page
from letters.admin.permissions import may_export_person
from letters.forms.decisions import PurposeForm
from letters.privacy.newsletter import list_consents, list_subscribers
from letters.statistics.export import escape_cell, write_csv


def show_subscribers(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponseBase:
    """Show how many subscribers there are and ask what for; on POST, log it and give their addresses as CSV.

    Personal data leaves here, so it takes a permission, and password and code once more.
    """
    if not may_export_person(request):
        raise PermissionDenied
    return require_recent_login(export_subscribers)(request, slug, admin_site)


def export_subscribers(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponseBase:
    context = open_page(request, slug, admin_site)
    campaign = context["campaign"]
    form = PurposeForm(request.POST if request.method == "POST" else None)
    count = list_consents(campaign).count()
    if form.is_valid():
        log_export(request, campaign, count, form.cleaned_data["reason"])
        answer = StreamingHttpResponse(
            write_csv(make_rows(campaign), marked=False), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="news-{campaign.slug}.csv"'
        return answer
    context |= {"title": _("Who wants news: %(campaign)s") % {"campaign": campaign}, "form": form, "count": count}
    return TemplateResponse(request, "admin/letters/subscribers.html", context)


def log_export(request: HttpRequest, campaign: Campaign, count: int, reason: str) -> None:
    user: Any = request.user
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Campaign),
        object_id=str(campaign.pk),
        object_repr=str(campaign)[:200],
        action_flag=CHANGE,
        change_message=f"Exported the addresses of those who want news ({count}): {reason}",
    )


def make_rows(campaign: Campaign) -> Iterator[list[str]]:
    yield ["email", "agreed_at", "version", "text_sha256"]
    for subscriber in list_subscribers(campaign):
        given_at = subscriber.given_at.isoformat(timespec="seconds")
        yield [escape_cell(subscriber.email), given_at, subscriber.version, subscriber.text_sha256]
