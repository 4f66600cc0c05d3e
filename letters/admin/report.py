"""What a campaign can show to others: a one-page report, pictures, a poster, words for a newsletter."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from letters.admin.pages import open_page
from letters.statistics.report import read_report
from letters.statistics.report_files import SHAPES, draw_report, print_poster, print_report, say_places, say_sent


def show_report(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    report = read_report(context["campaign"], rehearsal=context["rehearsal"])
    context |= {
        "title": _("To show others"),
        "report": report,
        "description": f"{report.sent} {say_sent(report)}, {say_places(report)}; {_('and a map of them')}",
        "shapes": [(name, shape) for name, shape in SHAPES.items()],
    }
    return TemplateResponse(request, "admin/letters/report.html", context)


def give_report(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    pdf = print_report(read_report(context["campaign"], rehearsal=context["rehearsal"]))
    return _give(pdf, "application/pdf", f"{slug}-report.pdf")


def give_poster(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    pdf = print_poster(read_report(context["campaign"], rehearsal=context["rehearsal"]))
    return _give(pdf, "application/pdf", f"{slug}-poster.pdf")


def give_picture(request: HttpRequest, slug: str, shape: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    if shape not in SHAPES:
        raise Http404
    png = draw_report(read_report(context["campaign"], rehearsal=context["rehearsal"]), SHAPES[shape])
    return _give(png, "image/png", f"{slug}-{shape}.png")


def _give(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})
