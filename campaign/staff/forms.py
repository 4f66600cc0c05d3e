"""The forms with which organisers sign in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _


class SignInForm(AdminAuthenticationForm):
    """Name and password."""

    def clean(self) -> dict[str, Any]:
        """Treat a name that is too long for an account like a wrong one: the lockout's table could not hold it.

        Whoever was invited signs in with their address, in whatever case they type it.
        """
        longest = self.fields["username"].max_length  # type: ignore[attr-defined]
        name = self.cleaned_data.get("username", "")
        if len(name) > longest:
            raise self.get_invalid_login_error()
        if "@" in name and not User.objects.filter(username=name).exists():
            self.cleaned_data["username"] = name.lower()
        return super().clean()


class OwnPasswordForm(AdminPasswordChangeForm):
    """The current password, and a new one twice."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        new = values.get("new_password1")
        if new and new == values.get("old_password"):
            self.add_error("new_password1", _("This is your current password. Choose a different one."))
        return values


class CodeForm(forms.Form):
    """A code from the phone, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        error_messages={"required": _("Type the code your phone shows.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
                "aria-describedby": "code-help",
            }
        ),
    )


class AgainForm(CodeForm):
    """Password and code again."""

    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        error_messages={"required": _("Type your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["password", "code"]

    def __init__(self, data: Any = None, *, with_code: bool, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix)
        if with_code:
            del self.fields["code"].widget.attrs["autofocus"]  # the password comes first
        else:
            del self.fields["code"]
