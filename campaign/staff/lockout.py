"""Lockout after too many failed attempts, counted by django-axes per account and address.

Attempts are also counted per address alone, before a password is checked: each invented name costs a slow hash too.
One visitor's hashes are computed one at a time, so that many attempts at once do not take all threads.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.log import log_response

from campaign.core.bulkhead import BULKHEAD, RETRY_SECONDS, CrowdedError
from campaign.core.client_ip import get_client_ip
from campaign.core.identity import list_networks
from campaign.core.rate_counters import Window, make_wider_rate, read_rate, reset_at, return_slots, take_each

logger = logging.getLogger(__name__)

# What is tried, each with windows of its own: any page can have its readers' browsers ask for an invitation, and must
# not thereby keep them from signing in.
SIGNIN, INVITATION = "campaign.staff.lockout", "campaign.staff.invitations"


def count_failure(request: HttpRequest, username: str) -> None:
    """Count a wrong code as axes counts a wrong password; at the limit its middleware shows the lockout page."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def is_locked(request: HttpRequest, username: str) -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def reset_failures(request: HttpRequest, username: str) -> None:
    reset(username=username, ip=get_client_ip(request))


def find_end(username: str, address: str) -> dt.datetime | None:
    lasts: dt.timedelta = settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(
        username=username, ip_address=address, attempt_time__gte=timezone.now() - lasts
    )
    rows: list[tuple[dt.datetime, int]] = list(
        attempts.order_by("attempt_time").values_list("attempt_time", "failures_since_start")
    )
    left = sum(failures for _time, failures in rows)
    for attempt_time, failures in rows:
        if left < settings.LOGIN_TRIES:
            return None
        left -= failures
        if left < settings.LOGIN_TRIES:
            return attempt_time + lasts
    return None


def refuse_signin(request: HttpRequest, door: str = SIGNIN) -> HttpResponse | None:
    full = take_each(_list_windows(request, door))
    if full is None:
        return None
    logger.warning("one network has used up its tries to sign in")
    return _show_locked(request, dt.datetime.fromtimestamp(reset_at(*full), dt.UTC), whole_network=True)


def return_try(request: HttpRequest) -> None:
    """Give back a successful attempt, so that an office where many sign in is not locked out."""
    for rate, key in _list_windows(request, SIGNIN):
        return_slots(rate, key, 1)


def hash_in_turn(
    request: HttpRequest, view: Callable[[HttpRequest], HttpResponseBase], door: str = SIGNIN
) -> HttpResponseBase:
    visitor, _times = list_networks(get_client_ip(request))[0]
    try:
        with BULKHEAD.enter(visitor):
            return view(request)
    except CrowdedError:
        if door == SIGNIN:
            return_try(request)
        response = render(request, "staff/crowded.html", {"signs_in": door == SIGNIN}, status=503)
        response["Cache-Control"] = "no-store, private"
        response["Retry-After"] = str(RETRY_SECONDS)
        log_response("No room yet: %s", request.path, response=response, request=request, level="warning")
        return response


def _list_windows(request: HttpRequest, door: str) -> list[Window]:
    """Return the windows that an attempt of this visitor counts in, named by a keyed hash of the address."""
    rate = read_rate(settings.LIMIT_SIGNINS_PER_IP)
    return [
        (
            make_wider_rate(rate, times),
            salted_hmac(door, network, algorithm="sha256").hexdigest()[:32],
        )
        for network, times in list_networks(get_client_ip(request))
        if rate and network
    ]


def show_lockout(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Say when to try again. Known and unknown accounts get the same page."""
    end = find_end(str((credentials or {}).get("username") or ""), get_client_ip(request))
    return _show_locked(request, end)


def _show_locked(request: HttpRequest, end: dt.datetime | None, *, whole_network: bool = False) -> HttpResponse:
    context = {"again_at": end, "whole_network": whole_network}
    response = render(request, "staff/locked.html", context, status=429)
    response["Cache-Control"] = "no-store, private"
    if end:
        response["Retry-After"] = str(max(1, int((end - timezone.now()).total_seconds()) + 1))
    return response


def forget_old_attempts() -> int:
    """Delete failed attempts that no longer count, with their addresses; return how many."""
    old = AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - settings.AXES_COOLOFF_TIME)
    return int(old.delete()[0])
