"""What all forms are made of: fields that tidy what was typed."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from letters.tidying import tidy_line, tidy_text


class LineField(forms.CharField):
    """One line of text, tidied."""

    def to_python(self, value: Any) -> str:
        """Return the value as one tidy line."""
        return tidy_line(super().to_python(value) or "")


class TextField(forms.CharField):
    """Several lines of text, tidied; at most `most_lines` of them, if that is given."""

    widget = forms.Textarea
    default_error_messages = {
        "max_lines": _(
            "This text has %(count)d lines; %(most)d fit in a letter. Join lines that belong together, or leave some "
            "out."
        )
    }

    def __init__(self, *args: Any, most_lines: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_lines = most_lines

    def validate(self, value: str) -> None:
        """Refuse more lines than there may be."""
        super().validate(value)
        count = value.count("\n") + 1
        if self.most_lines and count > self.most_lines:
            params = {"count": count, "most": self.most_lines}
            raise ValidationError(self.error_messages["max_lines"], code="max_lines", params=params)

    def to_python(self, value: Any) -> str:
        """Return the value as tidy text."""
        return tidy_text(super().to_python(value) or "")


class MailAddressField(forms.EmailField):
    """An address in a form that every mail server takes."""

    def clean(self, value: Any) -> str:
        """Return the address with its domain in ASCII; refuse one whose local part is not (RFC 6531 is rare)."""
        local, at, domain = super().clean(value).rpartition("@")
        try:
            local.encode("ascii")
            return f"{local}{at}{domain.encode('idna').decode('ascii')}"
        except UnicodeError as error:
            raise ValidationError(
                _("We cannot send to this address. Enter one with plain letters before the @.")
            ) from error


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
