"""Forms for organisers' decisions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from letters.forms.fields import LineField


class ReasonForm(forms.Form):
    """The reason for a decision."""

    reason = LineField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Kept permanently with the letter. Do not write anything personal, such as a supporter's name."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        error_messages={"required": _("Say why: the reason is kept in the letter's timeline.")},
    )


class PurposeForm(ReasonForm):
    """The purpose of an export of personal data."""

    reason = LineField(
        label=_("Reason for the export"),
        max_length=300,
        help_text=_("Kept permanently with your name. Do not write anything personal, such as a supporter's name."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        error_messages={"required": _("Say why: the reason is recorded with your name.")},
    )


class RefuseForm(ReasonForm):
    """The reason for a refusal, as the supporter will read it."""

    reason = LineField(
        label=_("Reason, as the supporter will read it"),
        max_length=300,
        help_text=_(
            "Sent to the supporter word for word, and kept permanently with the letter. Say what they could "
            "change, and do not write anything personal."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        error_messages={"required": _("Say why: we will email the reason to the supporter.")},
    )


class NoteForm(forms.Form):
    """What an organiser notes beside a letter."""

    note = LineField(
        label=_("Add a note"),
        max_length=300,
        help_text=_(
            "Such as whom you asked, and what they said. Kept permanently, so do not write anything personal about the "
            "supporter."
        ),
        widget=forms.TextInput(
            attrs={"class": "vTextField", "autocomplete": "off", "aria-describedby": "id_note_helptext"}
        ),
        error_messages={"required": _("Write the note first.")},
    )
