"""The builder's offer of a sentence before the request: the campaign's, or the supporter's own."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Argument, Campaign
from letters.forms.fields import LineField
from letters.writing.draft import Draft
from letters.writing.given import find_given
from letters.writing.preface import has_preface_by_default, is_said

MAX_PREFACE = 400


class PrefaceForm(forms.Form):
    """A box to tick, if the campaign has such a sentence, which is its label; and a line for the supporter's own."""

    preface = forms.BooleanField(required=False)
    # Whether the box was ticked by default when the page was shown: if it still is, nobody has decided.
    preface_usual = forms.BooleanField(required=False, widget=forms.HiddenInput)
    preface_words = LineField(
        label=_("Or say it in your own words"),
        max_length=MAX_PREFACE,
        required=False,
        help_text=_("One sentence is enough. It takes the place of the one above."),
        widget=forms.Textarea(attrs={"rows": 2, "aria-describedby": "id_preface_words_help id_preface_words_error"}),
    )

    def offer_preface(self, draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> None:
        texts = campaign.preface_list
        if not texts:
            for name in ("preface", "preface_usual", "preface_words"):
                del self.fields[name]
            return
        usual = has_preface_by_default(campaign, draft, arguments)
        self.fields["preface"].label = find_given(draft, "preface", texts)
        self.fields["preface"].initial = usual if draft.preface is None else draft.preface
        self.fields["preface_usual"].initial = usual
        self.fields["preface_words"].initial = draft.preface_words
        self.preface_said = campaign.preface_by_default and is_said(campaign, draft, arguments)

    def has_other_preface(self, posted: QueryDict) -> bool:
        """Whether the box is now ticked, or not, by default where the page that was sent has it otherwise."""
        usual = self.fields.get("preface_usual")
        return usual is not None and posted.get("preface_usual", "") != str(usual.initial)

    def take_preface(self, draft: Draft) -> None:
        data = self.cleaned_data
        if "preface" in data:
            draft.preface = None if data["preface"] == data["preface_usual"] else data["preface"]
            draft.preface_words = data.get("preface_words", draft.preface_words)
