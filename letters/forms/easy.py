"""Easy read's forms: one question each, in short words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from letters.forms.fields import CrispyForm, TextField
from letters.forms.own_words import MAX_CHARACTERS, MAX_LINES


class EasyChoiceForm(CrispyForm):
    """One of several."""

    choice = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Pick one."), "invalid_choice": _("Pick one.")}
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]


class EasyWordsForm(CrispyForm):
    """The supporter's own words."""

    own_words = TextField(
        label=_("Your own words"),
        max_length=MAX_CHARACTERS,
        most_lines=MAX_LINES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        error_messages={"max_length": _("That is too long for a letter. Make it shorter.")},
    )
