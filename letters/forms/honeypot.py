"""Tells bots that fill in forms from people, without asking people anything.

Neither test silently drops anything: the form comes back with all that was typed, and asks to press the button again.
A browser that fills in every field, or a fast typist, loses a second; a bot that copes meets views.throttling.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from django import forms
from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SALT = "letters.forms.guard"
TOO_QUICK = _("That was very quick, so please check that this is the letter you want, then press the button again.")
FILLED = _("A hidden field was filled in, perhaps by your browser. We have cleared it. Please press the button again.")


def make_stamp() -> str:
    return signing.TimestampSigner(salt=SALT).sign("shown")


def read_age(stamp: str) -> float:
    """Return the stamp's age in seconds; 0 if it is missing or not ours. It never expires."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        if signer.unsign(stamp) != "shown":
            return 0
    except signing.BadSignature:
        return 0
    return max(0, time.time() - signing.b62_decode(stamp.rsplit(signer.sep, 2)[1]))


class StampField(forms.CharField):
    """When the form was first shown, kept in a hidden field."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=200, widget=forms.HiddenInput, initial=make_stamp)


class HoneypotField(forms.CharField):
    """A field that only bots see: the stylesheet hides it, from screen readers too."""

    def __init__(self) -> None:
        attributes = {"autocomplete": "off", "tabindex": "-1"}
        super().__init__(
            label=_("Leave this empty"), required=False, widget=forms.TextInput(attributes), empty_value=""
        )


def suspect_bot(form: forms.Form) -> StrOrPromise:
    """Return a message if a bot seems to have sent this valid form, else empty; the form can then be sent again."""
    stamp = form.cleaned_data["started"]
    filled = bool(form.cleaned_data["website"])
    quick = settings.SECONDS_TO_WRITE > 0 and read_age(stamp) < settings.SECONDS_TO_WRITE
    if not filled and not quick:
        return ""
    again = cast(QueryDict, form.data).copy()
    again["website"] = ""
    if not read_age(stamp):
        again["started"] = make_stamp()
    form.data = again
    return FILLED if filled else TOO_QUICK
