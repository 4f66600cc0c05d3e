"""Forms for exports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from letters.forms.decisions import ReasonForm


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("File"),
        choices=[
            ("csv", _("CSV: for any program, any number of letters")),
            ("xlsx", _("XLSX: for Excel and similar programs")),
        ],
        initial="csv",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a file type.")},
    )


class PersonalExportForm(ExportForm, ReasonForm):
    """Format and purpose."""

    field_order = ["reason", "kind"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].label = _("Reason for the export")
        self.fields["reason"].help_text = _(
            "Kept permanently with your name. Do not write anything personal, such as a supporter's name."
        )
        self.fields["reason"].error_messages["required"] = _("Say why: the reason is recorded with your name.")
