"""The admin's pages on which people are invited, invited again, deactivated and reactivated."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.staff import invitations, leaving
from campaign.staff.role_words import describe_rights
from campaign.staff.sudo import require_recent_login

if TYPE_CHECKING:
    AccountBase = admin.ModelAdmin[User]
else:
    AccountBase = object

MAX_EMAIL = 150  # characters: it becomes the user name
TAKEN = gettext_lazy("This address already has an account: %(name)s. You can find it in the list of people.")


class RoleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The roles, each with what it allows."""

    widget = forms.RadioSelect

    def label_from_instance(self, obj: Group) -> str:
        words = describe_rights(invitations.list_group_rights(obj))
        return format_html('<span class="role-name">{}</span> <span class="help">{}</span>', obj.name, words)


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=MAX_EMAIL,
        help_text=gettext_lazy("The invitation goes there. It is also the user name."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        error_messages={"required": gettext_lazy("Type an email address.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_EMAIL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        error_messages={"required": gettext_lazy("Type the person’s name.")},
    )
    role = RoleField(
        queryset=None,
        label=gettext_lazy("Role"),
        empty_label=None,
        help_text=gettext_lazy("Choose the smallest role that is enough."),
        error_messages={"required": gettext_lazy("Choose a role.")},
    )

    def __init__(self, data: Any = None, *, giver: User, user: User | None) -> None:
        initial = {}
        if user is not None:
            initial = {"email": user.email, "name": user.get_full_name(), "role": user.groups.first()}
        super().__init__(data, initial=initial, label_suffix="")
        self.user = user
        roles = [group.pk for group in invitations.list_roles(giver)]
        groups = Group.objects.filter(pk__in=roles).order_by("name").prefetch_related("permissions__content_type")
        cast(RoleField, self.fields["role"]).queryset = groups

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not email.isascii():
            raise forms.ValidationError(_("Use an address of letters without accents: emails do not reach others."))
        same = Q(email__iexact=email) | Q(username__iexact=email) | Q(username=invitations.make_username(email))
        others = User.objects.filter(same)
        if self.user is not None:
            others = others.exclude(pk=self.user.pk)
        if other := others.first():
            raise forms.ValidationError(TAKEN, params={"name": other.get_full_name() or other.get_username()})
        return email

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise forms.ValidationError(_("There is a hidden character in this name. Type it again."))
        return name


class InvitesPeople(AccountBase):
    """Who may add accounts invites people, to roles that allow nothing they may not do themselves."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("invite/", self.admin_site.admin_view(self.invite_view), name="auth_user_invite"),
            path("<id>/invite/", self.admin_site.admin_view(self.invite_view), name="auth_user_invite_again"),
            path("<id>/deactivate/", self.admin_site.admin_view(self.deactivate_view), name="auth_user_deactivate"),
            path("<id>/reactivate/", self.admin_site.admin_view(self.reactivate_view), name="auth_user_reactivate"),
        ]
        return [*own, *super().get_urls()]

    def may_invite(self, request: HttpRequest, user: User | None = None) -> bool:
        """Whether they may invite, and may invite this account's owner again."""
        if not request.user.has_perm("auth.add_user"):
            return False
        return user is None or (invitations.is_pending(user) and user.is_active and not self.is_above(request, user))

    def is_above(self, request: HttpRequest, obj: User | None) -> bool:
        """Whether the account may do more than the person who asks."""
        raise NotImplementedError

    def may_deactivate(self, request: HttpRequest, user: User) -> bool:
        return self.has_change_permission(request, user) and user != request.user

    def find(self, request: HttpRequest, id: str) -> User:
        user = self.get_object(request, unquote(id))
        if user is None:
            raise Http404
        return user

    def invite_view(self, request: HttpRequest, id: str = "") -> HttpResponseBase:
        if not self.may_invite(request):
            raise PermissionDenied
        user = self.find(request, id) if id else None
        if user and not self.may_invite(request, user):
            raise PermissionDenied
        return require_recent_login(self.show_invite)(request, user)

    def show_invite(self, request: HttpRequest, user: User | None) -> HttpResponse:
        me = cast(User, request.user)
        form = InviteForm(request.POST if request.method == "POST" else None, giver=me, user=user)
        if form.is_valid():
            guest = invitations.Guest(**form.cleaned_data)
            try:
                account = invitations.prepare(guest, user)
            except IntegrityError:  # somebody else has invited them at the same moment
                form.add_error("email", forms.ValidationError(TAKEN, params={"name": guest.name}))
            else:
                return self.send(request, account, guest.role, is_new=user is None)
        title = _("Invite %s again") % (user.get_full_name() or user) if user else _("Invite someone")
        context = self.admin_site.each_context(request) | {
            "title": title,
            "form": form,
            "account": user,
            "opts": self.opts,
            "days": invitations.DAYS,
            "may_see_list": self.has_view_permission(request),
        }
        return TemplateResponse(request, "admin/auth/user/invite.html", context)

    def send(self, request: HttpRequest, user: User, role: Group, *, is_new: bool) -> HttpResponse:
        said = f"Invited {user.email} as {role}." if is_new else f"Invited {user.email} again as {role}."
        (self.log_addition if is_new else self.log_change)(request, user, said)
        if problem := invitations.send(user, role, cast(User, request.user)):
            text = _(
                "The invitation has not been sent: the mail server did not take it (%s). Nothing you typed is lost. "
                "Check the address, then try again."
            )
            messages.error(request, text % problem)
            return HttpResponseRedirect(reverse("admin:auth_user_invite_again", args=[user.pk]))
        text = _("We have emailed an invitation to %(email)s. Its link works once, for %(days)d days.")
        messages.success(request, text % {"email": user.email, "days": invitations.DAYS})
        return self.go_to_list(request, "admin:auth_user_invite")

    def go_to_list(self, request: HttpRequest, otherwise: str) -> HttpResponse:
        may_see = self.has_view_permission(request)
        return HttpResponseRedirect(reverse("admin:auth_user_changelist" if may_see else otherwise))

    def deactivate_view(self, request: HttpRequest, id: str) -> HttpResponseBase:
        return self.turn(request, id, self.deactivate)

    def reactivate_view(self, request: HttpRequest, id: str) -> HttpResponseBase:
        return self.turn(request, id, self.reactivate)

    def turn(self, request: HttpRequest, id: str, act: Callable[[HttpRequest, User], None]) -> HttpResponseBase:
        """Answer a button that has no page: a GET, such as what comes back from signing in, leads to the list."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = self.find(request, id)
        if not self.may_deactivate(request, user):
            raise PermissionDenied

        def turn_and_go_back(request: HttpRequest) -> HttpResponseBase:
            act(request, user)
            return self.go_to_list(request, "admin:index")

        if request.method != "POST":
            return self.go_to_list(request, "admin:index")
        return require_recent_login(turn_and_go_back)(request)

    def deactivate(self, request: HttpRequest, user: User) -> None:
        leaving.deactivate(user)
        self.log_change(request, user, "Deactivated the account.")
        undo = format_html(
            '<button class="button" form="changelist-form" formmethod="post" formaction="{}">{}</button>',
            reverse("admin:auth_user_reactivate", args=[user.pk]),
            _("Undo"),
        )
        text = _("%s can no longer sign in, and has been signed out.") % (user.get_full_name() or user.get_username())
        messages.success(request, format_html("{} {}", text, undo))

    def reactivate(self, request: HttpRequest, user: User) -> None:
        leaving.reactivate(user)
        self.log_change(request, user, "Reactivated the account.")
        text = _("%s can sign in again.")
        if invitations.is_pending(user):
            text = _("%s is active again. They need a new invitation before they can sign in.")
        messages.success(request, text % (user.get_full_name() or user.get_username()))
