"""The portraits of MPs that the operator has loaded."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from campaign.parliament.models import Portrait


@require_safe
def show_portrait(request: HttpRequest, digest: str) -> HttpResponse:
    """Show a portrait; its address changes with it, so that browsers may keep it."""
    portrait = get_object_or_404(Portrait.objects.filter(digest=digest)[:1])
    response = HttpResponse(bytes(portrait.content), content_type="image/webp")
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response
