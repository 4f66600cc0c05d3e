"""What every list of the desk asks for itself."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.contrib.auth.models import User
from django.http import HttpRequest

from campaign.staff.models import SavedList
from campaign.staff.saving import list_saved, name_page

register = template.Library()


@register.simple_tag
def find_saved(request: HttpRequest, options: Any) -> list[tuple[SavedList, str]]:
    """Return what the organiser has saved of this list, with the address of each."""
    return list_saved(cast(User, request.user), name_page(options))
