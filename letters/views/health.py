"""The health check. Anybody may ask; only staff get details."""

from __future__ import annotations

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.core.client_ip import get_client_ip
from campaign.staff.access import is_let_in
from letters.delivery.health import measure_health


@never_cache
@require_safe
def show_health(request: HttpRequest) -> HttpResponse:
    """Return 200 "ok" or 503 "not ok"; for staff who ask for JSON or `?details`, with the measurements."""
    health = measure_health()
    status = 200 if health.ok else 503
    response: HttpResponse
    if wants_details(request) and is_staff(request):
        # Their own address shows organisers whether the proxy passes on visitors' addresses.
        response = JsonResponse(health.as_dict() | {"your_address": get_client_ip(request)}, status=status)
    else:
        response = HttpResponse("ok\n" if health.ok else "not ok\n", status=status, content_type="text/plain")
    patch_vary_headers(response, ["Accept", "Cookie"])
    return response


def wants_details(request: HttpRequest) -> bool:
    preferred = request.get_preferred_type(["text/plain", "application/json"])
    return "details" in request.GET or preferred == "application/json"


def is_staff(request: HttpRequest) -> bool:
    """Whether the visitor is signed in to the admin; never while the database is down."""
    try:
        return is_let_in(request)
    except DatabaseError:
        return False
