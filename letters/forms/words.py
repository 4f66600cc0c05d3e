"""The builder's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaign.content.models import Argument, Campaign, Phrasing
from campaign.parliament.models import Constituency, Member
from letters.forms.fields import CrispyForm, LineField, TextField
from letters.forms.local_fact import LocalFactForm
from letters.forms.own_words import MAX_CHARACTERS, MAX_LINES, OwnWordsForm
from letters.forms.preface import PrefaceForm
from letters.models import SourceStyle
from letters.writing.compose import Check, choose_asks, find_changes, get_ask
from letters.writing.draft import OWN, OWN_WAY, Draft, Piece, read_piece
from letters.writing.openings import write_usual_opening
from letters.writing.session import FormVersion
from letters.writing.text import clean_text, count_words
from letters.writing.wordings import find_subject

MAX_REASON = 300


class WordsForm(OwnWordsForm, PrefaceForm, LocalFactForm, CrispyForm):
    """The builder: own words, each paragraph, an ask; and, hidden, which page says so."""

    opening = LineField(
        label=_("The opening"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    # The usual opening as the page showed it: if unchanged, it is not the supporter's own.
    usual = LineField(max_length=300, required=False, widget=forms.HiddenInput)
    reason = LineField(
        label=_("Why are you writing?"),
        max_length=MAX_REASON,
        required=False,
        help_text=_(
            "One sentence, if you like. It completes the opening: “I am writing to you … because my brother …”"
        ),
        widget=forms.Textarea(attrs={"rows": 2, "aria-describedby": "id_reason_help id_reason_error"}),
    )
    subject = LineField(
        label=_("Subject line"),
        max_length=150,
        required=False,
        help_text=_("What would catch your eye? Change it, or leave it as it is."),
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "aria-describedby": "id_subject_help id_subject_error",
                "autocomplete": "off",
            }
        ),
    )
    # The usual subject as the page showed it: if unchanged, it is not the supporter's own.
    subject_usual = LineField(max_length=150, required=False, widget=forms.HiddenInput)
    ask = forms.ChoiceField(
        label=_("What are you asking your MP to do?"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the requests in the list.")},
    )
    source_style = forms.ChoiceField(
        label=_("Show where the facts come from?"),
        choices=SourceStyle.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("A line or a list lets your MP’s office check the facts. It makes the letter longer."),
    )
    sans = forms.BooleanField(
        label=_("Show it in plain letters while I write"),
        required=False,
        help_text=_("Your MP gets it in the usual typeface."),
    )
    # Arguments and own words in order, space-separated. With this and the constituency's code a draft can be rebuilt
    # after its session has ended.
    order = forms.CharField(required=False, max_length=400)
    gss = forms.CharField(required=False, max_length=9)
    page = forms.CharField(required=False, max_length=20)
    version = forms.IntegerField(required=False)
    turn = forms.IntegerField(required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        campaign: Campaign,
        draft: Draft,
        arguments: dict[str, Argument],
        constituency: Constituency,
        member: Member,
        check: Check,
        withdrawn: Mapping[str, Argument],
        page: str = "",
    ) -> None:
        self.draft = draft
        self.withdrawn = withdrawn
        self.check = check
        self.arguments = {key: arguments[key] for key in draft.keys if key in arguments}
        asks = choose_asks(campaign, member)
        ask = get_ask(draft, asks)
        usual = write_usual_opening(campaign, constituency, draft)
        subject = find_subject(replace(draft, subject=""), campaign, arguments)
        initial = {
            "opening": usual if draft.opening is None else draft.opening,
            "usual": usual,
            "reason": draft.reason,
            "subject": draft.subject or subject,
            "subject_usual": subject,
            "own_words": draft.own_words,
            "ask": ask.key if ask else "",
            "source_style": draft.source_style,
            "sans": draft.sans,
            "order": " ".join(self.list_keys()),
            "gss": draft.gss,
            "page": page,
            "version": draft.version,
            "turn": 0,
        }
        super().__init__(data, initial=initial)
        self.usual_opening = usual
        self.offer_preface(draft, campaign, arguments)
        self.offer_fact(draft, campaign, constituency)
        self.fields["ask"].choices = [(ask.key, ask.label) for ask in asks]  # type: ignore[attr-defined]
        self.ask_question(campaign, draft)
        for piece in draft.pieces:
            if piece.key in self.arguments:
                self.fields.update(make_piece_fields(piece, self.arguments[piece.key]))
        for name in ("order", "gss", "page", "version", "turn"):
            # The <form> has autocomplete="off", since browsers that restore fields on reload would bring an old version
            # back. What was typed they may restore.
            self.fields[name].widget = forms.HiddenInput()
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                # A browser would silently cut what is pasted.
                field.widget.attrs.pop("maxlength", None)
                field.widget.attrs |= {"class": "form-control"}
                field.widget.attrs.setdefault("aria-describedby", f"id_{name}_error")
                field.widget.attrs.setdefault("autocomplete", "on")

    def list_keys(self) -> list[str]:
        return [key for key in self.draft.order if key == OWN or key in self.arguments]

    def update_draft(self) -> None:
        data = self.cleaned_data
        draft = self.draft
        draft.arrange(data.get("order", "").split())
        if "opening" in data:
            usual = data.get("usual") or self.usual_opening
            draft.opening = None if data["opening"] == usual else data["opening"]
        draft.reason = data.get("reason", draft.reason)
        if "subject" in data:
            draft.subject = "" if data["subject"] == data.get("subject_usual") else data["subject"]
        self.take_preface(draft)
        self.take_fact(draft)
        draft.own_words = data.get("own_words", draft.own_words)
        draft.ask = data.get("ask", draft.ask)
        draft.source_style = data.get("source_style") or draft.source_style
        draft.sans = data["sans"]
        for piece in draft.pieces:
            if piece.key in self.arguments:
                self.update_piece(piece, self.arguments[piece.key])
        for piece in (*draft.pieces, *draft.aside):
            if argument := self.withdrawn.get(piece.key):
                self.keep_words(piece, argument)

    def keep_words(self, piece: Piece, argument: Argument) -> None:
        """Keep the text of an argument that was withdrawn while the page was open."""
        typed = clean_text(self.data.get(f"text-{piece.key}", ""))[:MAX_CHARACTERS]
        shown = self.data.get(f"shown-{piece.key}", "")
        phrasing = argument.phrasing(shown)
        if shown in Phrasing.Length.values and typed and not (phrasing and typed == clean_text(phrasing.words)):
            piece.edits[shown] = typed

    def update_piece(self, piece: Piece, argument: Argument) -> None:
        shown = self.cleaned_data.get(f"shown-{piece.key}") or piece.length
        typed = self.cleaned_data.get(f"text-{piece.key}")
        if typed is not None:
            unchanged = [p for p in argument.phrasings.all() if p.length == shown and clean_text(p.words) == typed]
            if unchanged and piece.variant not in {p.variant for p in unchanged}:
                piece.variant = unchanged[0].variant  # a rebuilt draft may have been given another wording
            if unchanged or not typed:
                piece.edits.pop(shown, None)
            else:
                piece.edits[shown] = typed
        piece.length = self.cleaned_data.get(f"length-{piece.key}") or shown
        piece.keep_source = self.cleaned_data.get(f"keep-{piece.key}", False)

    @property
    def showing(self) -> FormVersion:
        """The page that sent this; only after validation."""
        data = self.cleaned_data
        return FormVersion(data.get("page", ""), data.get("version") or 0, data.get("turn") or 0)

    def make_cards(self) -> list[dict[str, Any]]:
        order = self.list_keys()
        pieces = {piece.key: piece for piece in self.draft.pieces}
        cards = []
        for at, key in enumerate(order):
            card = {
                "key": key,
                "name": "own" if key == OWN else key,
                "own": key == OWN,
                "first": at == 0,
                "last": at == len(order) - 1,
                "text": self["own_words" if key == OWN else f"text-{key}"],
            }
            if key != OWN:
                card |= {
                    "argument": self.arguments[key],
                    "length": self[f"length-{key}"],
                    "shown": self[f"shown-{key}"],
                    "changes": find_changes(pieces[key], self.arguments[key], self.check),
                    "keep": self[f"keep-{key}"],
                    "edited": bool(pieces[key].edits),
                    "own_way": pieces[key].length == OWN_WAY,
                    "facts": list_facts(self.arguments[key]),
                }
            cards.append(card)
        return cards


def list_facts(argument: Argument) -> list[tuple[str, int]]:
    """Return the argument's facts, each with the number of its source in the list below; 0 if none."""
    numbers = {source.pk: number for number, source in enumerate(argument.sources.all(), 1)}
    return [(fact.text, numbers.get(fact.source_id or 0, 0)) for fact in argument.facts.all()]


