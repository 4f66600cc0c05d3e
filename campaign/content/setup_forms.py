"""The forms of a new campaign's screens: only what a first campaign needs, in plain words."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from campaign.content.dates import say_date
from campaign.content.forms import PartialDateField, PlainTextField
from campaign.content.models import Campaign
from campaign.content.validators import (
    LINE,
    TEXT,
    refuse_address_marks,
    refuse_encoded_word,
    refuse_impossible_date,
    refuse_other_schemes,
    refuse_reserved_slug,
)

MAX_SLUG = Campaign._meta.get_field("slug").max_length or 0
ANYWHERE, CHAMBER = "anywhere", "chamber"
KINDS = [
    (ANYWHERE, _("Anything an MP can do: write to a minister, meet us, speak up, visit")),
    (CHAMBER, _("Something in the House of Commons: speak in a debate, vote, ask a question")),
]


class SetupForm(forms.Form):
    """Fields as the setup's pages show them: every help text is tied to its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"use_required_attribute": False})
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_helptext"

    def get_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.folded]

    def get_folded(self) -> list[forms.BoundField]:
        return [self[name] for name in self.folded]

    @property
    def is_folded_open(self) -> bool:
        usual = {name: ("", None, self.fields[name].initial) for name in self.folded}
        return any(name in self.errors or self.initial.get(name) not in usual[name] for name in self.folded)

    folded: tuple[str, ...] = ()


class WrittenDateField(PartialDateField):
    """A day, a month or a year, also shown as people write them."""

    def prepare_value(self, value: Any) -> Any:
        return say_date(value) if re.fullmatch(r"\d{4}(-\d\d){0,2}", str(value or "")) else value


class AddressField(forms.CharField):
    """The end of a page's address; anything that was typed or pasted is made into one."""

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return slugify(text.rstrip("/").rpartition("/")[2])[:MAX_SLUG].strip("-")


