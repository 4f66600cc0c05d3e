"""Who is let in: password, second factor, and a sign-in that is neither too old nor idle for too long."""

from __future__ import annotations

import time
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.staff.models import TemporaryPassword
from campaign.staff.two_factor import has_factor

# Session keys, each with seconds since 1970. A supporter's draft in the same session is independent of them.
SINCE = "staff_since"  # the password was right
SEEN = "staff_seen"  # the last page
PROVED = "staff_proved"  # password and code were right
GIVEN = "staff_given"  # not a time: whether somebody else chose the password
SEEN_STEP = 60  # seconds, so that not every page writes the session


def is_let_in(request: HttpRequest) -> bool:
    user = request.user
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return False
    if settings.ADMIN_TOTP and not user.is_verified():  # type: ignore[attr-defined] # django-otp's middleware adds it
        return False
    return is_fresh(request)


def is_half_way(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and user.is_active and user.is_staff and is_fresh(request)


def is_fresh(request: HttpRequest) -> bool:
    now = time.time()
    since, seen = request.session.get(SINCE, 0), request.session.get(SEEN, 0)
    return bool(now - since < settings.STAFF_SESSION_HOURS * 3600 and now - seen < settings.STAFF_IDLE_MINUTES * 60)


def has_proved_lately(request: HttpRequest) -> bool:
    return bool(time.time() - request.session.get(PROVED, 0) < settings.STAFF_PROOF_MINUTES * 60)


def note_password(request: HttpRequest) -> None:
    request.session[SINCE] = request.session[SEEN] = time.time()
    request.session.pop(PROVED, None)
    request.session[GIVEN] = TemporaryPassword.objects.filter(pk=request.user.pk).exists()


def has_to_choose(request: HttpRequest) -> bool:
    """Whether the organiser must first choose their own password. Never in the demo."""
    return bool(settings.ADMIN_TOTP and request.session.get(GIVEN))


def has_to_choose_first(request: HttpRequest) -> bool:
    """Whether an organiser without a phone must choose their own password before setting one up.

    Otherwise whoever chose the temporary password could set up a phone in their place.
    """
    return is_half_way(request) and has_to_choose(request) and not has_factor(cast(User, request.user))


def note_choice(request: HttpRequest) -> None:
    TemporaryPassword.objects.filter(pk=request.user.pk).delete()
    request.session.pop(GIVEN, None)


def note_proof(request: HttpRequest) -> None:
    request.session.cycle_key()
    request.session[PROVED] = time.time()


def note_use(request: HttpRequest) -> None:
    if time.time() - request.session.get(SEEN, 0) > SEEN_STEP:
        request.session[SEEN] = time.time()


def end_session(request: HttpRequest) -> None:
    """Sign out. A draft letter in the same browser is kept."""
    kept = {name: request.session[name] for name in settings.SESSION_KEPT_AT_LOGOUT if name in request.session}
    logout(request)
    request.session.update(kept)


def send_to_choose(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Someone else chose your password. Choose a new one first."))
    return HttpResponseRedirect(reverse("admin:password_change"))
