"""The builder's form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Argument, Campaign, Phrasing
from campaign.parliament.models import Constituency, Member
from letters.drafting import OWN, Draft, choose_asks, pick_ask, read_piece, tidy_text, write_opening
from letters.forms.fields import CrispyForm, LineField, TextField

MOST_CHARACTERS = 3000  # a paragraph; a page has about 2,500


class WordsForm(CrispyForm):
    """The builder: own words, each paragraph, an ask."""

    opening = LineField(
        label=_("How your letter begins"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    own_words = TextField(
        label=_("Your own words"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "max_length": _("Your own words have %(show_value)d characters; %(limit_value)d fit in a letter.")
        },
    )
    order = forms.CharField(required=False, widget=forms.HiddenInput)  # filled in by dragging: keys with spaces between
    ask = forms.ChoiceField(
        label=_("What do you ask your MP to do?"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the requests in the list.")},
    )
    with_sources = forms.BooleanField(
        label=_("Add the sources as notes"),
        required=False,
        help_text=_("MPs’ offices like to check. It adds a few lines."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        campaign: Campaign,
        draft: Draft,
        arguments: dict[str, Argument],
        seat: Constituency,
        member: Member,
    ) -> None:
        self.draft = draft
        self.arguments = {key: arguments[key] for key in draft.keys if key in arguments}
        asks = choose_asks(campaign, member)
        ask = pick_ask(draft, asks)
        initial = {
            "opening": write_opening(seat) if draft.opening is None else draft.opening,
            "own_words": draft.own_words,
            "ask": ask.key if ask else "",
            "with_sources": draft.with_sources,
        }
        super().__init__(data, initial=initial)
        self.usual_opening = write_opening(seat)
        self.fields["ask"].choices = [(ask.key, ask.label) for ask in asks]  # type: ignore[attr-defined]
        for piece in draft.pieces:
            if piece.key not in self.arguments:
                continue
            argument = self.arguments[piece.key]
            self.fields[f"text-{piece.key}"] = TextField(
                label=_("Text of “%s”") % argument.title,
                initial=read_piece(piece, argument),
                max_length=MOST_CHARACTERS,
                required=False,
                widget=forms.Textarea(attrs={"rows": 7}),
            )
            self.fields[f"length-{piece.key}"] = forms.ChoiceField(
                label=_("Length"),
                choices=Phrasing.Length.choices,
                initial=piece.length,
                widget=forms.RadioSelect,
                required=False,
            )

    def update_draft(self) -> None:
        """Take what was typed into the draft. An edit is kept for the phrasing it was made on."""
        data = self.cleaned_data
        self.draft.arrange(data["order"].split())
        self.draft.opening = None if data["opening"] == self.usual_opening else data["opening"]
        self.draft.own_words = data["own_words"]
        self.draft.ask = data["ask"]
        self.draft.with_sources = data["with_sources"]
        for piece in self.draft.pieces:
            argument = self.arguments.get(piece.key)
            if argument is None:
                continue
            typed = data[f"text-{piece.key}"]
            phrasing = argument.phrasing(piece.length)
            if not typed or (phrasing and typed == tidy_text(phrasing.text)):
                piece.edits.pop(piece.length, None)
            else:
                piece.edits[piece.length] = typed
            piece.length = data[f"length-{piece.key}"] or piece.length

    def cards(self) -> list[dict[str, Any]]:
        """Return what the template shows, in the order of the letter."""
        order = [key for key in self.draft.order if key == OWN or key in self.arguments]
        return [
            {
                "key": key,
                "own": key == OWN,
                "argument": self.arguments.get(key),
                "text": self["own_words"] if key == OWN else self[f"text-{key}"],
                "length": None if key == OWN else self[f"length-{key}"],
                "first": at == 0,
                "last": at == len(order) - 1,
            }
            for at, key in enumerate(order)
        ]