def list_lengths(argument: Argument, variant: int) -> list[tuple[str, str]]:
    """Return the choices: own words, if there are facts; short and full, with their word counts."""
    choices = [(OWN_WAY, str(_("In my own words")))] if argument.facts.all() else []
    for value, label in Phrasing.Length.choices:
        phrasing = argument.phrasing(value, variant=variant)
        words = count_words(phrasing.text) if phrasing else 0
        text = ngettext("%(length)s: %(count)d word", "%(length)s: %(count)d words", words)
        choices.append((value, text % {"length": label, "count": words}))
    return choices


def make_piece_fields(piece: Piece, argument: Argument) -> dict[str, forms.Field]:
    lengths = list_lengths(argument, piece.variant or 0)
    own_way = piece.length == OWN_WAY
    label = argument.question if own_way and argument.question else _("Text of “%s”") % argument.title
    return {
        f"text-{piece.key}": TextField(
            label=label,
            initial=read_piece(piece, argument),
            max_length=MAX_CHARACTERS,
            most_lines=MAX_LINES,
            required=False,
            widget=forms.Textarea(attrs={"rows": 7}),
            error_messages={
                "max_length": _(
                    "This paragraph has %(show_value)d characters. The most it can have is %(limit_value)d."
                )
            },
        ),
        # The phrasing in the box, so that a form sent twice does not take it for another.
        f"shown-{piece.key}": forms.ChoiceField(
            choices=lengths, initial=piece.length, required=False, widget=forms.HiddenInput
        ),
        f"length-{piece.key}": forms.ChoiceField(
            label=_("How to say it"),
            choices=lengths,
            initial=piece.length,
            widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
            required=False,
        ),
        # Only for an edit that has changed a claim.
        f"keep-{piece.key}": forms.BooleanField(
            label=_("Show its sources with my letter") if own_way else _("Keep the source note"),
            initial=piece.keep_source,
            required=False,
        ),
    }
