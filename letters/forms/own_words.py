"""The box for the supporter's own words, which begins a letter and is in the builder too."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Campaign
from letters.forms.fields import TextField
from letters.writing.draft import Draft

MAX_CHARACTERS = 3000  # a paragraph; a page has about 2,500
MAX_LINES = 60  # of a paragraph; with blank lines between them, thirty
# Prompts for own words, unless the campaign has its own.
PROMPTS = (
    _("What made you care about this?"),
    _("How does it affect your life or your constituency?"),
    _("Is there something you know that your MP may not?"),
)


def list_prompts(campaign: Campaign) -> list[str]:
    return campaign.prompt_list or [str(prompt) for prompt in PROMPTS]


class OwnWordsForm(forms.Form):
    """One question at a time, and a box."""

    own_words = TextField(
        max_length=MAX_CHARACTERS,
        most_lines=MAX_LINES,
        required=False,
        widget=forms.Textarea(
            # For the style sheet, which recognises an empty box by its placeholder.
            attrs={"rows": 6, "placeholder": " ", "aria-describedby": "own-rule own-count id_own_words_error"}
        ),
        error_messages={
            "max_length": _("Your own words have %(show_value)d characters. A letter has room for %(limit_value)d.")
        },
    )

    def ask_question(self, campaign: Campaign, draft: Draft) -> None:
        prompts = list_prompts(campaign)
        self.question = prompts[draft.question % len(prompts)]
        self.has_questions = len(prompts) > 1
        self.fields["own_words"].label = self.question
