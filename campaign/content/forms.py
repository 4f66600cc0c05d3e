"""The admin's forms for what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Argument, Campaign, Theme

if TYPE_CHECKING:
    ThemeField = forms.ModelChoiceField[Theme]
    ArgumentModelForm = forms.ModelForm[Argument]
else:
    ThemeField = forms.ModelChoiceField
    ArgumentModelForm = forms.ModelForm


class PlainTextField(forms.CharField):
    """Text as packs have it: browsers send CR LF, and word processors leave tabs."""

    def to_python(self, value: Any) -> str:
        """Return the text with plain line ends and no tabs."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


class ThemeChoiceField(ThemeField):
    """A theme, named with its campaign."""

    def label_from_instance(self, theme: Theme) -> str:
        """Name the campaign too: two campaigns may have a theme of the same title."""
        return f"{theme.campaign}: {theme}"


class ArgumentForm(ArgumentModelForm):
    """An argument's own fields. Its campaign follows from its theme."""

    theme = ThemeChoiceField(
        Theme.objects.select_related("campaign").order_by("campaign__title", "position", "id"),
        help_text=_("Themes are made on the campaign's page."),
    )

    class Meta:
        model = Argument
        fields = ["theme", "title", "key", "claim", "as_of", "review_every_days", "review_by", "published", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            field = self.fields["theme"]
            assert isinstance(field, ThemeChoiceField)
            field.queryset = field.queryset.filter(campaign=self.instance.campaign_id)  # type: ignore[union-attr]

    def clean(self) -> dict[str, Any]:
        """Take the campaign from the theme, and refuse a key that is taken there."""
        values = super().clean() or self.cleaned_data
        if theme := values.get("theme"):
            self.instance.campaign = theme.campaign
            taken = Argument.objects.filter(campaign=theme.campaign_id, key=values.get("key")).exclude(
                pk=self.instance.pk
            )
            if taken.exists():
                self.add_error("key", _("Another argument of this campaign has this key."))
        return values


class GoLiveForm(forms.Form):
    """Asks for the slug, so that nobody takes a campaign live by a slip."""

    slug = forms.CharField(
        label=_("The campaign's slug"),
        widget=forms.TextInput(
            attrs={"class": "vTextField", "autocomplete": "off", "aria-describedby": "id_slug_helptext"}
        ),
    )

    def __init__(self, campaign: Campaign, *args: Any) -> None:
        super().__init__(*args)
        self.campaign = campaign

    def clean_slug(self) -> str:
        """Refuse anything but this campaign's slug."""
        slug: str = self.cleaned_data["slug"]
        if slug != self.campaign.slug:
            raise ValidationError(_("This is not the campaign's slug."))
        return slug
