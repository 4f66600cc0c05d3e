"""The admin's forms for campaigns and arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaign.content.audiences import Audience
from campaign.content.dates import MAX_LENGTH, read_date
from campaign.content.models import Argument, Ask, Campaign, Theme
from campaign.content.pack import Fault, PackRefusedError
from campaign.content.parsing import parse_bytes
from campaign.content.validators import refuse_hidden_in_line, refuse_hidden_in_text

if TYPE_CHECKING:
    ThemeField = forms.ModelChoiceField[Theme]
    ArgumentModelForm = forms.ModelForm[Argument]
    AskModelForm = forms.ModelForm[Ask]
else:
    ThemeField = forms.ModelChoiceField
    ArgumentModelForm = forms.ModelForm
    AskModelForm = forms.ModelForm


class PlainTextField(forms.CharField):
    """Text as in packs: browsers send CR LF, and word processors leave tabs."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


class PartialDateField(forms.CharField):
    """A day, a month or a year, read as people write them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"max_length": MAX_LENGTH})

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        if not text:
            return ""
        try:
            return read_date(text)
        except ValueError:
            raise ValidationError(_("Write a date that exists, such as 1 April 2026, April 2026 or 2026.")) from None


class ArgumentForm(ArgumentModelForm):
    """An argument, whose campaign follows from its theme; admin/rooms.py says which are offered."""

    theme = ThemeField(
        Theme.objects.none(),
        help_text=_("You add themes on the campaign's page."),
    )

    class Meta:
        model = Argument
        fields = ["theme", "title", "key", "claim", "question", "as_of", "review_every_days"]
        fields += ["since", "since_date", "since_in_letter", "published", "first", "position", "order"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if theme := values.get("theme"):
            self.instance.campaign = theme.campaign
            taken = Argument.objects.filter(campaign=theme.campaign_id, key=values.get("key")).exclude(
                pk=self.instance.pk
            )
            if taken.exists():
                self.add_error("key", _("Another argument of this campaign has this key."))
        return values


class AskForm(AskModelForm):
    """An ask, and the MPs whom it is for."""

    not_for = forms.MultipleChoiceField(
        label=_("Not for"),
        choices=Audience.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It will not be offered to supporters whose MP is one of these."),
    )
    only_for = forms.MultipleChoiceField(
        label=_("Only for"),
        choices=Audience.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It will be offered only to supporters whose MP is one of these. Choose none for all."),
    )

    class Meta:
        model = Ask
        fields = ["label", "key", "text", "wordings", "in_chamber", "not_for", "only_for", "position"]


class ReviewForm(forms.Form):
    """What an argument was checked against."""

    note = forms.CharField(
        label=_("What you checked it against, and what has changed since"),
        max_length=300,
        validators=[refuse_hidden_in_line],
        widget=forms.TextInput(attrs={"class": "vTextField", "aria-describedby": "id_note_helptext"}),
        help_text=_("For example: checked against Hansard of 3 June 2026; nothing new. The public page shows this."),
    )


class CopyForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """The name and the address of a copy."""

    class Meta:
        model = Campaign
        fields = ["title", "slug"]
        help_texts = {"slug": _("The end of its address, such as clean-rivers. It cannot change later.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "vTextField"


class ModeForm(forms.Form):
    """The next mode of a campaign, and what supporters read while it is paused."""

    mode = forms.ChoiceField(label=_("Change it to"), widget=forms.RadioSelect)
    pause_message = PlainTextField(
        label=_("If you pause it"),
        required=False,
        max_length=1000,
        validators=[refuse_hidden_in_text],
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 4}),
        help_text=_("What supporters read in the meantime: why, and until when. Leave empty for a general sentence."),
    )

    def __init__(self, modes: Sequence[Campaign.Mode], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mode"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(mode.value, mode.label) for mode in modes]


class GoLiveForm(forms.Form):
    """Asks what no program can see, and for the slug, so that nobody goes live by accident."""

    received = forms.BooleanField(
        label=_("I have received one of this campaign's letters at the test address, opened its PDF, and read both.")
    )
    notice = forms.BooleanField(label=_("I have read this site's privacy notice, and it is true of this campaign."))
    slug = forms.CharField(
        label=_("The campaign's slug"),
        widget=forms.TextInput(
            attrs={"class": "vTextField", "autocomplete": "off", "aria-describedby": "id_slug_helptext"}
        ),
    )

    def __init__(self, campaign: Campaign, *args: Any) -> None:
        super().__init__(*args)
        self.campaign = campaign
        self.fields["slug"].help_text = _("Type %s to confirm that you mean this campaign.") % campaign.slug

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug != self.campaign.slug:
            raise ValidationError(_("This is not the campaign's slug."))
        return slug


MAX_PACK_BYTES = 500_000  # it is sent again in a hidden field, so it must fit into a form (DATA_UPLOAD_MAX_MEMORY_SIZE)


class PackForm(forms.Form):
    """A pack, as a file or as text. Its errors are in `faults`, and its text stays in the form."""

    file = forms.FileField(
        label=_("The pack's file"),
        required=False,
        help_text=_("A file that ends in .yaml, such as “Download as a pack” gives you."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml", "aria-describedby": "id_file_helptext"}),
    )
    text = forms.CharField(
        label=_("or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"class": "vLargeTextField pack-text", "rows": 20, "spellcheck": "false", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: list[Fault] = []

    def clean(self) -> dict[str, Any]:
        """Parse the pack; keep its text and its faults."""
        values = super().clean() or self.cleaned_data
        file = values.get("file")
        if file and file.size > MAX_PACK_BYTES:
            raise ValidationError(
                _("This file is larger than %(most)d kB. Make it smaller, or ask the operator to use load_campaign."),
                params={"most": MAX_PACK_BYTES // 1000},
            )
        data = file.read() if file else values.get("text", "").encode()
        if not data.strip():
            raise ValidationError(_("Choose a file, or paste the pack's text."))
        if len(data) > MAX_PACK_BYTES:
            raise ValidationError(_("This text is too long for the form. Save it as a file of less than 500 kB."))
        values["text"] = data.decode("utf-8-sig", "replace")
        self.data = {**self.data, "text": values["text"]}  # so that a file's text can be corrected in the form
        try:
            values["pack"] = parse_bytes(data)
        except PackRefusedError as refused:
            self.faults = refused.faults
            raise ValidationError(_("The pack cannot be loaded. Nothing has changed.")) from None
        return values
