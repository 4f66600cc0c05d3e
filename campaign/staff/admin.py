"""Accounts, groups and lockouts in the admin. A superuser helps those who lost a phone or are locked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.admin import StaticDevice

from campaign.staff.invitations import list_group_rights, void
from campaign.staff.leaving import end_sessions
from campaign.staff.models import Invitation, TemporaryPassword
from campaign.staff.people import ListsPeople
from campaign.staff.sudo import require_recent_login
from campaign.staff.two_factor import reset_factor

if TYPE_CHECKING:
    AccountBase = UserAdmin[User]
    AttemptBase = admin.ModelAdmin[AccessAttempt]
    AnyBase = admin.ModelAdmin[Any]
else:
    AccountBase, AttemptBase, AnyBase = UserAdmin, admin.ModelAdmin, object

prove = method_decorator(require_recent_login)

# Registered by the import above. They would show keys, and let one be entered for somebody else.
admin.site.unregister(StaticDevice)
admin.site.unregister([User, Group])


def list_rights(user: User) -> set[str]:
    """Return what the account may do once it is active."""
    own = {f"{one.content_type.app_label}.{one.codename}" for one in user.user_permissions.all()}
    return own.union(*(list_group_rights(group) for group in user.groups.all()))


class ProvenFirst(AnyBase):
    """Pages that decide who may do what ask for password and code again, before a form is filled in.

    Otherwise a stolen session could create an account and outlive its theft.
    """

    @prove
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    @prove
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().delete_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        show = super().changelist_view
        return (show if request.method != "POST" else require_recent_login(show))(request, *args, **kwargs)


@admin.register(Group)
class RoleAdmin(ProvenFirst, GroupAdmin):
    """Roles and what each may do. Only superusers change them, whatever other permissions say."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)


RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


@admin.register(User)
class AccountAdmin(ProvenFirst, ListsPeople, AccountBase):
    """Accounts. Without being a superuser nobody changes rights, nor any account that may do more than their own.

    Only superusers add one with a password that they choose; others invite people.
    """

    actions = ["reset_second_factor"]
    add_fieldsets = (
        *AccountBase.add_fieldsets,
        (
            _("Role"),
            {"fields": ["groups"], "description": _("What the account may do. Without a role it can see nothing.")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        shown = super().get_readonly_fields(request, obj)
        return shown if request.user.is_superuser else [*shown, *RIGHTS]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return (
            AccountBase.add_fieldsets if not (obj or request.user.is_superuser) else super().get_fieldsets(request, obj)
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and not self.is_above(request, obj)

    def is_above(self, request: HttpRequest, obj: User | None) -> bool:
        me = cast(User, request.user)
        if obj is None or me.is_superuser:
            return False
        return obj.is_superuser or not list_rights(obj) <= me.get_all_permissions()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        has_acted = obj is not None and LogEntry.objects.filter(user=obj.pk).exists()
        return super().has_delete_permission(request, obj) and not has_acted and not self.is_above(request, obj)

    @prove
    def user_change_password(self, request: HttpRequest, id: str, *args: Any, **kwargs: Any) -> Any:
        """Set a temporary password: its owner must choose another at the next sign-in."""
        answer = super().user_change_password(request, id, *args, **kwargs)
        if request.method == "POST" and answer.status_code == 302 and id != str(request.user.pk):
            TemporaryPassword.objects.get_or_create(user_id=id)
        return answer

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        elif Invitation.objects.filter(user=obj).exists():
            void(obj)
        super().save_model(request, obj, form, change)
        if not change:
            TemporaryPassword.objects.create(user=obj)
        elif not obj.is_active:
            transaction.on_commit(lambda: end_sessions(obj))

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(description=_("Reset the second factor (lost phone)"), permissions=["superuser"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            if reset_factor(user, by=cast(User, request.user)):
                text = _("%s will set up a phone at the next sign-in. Make sure that it was really them who asked.")
                self.message_user(request, text % user, messages.SUCCESS)
            else:
                self.message_user(request, _("%s had no second factor.") % user, messages.WARNING)


@admin.register(AccessAttempt)
class LockoutAdmin(AttemptBase):
    """Failed attempts that still count. They disappear when the lockout ends."""

    list_display = ["username", "ip_address", "failures_since_start", "attempt_time"]
    fields = ["username", "ip_address", "failures_since_start", "attempt_time"]
    actions = ["let_try_again"]
    search_fields = ["username"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    has_module_permission = has_view_permission

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(description=_("Let them try again now"), permissions=["superuser"])
    def let_try_again(self, request: HttpRequest, queryset: QuerySet[AccessAttempt]) -> None:
        chosen: list[Any] = list(queryset.values_list("username", "ip_address").distinct())
        for username, address in chosen:
            reset(username=username, ip=address)
            self.message_user(request, _("%s can try again.") % username, messages.SUCCESS)
