"""What the organisers' pages ask for themselves."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from campaign.content.models import Campaign
from letters.admin.attention import Need, list_site_needs
from letters.admin.pages import list_dashboards, may_see_figures

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    return f"{number:,}"


@register.simple_tag
def find_dashboards(request: HttpRequest) -> list[tuple[Campaign, str]]:
    return list_dashboards(request)


@register.simple_tag
def may_see_dashboards(request: HttpRequest) -> bool:
    return may_see_figures(request)


@register.simple_tag
def find_needs(request: HttpRequest) -> tuple[list[str], list[Need]] | None:
    """Return what is wrong and what needs a person on the whole site; None for those who may see no letter."""
    return list_site_needs(request)
