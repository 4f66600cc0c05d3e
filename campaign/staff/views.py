"""What follows the password when organisers sign in: code, setting up a phone, signing out."""

from __future__ import annotations

from typing import cast

import django_otp
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_static.models import StaticDevice

from campaign.staff import two_factor
from campaign.staff.access import end_session, has_proved_lately, has_to_choose, is_half_way, is_let_in, send_to_choose
from campaign.staff.forms import CodeForm
from campaign.staff.lockout import is_locked, refuse_signin, return_try, show_lockout
from campaign.staff.login_log import note_signin
from campaign.staff.sudo import complete_sign_in, read_next, render_sign_in, require_recent_login, take_code


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password; without a phone, go on to setting one up."""
    if is_let_in(request):
        return redirect(read_next(request))
    if not is_half_way(request):
        return redirect("admin:login")
    user = cast(User, request.user)
    if not two_factor.has_factor(user):
        return HttpResponseRedirect(f"{reverse('admin:second-factor-phone')}?{request.GET.urlencode()}")
    if is_locked(request, user.get_username()):
        return show_lockout(request, None, {"username": user.get_username()})
    if request.method == "POST" and (page := refuse_signin(request)):
        return page
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        device = take_code(request, user, form)
        if device is not None:
            return_try(request)
            complete_sign_in(request, device)
            if isinstance(device, StaticDevice):
                warn_of_used_code(request, user)
            return redirect(read_next(request))
    return render_sign_in(request, "staff/code.html", {"title": _("Your code"), "form": form})


def warn_of_used_code(request: HttpRequest, user: User) -> None:
    left = two_factor.count_recovery_codes(user)
    text = ngettext(
        "You used a recovery code; %d is left. Lost your phone? Set up another one under “Second factor”.",
        "You used a recovery code; %d are left. Lost your phone? Set up another one under “Second factor”.",
        left,
    )
    messages.warning(request, text % left)


@never_cache
@require_http_methods(["GET", "HEAD"])
def show_factor(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "title": _("Second factor"),
        "has_factor": two_factor.has_factor(user),
        "codes_left": two_factor.count_recovery_codes(user),
    }
    return render_sign_in(request, "staff/factor.html", context)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponseBase:
    if not is_half_way(request):
        return redirect("admin:login")
    user = cast(User, request.user)
    if two_factor.has_factor(user):
        if not is_let_in(request):
            return redirect("admin:code")
        if has_to_choose(request):
            return send_to_choose(request)
        if not has_proved_lately(request):
            return require_recent_login(set_up)(request)
    elif has_to_choose(request):
        return send_to_choose(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    key = two_factor.read_pending_key(request.session, user)
    if form.is_valid():
        device = two_factor.set_up_phone(user, key, form.cleaned_data["code"])
        if device is not None:
            del request.session[two_factor.PENDING_KEY]
            complete_sign_in(request, device)
            return show_codes(request, user)
        form.add_error(
            "code",
            _(
                "This code is wrong. Type the six digits that the app now shows for this site; they change "
                "every 30 seconds. If that does not help, check that your phone sets its clock automatically."
            ),
        )
    context = {
        "title": _("Set up your second factor"),
        "form": form,
        "picture": two_factor.render_key(user, key),
        "key": two_factor.write_key(key),
    }
    return render_sign_in(request, "staff/set_up.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_recent_login
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, once. A GET is what comes back from a proof, and leads to the button."""
    if request.method != "POST":
        return redirect("admin:second-factor")
    return show_codes(request, cast(User, request.user))


def show_codes(request: HttpRequest, user: User) -> HttpResponse:
    """Show new recovery codes, for the only time. Somebody who signed in with an old one stays signed in here."""
    came_by_code = isinstance(user.otp_device, StaticDevice)  # type: ignore[attr-defined]
    codes = two_factor.make_recovery_codes(user)
    if came_by_code:  # in this browser, not in others
        django_otp.login(request, StaticDevice.objects.get(user=user))
    context = {"title": _("Your recovery codes"), "codes": codes, "next": read_next(request)}
    return render_sign_in(request, "staff/codes.html", context)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        note_signin(request.user, "signed out")
        end_session(request)
        messages.info(request, _("You are signed out."))
    return redirect("admin:login")
