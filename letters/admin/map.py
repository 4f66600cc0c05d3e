"""Where letters come from: a map of constituencies, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.parliament.hexes import read_hexes
from letters.admin.pages import open_page
from letters.statistics.charts import get_step, make_steps, place_hex
from letters.statistics.figures import ConstituencyFigures, list_constituencies

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ORDERS: dict[str, tuple[StrOrPromise, Callable[[ConstituencyFigures], Any], bool]] = {
    "name": (gettext_lazy("Constituency"), attrgetter("name"), False),
    "region": (gettext_lazy("Region"), attrgetter("region"), False),
    "member": (gettext_lazy("MP"), attrgetter("member"), False),
    "party": (gettext_lazy("Party"), attrgetter("party"), False),
    "letters": (gettext_lazy("Letters"), attrgetter("letters"), True),
    "sent": (gettext_lazy("Sent"), attrgetter("sent"), True),
    "waiting": (gettext_lazy("Waiting"), attrgetter("waiting"), True),
    "downloads": (gettext_lazy("Downloaded"), attrgetter("downloads"), True),
}
SHOWN: dict[str, tuple[StrOrPromise, Callable[[ConstituencyFigures], bool]]] = {
    "": (gettext_lazy("All"), lambda c: True),
    "none": (gettext_lazy("Without a letter"), lambda c: not c.letters),
    "some": (gettext_lazy("With letters"), lambda c: c.letters > 0),
    "waiting": (gettext_lazy("With letters waiting"), lambda c: c.waiting > 0),
    "vacant": (gettext_lazy("Without an MP"), lambda c: not c.member),
}


def show_map(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    constituencies = {c.gss: c for c in list_constituencies(context["campaign"], rehearsal=context["rehearsal"])}
    placed = [(hexagon, constituencies[hexagon.gss]) for hexagon in read_hexes() if hexagon.gss in constituencies]
    steps = make_steps([constituency.letters for constituency in constituencies.values()])
    hexes = [
        (*place_hex(hexagon), get_step(steps, constituency.letters), constituency) for hexagon, constituency in placed
    ]
    context |= {
        "title": _("Map"),
        "hexes": hexes,
        "steps": steps,
        "reached": sum(constituency.letters > 0 for constituency in constituencies.values()),
        "all": len(constituencies),
    }
    return TemplateResponse(request, "admin/letters/map.html", context)


def show_constituencies(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    by = request.GET.get("by", "name")
    by = by if by in ORDERS else "name"
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    constituencies = list_constituencies(context["campaign"], rehearsal=context["rehearsal"])
    chosen = [constituency for constituency in constituencies if SHOWN[shown][1](constituency)]
    _label, key, most_first = ORDERS[by]
    chosen.sort(key=key, reverse=most_first)  # stable, so by name within

    def link(**changes: str) -> str:
        asked = {"of": request.GET.get("of", ""), "show": shown, "by": by} | changes
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"

    context |= {
        "title": _("Constituencies"),
        "constituencies": chosen,
        "all": len(constituencies),
        "orders": [(label, link(by=name), name == by, most) for name, (label, _key, most) in ORDERS.items()],
        "choices": [(label, link(show=name), name == shown) for name, (label, _test) in SHOWN.items()],
    }
    return TemplateResponse(request, "admin/letters/constituencies.html", context)
