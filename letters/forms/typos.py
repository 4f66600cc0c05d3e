"""Asks once about likely typos in the domain of an email, where a link would be lost silently."""

from __future__ import annotations

from difflib import SequenceMatcher

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

# The most common domains in Britain.
DOMAINS = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "live.co.uk", "live.com"),
    *("yahoo.com", "yahoo.co.uk", "ymail.com", "icloud.com", "aol.com", "btinternet.com", "sky.com"),
    *("virginmedia.com", "talktalk.net", "ntlworld.com", "blueyonder.co.uk", "protonmail.com", "proton.me"),
)
# As similar to one of them as a typo, but real.
OTHERS = (
    *("mail.com", "email.com", "me.com", "mac.com", "msn.com", "live.ie", "outlook.co.uk", "outlook.fr", "yahoo.ie"),
    *("hotmail.fr", "yahoo.fr", "hotmail.de", "yahoo.de", "hotmail.it", "yahoo.in", "yahoo.co.in", "rocketmail.com"),
)
ALIKE = 0.84  # of 1: gmial.com and gmail.com have 0.89


def suggest_address(address: str) -> str:
    """Return the address with the domain probably meant; empty if it needs no question."""
    local, _at, domain = address.rpartition("@")
    domain = domain.lower()
    if domain in DOMAINS or domain in OTHERS:
        return ""
    likeness = {known: SequenceMatcher(None, domain, known, autojunk=False).ratio() for known in DOMAINS}
    best = max(likeness, key=likeness.__getitem__)
    return f"{local}@{best}" if likeness[best] >= ALIKE else ""


class AsksAboutTypos(forms.Form):
    """A form with a field `email`: a likely typo is asked about once, then accepted.

    Beside other errors it has not been asked: whoever mends those presses the button once more in any case.
    """

    email_meant = forms.CharField(max_length=254, required=False, widget=forms.HiddenInput)
    suggestion = slip = ""

    def full_clean(self) -> None:
        super().full_clean()
        if self.suggestion and set(self.errors) == {"email"} and isinstance(self.data, QueryDict):
            self.data = {**self.data.dict(), "email_meant": self.slip}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        suggestion = suggest_address(email)
        if suggestion and self.data.get("email_meant") != email:
            self.suggestion, self.slip = suggestion, email
            raise ValidationError(
                _("Did you mean %(suggestion)s? If the address is right as it is, press the button once more."),
                params={"suggestion": suggestion},
            )
        return email
