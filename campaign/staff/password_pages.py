"""The organisers' password pages: the login page, and choosing a new password."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _

from campaign.staff.access import is_let_in, note_choice, note_password, note_proof
from campaign.staff.forms import OwnPasswordForm, SignInForm
from campaign.staff.lockout import hash_in_turn, refuse_signin, reset_failures, return_try
from campaign.staff.login_log import note_signin


class PasswordView(LoginView):
    """Name and password. The code is asked for next, and only then is the organiser let in."""

    template_name = "admin/login.html"
    authentication_form = SignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)  # django.contrib.auth.login, which changes the session key
        note_password(self.request)
        return_try(self.request)
        if settings.ADMIN_TOTP:
            note_signin(form.get_user(), "the password was right")
            return HttpResponseRedirect(f"{reverse('admin:code')}?{urlencode({'next': self.get_success_url()})}")
        note_signin(form.get_user(), "let in by password alone")
        note_proof(self.request)
        reset_failures(self.request, form.get_user().get_username())
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        name = form.cleaned_data.get("username", "")
        note_signin(User.objects.filter(username=name).first(), "name and password were refused", refused=True)
        return super().form_invalid(form)

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")


def ask_password(site: AdminSite, request: HttpRequest, extra: dict[str, Any] | None) -> HttpResponseBase:
    if request.method == "GET" and is_let_in(request):
        return redirect("admin:index")
    if request.method == "POST" and (page := refuse_signin(request)):
        return page
    context = {
        **site.each_context(request),
        "title": _("Sign in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
    }
    view = PasswordView.as_view(extra_context=context | (extra or {}))
    return hash_in_turn(request, view) if request.method == "POST" else view(request)


class OwnPasswordView(PasswordChangeView):
    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it; it is no longer temporary."""
        answer = super().form_valid(form)
        note_choice(self.request)
        return answer


def change_password(site: AdminSite, request: HttpRequest, extra: dict[str, Any] | None) -> HttpResponseBase:
    context = site.each_context(request)
    context["is_nav_sidebar_enabled"] = is_let_in(request)  # without a phone there is nowhere else to go
    return OwnPasswordView.as_view(extra_context=context | (extra or {}))(request)
