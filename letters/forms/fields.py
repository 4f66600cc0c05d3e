"""What all forms are made of: fields that tidy what was typed."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaign.parliament.offices import is_office
from letters.tidying import tidy_line, tidy_text


class LineField(forms.CharField):
    """One line of text, tidied."""

    def to_python(self, value: Any) -> str:
        """Return the value as one tidy line."""
        return tidy_line(super().to_python(value) or "")


class TextField(forms.CharField):
    """Several lines of text, tidied."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """Return the value as tidy text."""
        return tidy_text(super().to_python(value) or "")


class MailAddressField(forms.EmailField):
    """A writer's address, in a form that every mail server takes."""

    def clean(self, value: Any) -> str:
        """Return the address with its domain in ASCII; refuse one whose local part is not (RFC 6531 is rare).

        An MP's is refused, too: strangers would have the site mail the office, and the MP would write to themselves.
        """
        local, at, domain = super().clean(value).rpartition("@")
        try:
            local.encode("ascii")
            address = f"{local}{at}{domain.encode('idna').decode('ascii')}"
        except UnicodeError as error:
            raise ValidationError(
                _("We cannot send to this address. Enter one with plain letters before the @.")
            ) from error
        if address and is_office(address):
            raise ValidationError(_("This is an MP’s address. Enter your own, where you want to get the answer."))
        return address


class CrispyForm(forms.Form):
    """A form whose template writes its own <form> tag and buttons."""

    required_css_class = "required"

    @property
    def helper(self) -> FormHelper:
        """How crispy-forms lays the form out."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper
