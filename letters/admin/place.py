"""One constituency of a campaign: its MP, the letters to them and what came back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from campaign.parliament.models import Constituency
from letters.admin.pages import open_page
from letters.statistics.charts import make_bars
from letters.statistics.place import read_place

MOST_ARGUMENTS = 10


def show_place(request: HttpRequest, slug: str, gss: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    constituency = get_object_or_404(Constituency, gss=gss)
    place = read_place(context["campaign"], constituency, rehearsal=context["rehearsal"])
    query = urlencode({"constituency_gss__exact": gss})
    context |= {
        "title": constituency.name,
        "place": place,
        "bars": make_bars([(title, count, "") for title, count in place.arguments[:MOST_ARGUMENTS]]),
        "place_letters_url": f"{context['letters_url']}&{query}",
        "may_change_member": request.user.has_perm("parliament.view_member"),
        "argument_title": _("The most used arguments in these letters"),
        "argument_head": _("Argument"),
        "argument_unit": _("Letters"),
    }
    return TemplateResponse(request, "admin/letters/place.html", context)
