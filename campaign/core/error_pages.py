"""Error pages that show what was typed, so that it is not lost."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Fields never shown back: secrets, under any prefix, and what nobody typed.
SECRET = ("token", "password")
NOT_SHOWN = ("code", "next", "action", "_selected_action", "_save")
MAX_LENGTH = 20_000  # characters of each text


def list_typed(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name.replace("_", " ").replace("-", " ").strip().capitalize(), value[:MAX_LENGTH])
        for name, values in request.POST.lists()
        if name not in NOT_SHOWN and not any(part in name.lower() for part in SECRET)
        for value in values
        if len(value) > 3 and not value.isdigit()
    ]


def show_refusal(request: HttpRequest, template: str, context: dict[str, Any], *, ours: bool = True) -> HttpResponse:
    """Say that the form was refused; show what was typed, to copy, if the form was ours."""
    response = render(request, template, {"typed": list_typed(request) if ours else []} | context, status=403)
    response["Cache-Control"] = "no-store, private"
    return response


def refuse_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do: Django's CSRF_FAILURE_VIEW.

    What another site sent is never shown: it could put its own words on our page.
    """
    from_elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    bad_origin = reason.startswith(("Origin checking failed", "Referer checking failed"))
    context = {"draft_hours": settings.DRAFT_HOURS}
    return show_refusal(request, "403_csrf.html", context, ours=not (from_elsewhere or bad_origin))
