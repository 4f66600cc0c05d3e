"""Template tags of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import RequestContext

from campaign.content.models import Campaign
from letters.admin.attention import Need, list_site_needs, may_do_all
from letters.admin.desk import Frame, make_frame
from letters.admin.home import Card, list_cards
from letters.admin.pages import list_dashboards
from letters.admin.permissions import may_see_figures

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    return f"{number:,}"


@register.simple_tag(takes_context=True)
def frame_page(context: RequestContext) -> Frame:
    """Return the campaign that the page is about, its tabs, and the menu of the whole site."""
    values: Any = context.flatten()
    return make_frame(context["request"], values)


@register.simple_tag
def find_dashboards(request: HttpRequest) -> list[tuple[Campaign, str]]:
    return list_dashboards(request)


@register.simple_tag
def may_see_dashboards(request: HttpRequest) -> bool:
    return may_see_figures(request)


@register.simple_tag
def find_cards(request: HttpRequest) -> list[Card]:
    return list_cards(request)


@dataclass(frozen=True)
class Now:
    """What is to be done on the whole site, for the person who is signed in."""

    problems: list[str]
    needs: list[Need]
    does_all: bool


@register.simple_tag
def find_needs(request: HttpRequest, cards: list[Card]) -> Now | None:
    """Return the site's problems and what needs a person; None without permission to see letters."""
    found = list_site_needs(request, sum(card.due for card in cards))
    return Now(*found, does_all=may_do_all(request)) if found else None
