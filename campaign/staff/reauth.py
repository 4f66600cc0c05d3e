"""Password and code once more before what cannot be taken back: going live, exports, a new phone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.staff.access import has_proved_lately


def require_recent_login(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Have an organiser prove who they are if they have not within the last ten minutes, then lead back here.

    It stands inside `admin_view`, which lets in; for a method of an admin class use
    `@method_decorator(require_recent_login)`. What a POST carried is not done: it is to be pressed again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_proved_lately(request):
            return view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            messages.warning(request, _("Nothing has been done yet. Show that it is you, then do it again."))
        return HttpResponseRedirect(f"{reverse('admin:again')}?{urlencode({'next': request.get_full_path()})}")

    return guarded
