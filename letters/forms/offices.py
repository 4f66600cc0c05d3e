"""What MPs' offices ask for besides a name and an address: the reply, a phone number, whose case it is."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from letters.forms.fields import MARKS, LineField
from letters.models import ReplyBy

PHONE = re.compile(r"\+?[0-9 ().-]+(?: ?(?:x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)
MIN_DIGITS, MAX_DIGITS = 7, 20


def refuse_odd_numbers(phone: str) -> None:
    digits = sum(character.isdigit() for character in phone)
    if not PHONE.fullmatch(phone) or not MIN_DIGITS <= digits <= MAX_DIGITS:
        raise ValidationError(_("Enter a phone number, such as 01632 960 001 or +44 7700 900 982, or leave it empty."))


def refuse_structure(name: str) -> None:
    """Raise ValidationError if the name has what gives a mail's headers their structure."""
    for mark in MARKS:
        if mark in name:
            raise ValidationError(
                _("The name of who you write for must not include “%(mark)s”. Leave it out."), params={"mark": mark}
            )


def advise_on_case(email: str) -> SafeString:
    """Return the advice to whoever ticks "my own case"; `email` is the MP's, if there is one."""
    text = gettext(
        "Describe your case in your own words in the letter. The subject line will say that it is there, because "
        "offices deal with cases separately. If your case is private, or the main reason you are writing, write to "
        "your MP directly instead{at}. The organisers of this campaign can read letters that this site sends."
    )
    advice: SafeString = format_html(text, at=format_html(gettext(", at {email}"), email=email) if email else "")
    return advice


class OfficeFields(forms.Form):
    """What of it is printed below the supporter's name."""

    phone = LineField(
        label=_("Your phone number (optional)"),
        max_length=40,
        required=False,
        help_text=_("It will be below your name in the letter. Only give it if the office may call you."),
        validators=[refuse_odd_numbers],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    on_behalf_of = LineField(
        label=_("Who you are writing for, if not only yourself (optional)"),
        max_length=100,
        required=False,
        help_text=_(
            "The name of an organisation, or of a person who has agreed to it. It will be below your name. "
            "Your own name and address stay in the letter, because MPs only answer people who live in their "
            "constituency."
        ),
        validators=[refuse_structure],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OfficeForm(OfficeFields):
    """All of it, as a supporter is asked before the letter is made."""

    reply_by = forms.ChoiceField(
        label=_("How would you like the reply?"),
        choices=[("", _("No preference")), *ReplyBy.choices],
        initial="",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the ways to reply in the list.")},
    )
    own_case = forms.BooleanField(
        label=_("This letter is also about my own case"),
        required=False,
    )

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("reply_by") == ReplyBy.EMAIL and "email" not in self.errors and not data.get("email"):
            ask = _("Enter your email address, so that your MP can reply to it, or choose another kind of reply.")
            self.add_error("email", ask)
