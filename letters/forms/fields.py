"""Form fields that clean what was typed."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaign.parliament.offices import is_office
from letters.mail.mime import is_address
from letters.writing.text import clean_line, clean_text


class LineField(forms.CharField):
    """One line of cleaned text."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


# Characters with a meaning in mail headers; no name needs them.
MARKS = ("=?", "<", ">", "@", '"', ",", ";", ":")
MARK_REFUSED = {
    ",": _("Your full name must not include a comma. For example, write “Smith Jr” instead of “Smith, Jr”."),
    "@": _("Your full name must not include “@”. Enter your name here, not your email address."),
    '"': _('Your full name must not include straight quotation marks ("). Leave them out, or use ‘ and ’.'),
}


def refuse_marks(name: str) -> None:
    """Raise ValidationError, with what to do, if the name has one of the marks."""
    for mark in MARKS:
        if mark in name:
            other = _("Your full name must not include “%(mark)s”. Leave it out.")
            raise ValidationError(MARK_REFUSED.get(mark, other), params={"mark": mark})


class NameField(LineField):
    """A person's name, safe for a mail's headers."""

    default_validators = [refuse_marks]


class TextField(forms.CharField):
    """Several lines of cleaned text, at most `most_lines` if given."""

    widget = forms.Textarea
    default_error_messages = {
        "max_lines": _(
            "This text has %(count)d lines. A letter has room for %(most)d. Join lines that belong together, "
            "or leave some out."
        )
    }

    def __init__(self, *args: Any, most_lines: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_lines = most_lines

    def validate(self, value: str) -> None:
        super().validate(value)
        count = value.count("\n") + 1
        if self.most_lines and count > self.most_lines:
            params = {"count": count, "most": self.most_lines}
            raise ValidationError(self.error_messages["max_lines"], code="max_lines", params=params)

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class MailAddressField(forms.EmailField):
    """A supporter's email, in a form that every mail server accepts."""

    def clean(self, value: Any) -> str:
        """Return the address with its domain in ASCII; refuse a non-ASCII local part (RFC 6531 is rare).

        MPs' addresses are refused too: strangers could have the site mail their offices.
        """
        local, at, domain = super().clean(value).rpartition("@")
        unfit = ValidationError(_("We cannot send to this address. Enter one with only plain letters before the @."))
        try:
            address = f"{local}{at}{domain.encode('idna').decode('ascii')}"
        except UnicodeError as error:
            raise unfit from error
        if address and not is_address(address):
            raise unfit
        if address and is_office(address):
            raise ValidationError(_("This is an MP’s email address. Enter your own, so that the answer comes to you."))
        return address


class CrispyForm(forms.Form):
    """A crispy form whose template has the <form> tag and buttons."""

    required_css_class = "required"

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper
