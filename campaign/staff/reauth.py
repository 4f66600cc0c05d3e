"""Password and code once more before what cannot be taken back: going live, exports, a new phone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from campaign.staff.access import has_proved_lately
from campaign.staff.proving import prove_on_the_way


class ProofMissingError(Exception):
    """What was asked for needs password and code again. `prove_if_needed` asks for them."""


def require_recent_login(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Have an organiser prove who they are if they have not within the last ten minutes, then lead back here.

    It stands inside `admin_view`, which lets in; for a method of an admin class use
    `@method_decorator(require_recent_login)`. What a POST carried is done once they have proved it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_proved_lately(request):
            return view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            return prove_on_the_way(request, lambda: view(request, *args, **kwargs))
        return HttpResponseRedirect(f"{reverse('admin:again')}?{urlencode({'next': request.get_full_path()})}")

    return guarded


def require_proof(request: HttpRequest) -> None:
    """Raise ProofMissingError if password and code were last given more than ten minutes ago."""
    if not has_proved_lately(request):
        raise ProofMissingError


def prove_if_needed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Have an organiser prove who they are where the page finds that what was sent needs it (`require_proof`).

    What a POST does is done whole or not at all, so that nothing is left of one that is asked for a proof half-way.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        whole = transaction.atomic(view)
        try:
            return whole(request, *args, **kwargs)
        except ProofMissingError:
            return require_recent_login(whole)(request, *args, **kwargs)

    return guarded
