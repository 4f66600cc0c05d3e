"""Proof of identity: the code after the password, and both again before sensitive actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

import django_otp
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_static.models import StaticDevice

from campaign.staff import two_factor
from campaign.staff.access import has_proved_lately, note_proof
from campaign.staff.forms import AgainForm, CodeForm
from campaign.staff.lockout import count_failure, is_locked, reset_failures, show_lockout
from campaign.staff.login_log import note_signin

PROOF = "proof"  # prefix of the proof's fields where they are sent with another form


def take_code(request: HttpRequest, user: User, form: CodeForm) -> Any:
    """Return the device that accepts the code, or None after an error in the form. Wrong codes count as attempts."""
    checked = two_factor.check_code(user, form.cleaned_data["code"])
    if checked.device is None and checked.wait:
        text = ngettext(
            "That was very quick after a wrong code. Wait %d second, then type the code that your phone shows.",
            "That was very quick after a wrong code. Wait %d seconds, then type the code that your phone shows.",
            checked.wait,
        )
        form.add_error("code", text % checked.wait)
    elif checked.unreadable:
        form.add_error(
            "code",
            _(
                "The site cannot read what it has stored about your phone, so it cannot accept a code from it. "
                "Type one of your recovery codes instead, and tell the person who runs the server."
            ),
        )
    elif checked.device is None:
        note_signin(user, "a wrong code", refused=True)
        count_failure(request, user.get_username())
        form.add_error(
            "code",
            _(
                "This code is wrong, or has already been used. Each works once: wait for your phone to show "
                "the next one. If that does not help, check that your phone sets its clock automatically."
            ),
        )
    return checked.device


def complete_sign_in(request: HttpRequest, device: Any) -> None:
    django_otp.login(request, device)
    note_proof(request)
    note_signin(request.user, "let in by a recovery code" if isinstance(device, StaticDevice) else "let in by phone")
    reset_failures(request, request.user.get_username())


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_again(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if is_locked(request, user.get_username()):
        return show_lockout(request, None, {"username": user.get_username()})
    form = AgainForm(request.POST if request.method == "POST" else None, with_code=settings.ADMIN_TOTP)
    if form.is_valid() and take_proof(request, user, form):
        return redirect(read_next(request))
    return render_sign_in(request, "staff/again.html", {"title": _("Confirm that it is you"), "form": form})


def take_proof(request: HttpRequest, user: User, form: AgainForm) -> bool:
    """Record the proof if password and code are right; else add an error to the form."""
    if authenticate(request, username=user.get_username(), password=form.cleaned_data["password"]) is None:
        note_signin(user, "a wrong password, when asked again", refused=True)
        form.add_error("password", _("This is not your password."))
        return False
    if not settings.ADMIN_TOTP:
        note_proof(request)
        return True
    if (device := take_code(request, user, form)) is None:
        return False
    complete_sign_in(request, device)
    return True


def prove_on_the_way(request: HttpRequest, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer a form by asking for password and code, and do what the form asks for once they are right.

    What was typed travels in hidden fields of an uncached page, so that it is in no session and no log: it may be a
    password.
    """
    request.sensitive_post_parameters = "__ALL__"  # type: ignore[attr-defined] # nothing of it goes into error reports
    user = cast(User, request.user)
    if is_locked(request, user.get_username()):
        return show_lockout(request, None, {"username": user.get_username()})
    asked = f"{PROOF}-password" in request.POST
    form = AgainForm(request.POST if asked else None, with_code=settings.ADMIN_TOTP, prefix=PROOF)
    carried = request.POST.copy()
    for name in [name for name in carried if name == "csrfmiddlewaretoken" or name.startswith(f"{PROOF}-")]:
        del carried[name]
    if form.is_valid() and take_proof(request, user, form):
        request.POST = carried  # type: ignore[assignment] # as if it had come after the proof
        return act()
    fields = [(name, value) for name, values in carried.lists() for value in values]
    context = {"title": _("Confirm that it is you"), "form": form, "carried": fields}
    return render_sign_in(request, "staff/again.html", context)


def read_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("admin:index")


def render_sign_in(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    from django.contrib import admin

    response = render(request, template, {**admin.site.each_context(request), "next": read_next(request)} | context)
    response["Cache-Control"] = "no-store, private"
    return response


class ProofMissingError(Exception):
    """The request needs password and code again. `prove_if_needed` asks for them."""


def require_recent_login(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask for password and code, unless given within the last ten minutes; then come back here.

    Use it inside `admin_view`; on a method of an admin class as `@method_decorator(require_recent_login)`. A POST is
    carried out after the proof.
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
    """Ask for password and code if the view finds that it needs them (`require_proof`).

    A POST is carried out whole or not at all, so that one that stops to ask for a proof leaves nothing behind.
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
