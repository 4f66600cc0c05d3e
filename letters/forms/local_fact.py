"""The builder's offer of a fact about the supporter's constituency."""

from __future__ import annotations

from django import forms

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.writing.draft import Draft
from letters.writing.local_fact import find_local_fact


class LocalFactForm(forms.Form):
    """A box to tick, if the campaign has a fact in date; its label is the sentence, its help text the source."""

    local_fact = forms.BooleanField(required=False)

    def offer_fact(self, draft: Draft, campaign: Campaign, constituency: Constituency) -> None:
        fact = find_local_fact(campaign, constituency.gss)
        if fact is None:
            del self.fields["local_fact"]
            return
        field = self.fields["local_fact"]
        field.initial = draft.local_fact == constituency.gss
        field.label, field.help_text = fact.say(constituency.name), fact.note

    def take_fact(self, draft: Draft) -> None:
        if "local_fact" in self.cleaned_data:
            draft.local_fact = draft.gss if self.cleaned_data["local_fact"] else ""
