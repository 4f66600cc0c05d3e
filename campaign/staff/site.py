"""Django's admin site, whose every page requires a password, a second factor and a recent sign-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from campaign.staff.access import (
    end_session,
    has_to_choose,
    has_to_choose_first,
    is_fresh,
    is_half_way,
    is_let_in,
    note_use,
    send_to_choose,
)

LAST = ("auth", "axes")


class StaffSite(AdminSite):
    enable_nav_sidebar = False  # templates/admin/_frame.html has a campaign's tabs and the menu of the site

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """List what organisers work on first, accounts and lockouts last."""
        return sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] in LAST)

    def has_permission(self, request: HttpRequest) -> bool:
        return is_let_in(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        shown = super().admin_view(view, cacheable)

        @wraps(shown)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if is_let_in(request):
                refuse_what_no_page_asks(view, request)
                note_use(request)
                if has_to_choose(request) and view != self.password_change:
                    return send_to_choose(request)
                return shown(request, *args, **kwargs)
            if request.user.is_authenticated and not is_fresh(request):
                return self.ask_to_sign_in_again(request)
            if has_to_choose_first(request) and view == self.password_change:
                return never_cache(view)(request, *args, **kwargs)
            if is_half_way(request):
                return HttpResponseRedirect(add_next(reverse("admin:code"), request.get_full_path()))
            return shown(request, *args, **kwargs)

        return guarded

    def ask_to_sign_in_again(self, request: HttpRequest) -> HttpResponse:
        """End an expired sign-in; show what was typed into a form, so that it is not lost."""
        from campaign.core.error_pages import show_refusal

        was_staff = request.user.is_staff
        end_session(request)
        if was_staff and request.method == "POST":
            return show_refusal(request, "staff/signed_out.html", {"next": request.path})
        messages.info(
            request, _("You have been signed out because you had not used the site for a while. Please sign in again.")
        )
        return HttpResponseRedirect(add_next(reverse("admin:login"), request.get_full_path()))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Ask for name and password; the next page asks for the code."""
        from campaign.staff import password_pages

        return password_pages.ask_password(self, request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Take a new password; refuse the one that it replaces."""
        from campaign.staff import password_pages

        return password_pages.change_password(self, request, extra_context)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from campaign.staff import views

        return views.sign_out(request)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from campaign.staff import sudo, views

        own = [
            path("logout/", self.logout, name="logout"),
            path("code/", views.ask_code, name="code"),
            path("second-factor/", self.admin_view(views.show_factor), name="second-factor"),
            path("second-factor/phone/", views.set_up, name="second-factor-phone"),
            path("second-factor/codes/", self.admin_view(views.renew_codes), name="second-factor-codes"),
            path("again/", self.admin_view(sudo.ask_again), name="again"),
        ]
        return [*own, *super().get_urls()]


def refuse_what_no_page_asks(view: Callable[..., Any], request: HttpRequest) -> None:
    """Raise BadRequest for parameters with which Django's lists would fail in the database."""
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise BadRequest("A null character in the query.")
    page = getattr(view, "__self__", None)
    if not isinstance(page, ModelAdmin):
        return
    for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
        try:
            page.model._meta.pk.clean(key, None)
        except ValidationError as error:
            raise BadRequest("A row was chosen that no list has.") from error


def add_next(target: str, come_back_to: str) -> str:
    return f"{target}?{urlencode({'next': come_back_to})}"
