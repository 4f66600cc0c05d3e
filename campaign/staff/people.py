"""The list of people: role, last sign-in, second factor, and who is invited; with filters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.staff.invitations import DAYS, is_pending
from campaign.staff.invite_pages import InvitesPeople
from campaign.staff.models import TOTPDevice

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PENDING = Q(last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)  # as is_pending() has it


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str | _StrPromise]]:
        roles = [(str(pk), name) for pk, name in Group.objects.order_by("name").values_list("pk", "name")]
        return [("superuser", _("Superuser")), *roles, ("none", _("No role"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        value = self.value()
        if value == "superuser":
            return queryset.filter(is_superuser=True)
        if value == "none":
            return queryset.filter(is_superuser=False, groups=None)
        return queryset.filter(groups=int(value)) if value and value in dict(self.lookup_choices) else queryset


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("account")
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str | _StrPromise]]:
        return [("active", _("Active")), ("invited", _("Invited")), ("deactivated", _("Deactivated"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        match self.value():
            case "active":
                return queryset.filter(~PENDING, is_active=True)
            case "invited":
                return queryset.filter(PENDING, is_active=True)
            case "deactivated":
                return queryset.filter(is_active=False)
        return queryset


class ListsPeople(InvitesPeople):
    """The columns, filters and order of the list."""

    list_display: Any = ["full_name", "email", "role", "last_sign_in", "second_factor"]
    list_filter = [RoleFilter, StateFilter]
    ordering = ["-is_active", "first_name", "last_name", "username"]

    def get_list_display(self, request: HttpRequest) -> Any:
        @admin.display(description=_("account"))
        def state(user: User) -> str:
            return self.render_state(request, user)

        return [*self.list_display, state]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        own = User.user_permissions.through.objects.filter(user=OuterRef("pk"))
        phones = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        people = super().get_queryset(request).select_related("invitation").prefetch_related("groups")
        if not request.user.is_superuser:  # what is_above() compares
            rights = ("groups__permissions__content_type", "user_permissions__content_type")
            people = people.prefetch_related(*rights)
        return people.annotate(has_phone=Exists(phones), has_own_rights=Exists(own))

    def render_state(self, request: HttpRequest, user: User) -> str:
        pending = is_pending(user)
        invitation = getattr(user, "invitation", None)
        sent_at = invitation.sent_at if invitation else None
        context = {
            "account": user,
            "pending": pending,
            "sent_at": sent_at,
            "is_old": sent_at is not None and timezone.now() - sent_at > timedelta(days=DAYS),
            "may_invite": pending and self.may_invite(request, user),
            "may_deactivate": self.may_deactivate(request, user),
            "is_me": user == request.user,
        }
        return render_to_string("admin/auth/user/_state.html", context)

    @admin.display(description=gettext_lazy("name"), ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name() or user.get_username()

    @admin.display(description=gettext_lazy("role"))
    def role(self, user: User) -> str:
        if user.is_superuser:
            return _("Superuser")
        roles = ", ".join(group.name for group in user.groups.all()) or _("No role")
        return _("%s, with permissions besides") % roles if user.has_own_rights else roles  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("last sign-in"), ordering="last_login", empty_value="never")
    def last_sign_in(self, user: User) -> Any:
        return user.last_login and timezone.localtime(user.last_login).date()

    @admin.display(description=gettext_lazy("second factor"))
    def second_factor(self, user: User) -> str:
        return _("Yes") if user.has_phone else _("No")  # type: ignore[attr-defined]
