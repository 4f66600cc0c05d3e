"""URLs of the dashboards; they come before those of letters."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from letters.admin.corrections import give_reached, show_correction, show_corrections
from letters.admin.dashboard import show_dashboard
from letters.admin.digest import show_digest
from letters.admin.doctor import show_doctor
from letters.admin.local_facts import show_local_facts
from letters.admin.map import show_constituencies, show_map
from letters.admin.newsletter import show_subscribers
from letters.admin.place import show_place
from letters.admin.replies import show_replies
from letters.admin.report import give_picture, give_poster, give_report, show_report


def list_dashboard_urls(admin_site: admin.AdminSite) -> list[URLPattern]:

    def page(route: str, name: str, show: Callable[..., HttpResponseBase]) -> URLPattern:
        return path(
            f"dashboard/<slug:slug>/{route}", admin_site.admin_view(show), {"admin_site": admin_site}, name=name
        )

    return [
        path("doctor/", admin_site.admin_view(show_doctor), {"admin_site": admin_site}, name="letters_doctor"),
        path("digest/", admin_site.admin_view(show_digest), {"admin_site": admin_site}, name="letters_digest"),
        page("", "letters_dashboard", show_dashboard),
        page("map/", "letters_dashboard_map", show_map),
        page("map/<slug:gss>/", "letters_dashboard_constituency", show_place),
        page("seats/", "letters_dashboard_constituencies", show_constituencies),
        page("replies/", "letters_dashboard_replies", show_replies),
        page("local-facts/", "letters_local_facts", show_local_facts),
        page("corrections/", "letters_corrections", show_corrections),
        page("corrections/<int:version>/", "letters_correction", show_correction),
        page("corrections/<int:version>/reached.csv", "letters_correction_csv", give_reached),
        page("report/", "letters_report", show_report),
        page("report/report.pdf", "letters_report_pdf", give_report),
        page("report/poster.pdf", "letters_poster", give_poster),
        page("report/<slug:shape>.png", "letters_picture", give_picture),
        page("news/", "letters_dashboard_newsletter", show_subscribers),
    ]