class SubjectForm(SetupForm):
    """What the campaign is about, and where its page is."""

    title = forms.CharField(
        label=_("What is the campaign called?"),
        max_length=120,
        validators=[*LINE, refuse_encoded_word, refuse_address_marks],
        help_text=_("A few words that people remember, such as “Keep our library open”."),
        error_messages={"required": _("Give the campaign a name. You can change it until the first letter.")},
    )
    tagline = forms.CharField(
        label=_("What do you want, in one sentence?"),
        max_length=250,
        validators=LINE,
        help_text=_("It is under the name at the top of the page."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say in one sentence what you want.")},
    )
    slug = AddressField(
        label=_("Address of the page"),
        required=False,
        validators=[refuse_reserved_slug],
        help_text=_("Leave this empty, and it is made from the name."),
    )
    folded = ("slug",)

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["slug"].help_text = _("%(site)s/… Leave this empty, and it is made from the name.") % {
            "site": settings.SITE_URL
        }

    def clean_tagline(self) -> str:
        return " ".join(self.cleaned_data["tagline"].split())

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug and self.others().filter(slug=slug).exists():
            raise ValidationError(_("Another campaign has this address. Choose a different one."))
        return slug

    def others(self) -> Any:
        return Campaign.objects.exclude(pk=self.campaign.pk) if self.campaign else Campaign.objects.all()

    def make_slug(self) -> str:
        """Return an address that is free, made from the title."""
        base = slugify(self.cleaned_data.get("title", ""))[: MAX_SLUG - 4].strip("-") or "campaign"
        taken = set(self.others().filter(slug__startswith=base).values_list("slug", flat=True))
        for number in range(1, len(taken) + 3):
            slug = base if number == 1 else f"{base}-{number}"
            try:
                refuse_reserved_slug(slug)
            except ValidationError:
                continue
            if slug not in taken:
                return slug
        raise AssertionError("one of them is free")


class WhyForm(SetupForm):
    """The case."""

    brief = PlainTextField(
        label=_("Why does it matter?"),
        validators=TEXT,
        help_text=_(
            "Two or three short paragraphs: what is happening, whom it affects, what would help. Leave an empty line "
            "between paragraphs."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": _("Write at least one sentence. It can be a draft: you can change it later.")},
    )


class ArgumentForm(SetupForm):
    """One argument with its paragraph and its source."""

    title = forms.CharField(
        label=_("The argument in a few words"),
        max_length=120,
        validators=LINE,
        help_text=_("Supporters choose by this, such as “It is the only warm place in town”."),
        error_messages={"required": _("Give the argument a title of a few words.")},
    )
    text = PlainTextField(
        label=_("The paragraph in the letter"),
        validators=TEXT,
        help_text=_("As a constituent would say it, in 40 to 80 words. Supporters can change every word."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write the paragraph that letters will have.")},
    )
    who = forms.CharField(
        label=_("Where is it from? Person or organisation"),
        max_length=200,
        validators=LINE,
        help_text=_("Such as the County Council, or your own group if you counted it yourselves."),
        error_messages={"required": _("Say who says so. Arguments without a source are not shown to supporters.")},
    )
    what = forms.CharField(
        label=_("Report, article, speech or count"),
        max_length=300,
        validators=LINE,
        help_text=_("Such as “Library review 2025, page 12”."),
        error_messages={"required": _("Say where it can be found: the report, article, speech or count.")},
    )
    date = WrittenDateField(
        label=_("When?"),
        validators=[refuse_impossible_date],
        help_text=_("1 April 2026, April 2026 or 2026."),
        error_messages={"required": _("Say when the source is from. A year is enough.")},
    )
    url = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=500,
        validators=[refuse_other_schemes],
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    as_of = WrittenDateField(
        label=_("Facts as of"),
        required=False,
        validators=[refuse_impossible_date],
        help_text=_("Only if this is not the date of the source."),
    )
    theme = forms.CharField(
        label=_("Heading it is under"),
        required=False,
        max_length=120,
        validators=LINE,
        help_text=_("Only if you have many arguments. Those with the same heading are shown together."),
    )
    folded = ("url", "as_of", "theme")


class AskForm(SetupForm):
    """One thing that letters may ask of an MP."""

    label = forms.CharField(
        label=_("The request in a few words"),
        max_length=150,
        validators=LINE,
        help_text=_("Supporters choose one. Such as “Ask the minister to pay for it”."),
        error_messages={"required": _("Say the request in a few words.")},
    )
    text = PlainTextField(
        label=_("The sentence that ends the letter"),
        validators=TEXT,
        help_text=_("Such as “I ask you to write to the minister and tell me what they answer.”"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the sentence that ends the letter, beginning with “I ask you to”.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of request"),
        choices=KINDS,
        initial=ANYWHERE,
        widget=forms.RadioSelect,
        help_text=_("A few MPs take no part in the Commons. Their constituents are offered only the first kind."),
    )
    folded = ("kind",)


class WhoForm(SetupForm):
    """Who runs the campaign."""

    promoter_name = forms.CharField(
        label=_("Who runs the campaign?"),
        max_length=150,
        validators=LINE,
        help_text=_("A person or a group. It is on the page, in emails and on each letter."),
        error_messages={"required": _("Say who runs it: supporters give you their address.")},
    )
    promoter_address = PlainTextField(
        label=_("Their postal address"),
        validators=TEXT,
        help_text=_("Election law asks for it. It is on the page and on each letter."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter a postal address. A campaign cannot go live without one.")},
    )
    contact_email = forms.EmailField(
        label=_("Email address for questions"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("It is on the page. Use one that several of you read."),
        error_messages={"required": _("Enter an email address that supporters can write to.")},
    )
    complaints_contact = forms.CharField(
        label=_("Who deals with complaints"),
        required=False,
        max_length=200,
        validators=LINE,
        help_text=_("Leave this empty if it is the same name and email address."),
    )
    folded = ("complaints_contact",)
