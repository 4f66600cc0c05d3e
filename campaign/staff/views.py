"""The pages at the organisers' door after the password: code, setting up a phone, proving it once more, leaving."""

from __future__ import annotations

from typing import Any, cast

import django_otp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_static.models import StaticDevice

from campaign.staff import factors
from campaign.staff.access import has_proved_lately, is_half_way, is_let_in, leave, note_proof
from campaign.staff.forms import AgainForm, CodeForm
from campaign.staff.lockout import count_failure, forgive, is_locked, show_lockout
from campaign.staff.reauth import require_recent_login
from campaign.staff.signins import note_signin


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password; the first time, lead to setting up a phone."""
    if is_let_in(request):
        return redirect(read_next(request))
    if not is_half_way(request):
        return redirect("admin:login")
    user = cast(User, request.user)
    if not factors.has_factor(user):
        return HttpResponseRedirect(f"{reverse('admin:second-factor-phone')}?{request.GET.urlencode()}")
    if is_locked(request, user.get_username()):
        return show_lockout(request, None, {"username": user.get_username()})
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        device = take_code(request, user, form)
        if device is not None:
            open_door(request, device)
            if isinstance(device, StaticDevice):
                warn_of_used_code(request, user)
            return redirect(read_next(request))
    return render_door(request, "staff/code.html", {"title": _("Your code"), "form": form})


def take_code(request: HttpRequest, user: User, form: CodeForm) -> Any:
    """Return the device that takes the code, or None after saying why not. A wrong code counts as a wrong try."""
    checked = factors.check_code(user, form.cleaned_data["code"])
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
                "The site cannot read what it knows of your phone, so it can take no code from it. Type one of your "
                "recovery codes instead, and tell whoever runs the server."
            ),
        )
    elif checked.device is None:
        note_signin(user, "a wrong code", refused=True)
        count_failure(request, user.get_username())
        form.add_error(
            "code",
            _(
                "This code is not right, or has been used. Each works once: wait for your phone to show the next one. "
                "If that does not help, check that your phone sets its clock by itself."
            ),
        )
    return checked.device


def open_door(request: HttpRequest, device: Any) -> None:
    """Let the organiser in: the second factor is shown, under a new session key."""
    django_otp.login(request, device)
    note_proof(request)
    note_signin(request.user, "let in by a recovery code" if isinstance(device, StaticDevice) else "let in by phone")
    forgive(request, request.user.get_username())


def warn_of_used_code(request: HttpRequest, user: User) -> None:
    """Say how many recovery codes are left."""
    left = factors.count_recovery_codes(user)
    text = ngettext(
        "You used a recovery code; %d is left. Lost your phone? Set up another one under “Second factor”.",
        "You used a recovery code; %d are left. Lost your phone? Set up another one under “Second factor”.",
        left,
    )
    messages.warning(request, text % left)


@never_cache
@require_http_methods(["GET", "HEAD"])
def show_factor(request: HttpRequest) -> HttpResponse:
    """Say what is set up, and offer a new phone and new recovery codes."""
    user = cast(User, request.user)
    context = {
        "title": _("Second factor"),
        "has_factor": factors.has_factor(user),
        "codes_left": factors.count_recovery_codes(user),
    }
    return render_door(request, "staff/factor.html", context)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponseBase:
    """Show a new key as a QR code and as text, take the first code, and show the recovery codes, once."""
    if not is_half_way(request):
        return redirect("admin:login")
    user = cast(User, request.user)
    if factors.has_factor(user):
        if not is_let_in(request):
            return redirect("admin:code")
        if not has_proved_lately(request):
            return require_recent_login(set_up)(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    key = factors.read_pending_key(request.session)
    if form.is_valid():
        device = factors.set_up_phone(user, key, form.cleaned_data["code"])
        if device is not None:
            del request.session[factors.PENDING_KEY]
            open_door(request, device)
            return show_codes(request, user)
        form.add_error(
            "code",
            _(
                "This code does not fit. Type the six digits that the app shows now for this site; they change every "
                "30 seconds. If that does not help, check that your phone sets its clock by itself."
            ),
        )
    context = {
        "title": _("Set up your second factor"),
        "form": form,
        "picture": factors.draw_key(user, key),
        "key": factors.write_key(key),
    }
    return render_door(request, "staff/set_up.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_recent_login
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, once; lead back to the button whoever had to prove first who they are."""
    if request.method != "POST":
        return redirect("admin:second-factor")
    return show_codes(request, cast(User, request.user))


def show_codes(request: HttpRequest, user: User) -> HttpResponse:
    """Show fresh recovery codes: the only time that anybody sees them. Who got in by an old one gives a code anew."""
    came_by_code = isinstance(user.otp_device, StaticDevice)  # type: ignore[attr-defined]
    codes = factors.make_recovery_codes(user)
    if came_by_code:  # here, not in another browser
        django_otp.login(request, StaticDevice.objects.get(user=user))
    context = {"title": _("Your recovery codes"), "codes": codes, "next": read_next(request)}
    return render_door(request, "staff/codes.html", context)


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_again(request: HttpRequest) -> HttpResponse:
    """Ask for password and code once more, then go back to where they were needed."""
    user = cast(User, request.user)
    if is_locked(request, user.get_username()):
        return show_lockout(request, None, {"username": user.get_username()})
    form = AgainForm(request.POST if request.method == "POST" else None, with_code=settings.ADMIN_TOTP)
    if form.is_valid():
        known = authenticate(request, username=user.get_username(), password=form.cleaned_data["password"])
        if known is None:
            note_signin(user, "a wrong password, when asked again", refused=True)
            form.add_error("password", _("This is not your password."))
        elif not settings.ADMIN_TOTP:
            note_proof(request)
            return redirect(read_next(request))
        elif (device := take_code(request, user, form)) is not None:
            open_door(request, device)
            return redirect(read_next(request))
    return render_door(request, "staff/again.html", {"title": _("Is it still you?"), "form": form})


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave, and say so."""
    if request.user.is_authenticated:
        note_signin(request.user, "signed out")
    leave(request)
    messages.info(request, _("You are signed out."))
    return redirect("admin:login")


def read_next(request: HttpRequest) -> str:
    """Return where to go afterwards: a path of this site, else the admin's first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("admin:index")


def render_door(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show a page at the door, kept by no cache."""
    from django.contrib import admin

    response = render(request, template, {**admin.site.each_context(request), "next": read_next(request)} | context)
    response["Cache-Control"] = "no-store, private"
    return response
