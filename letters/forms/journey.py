"""The forms of the journey before and after the builder. Their messages say what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Argument, Campaign
from campaign.parliament.finding import look_up_constituency
from campaign.parliament.models import Constituency, Member
from letters.forms.fields import CrispyForm, LineField, MailAddressField, NameField
from letters.forms.honeypot import HoneypotField, StampField
from letters.forms.offices import OfficeForm, advise_on_case
from letters.forms.own_words import OwnWordsForm
from letters.forms.typos import AsksAboutTypos
from letters.privacy.consent import CONSENT_TEXT
from letters.privacy.newsletter import NEWSLETTER_TEXT
from letters.writing.compose import Sender
from letters.writing.draft import MAX_ARGUMENTS, Draft

SAYS_NOTHING = _("Write a few words of your own: your letter says nothing yet.")


class PostcodeForm(CrispyForm):
    postcode = LineField(
        label=_("Your postcode"),
        max_length=40,
        help_text=_("We use it to find your MP. We do not keep it."),
        widget=forms.TextInput(
            attrs={"autocomplete": "postal-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Enter your postcode, for example SW1A 0AA, or choose your constituency from the list.")
        },
    )


class BeginningForm(OwnWordsForm, CrispyForm):
    """What the supporter wants to say, and the choice of arguments, which may be none."""

    arguments = forms.MultipleChoiceField(
        label=_("Your arguments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of these arguments is no longer offered. Please choose again."),
        },
    )
    order = forms.CharField(
        required=False, widget=forms.HiddenInput
    )  # filled in by a script: keys in the order of ticking

    # With this a draft can be begun again after its session has ended.
    gss = forms.CharField(required=False, max_length=9, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)  # of the draft that the page shows

    def __init__(
        self, data: QueryDict | None = None, *, arguments: Iterable[Argument], campaign: Campaign, draft: Draft
    ) -> None:
        super().__init__(data, initial={"own_words": draft.own_words, "gss": draft.gss, "version": draft.version})
        self.ask_question(campaign, draft)
        self.fields["own_words"].widget.attrs |= {
            "class": "form-control",
            "aria-describedby": "id_own_words_help id_own_words_error",
        }
        self.fields["arguments"].choices = [(argument.key, argument.title) for argument in arguments]  # type: ignore[attr-defined]

    def clean_arguments(self) -> list[str]:
        keys: list[str] = self.cleaned_data["arguments"]
        if len(keys) > MAX_ARGUMENTS:
            raise ValidationError(
                _(
                    "You have chosen %(count)d. Choose %(most)d at most: a short letter is easier to read and "
                    "to answer."
                ),
                params={"count": len(keys), "most": MAX_ARGUMENTS},
            )
        return keys

    def get_keys(self) -> list[str]:
        keys: list[str] = self.cleaned_data["arguments"]
        ticked = self.cleaned_data["order"].split()
        return sorted(keys, key=lambda key: ticked.index(key) if key in ticked else len(ticked))


class DeliveryMethod(StrEnum):
    """By email or by post."""

    EMAIL = "email"
    POST = "post"


class SenderForm(CrispyForm):
    """Name and address, in the constituency whose MP gets the letter."""

    elsewhere = _("%(postcode)s is in %(where)s, not in %(constituency)s. Correct it, or write to the MP there.")

    name = NameField(
        label=_("Your full name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your full name: MPs answer letters from a named constituent.")},
    )
    address_1 = LineField(
        label=_("Address"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
        error_messages={
            "required": _("Enter your street address: MPs only answer people who live in their constituency.")
        },
    )
    address_2 = LineField(
        label=_("Address, second line (optional)"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    town = LineField(
        label=_("Town or city"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": _("Enter your town or city.")},
    )
    postcode = LineField(
        label=_("Postcode"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "postal-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter your postcode: it shows that you are a constituent.")},
    )

    def __init__(self, *args: Any, constituency: Constituency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.constituency = constituency
        self.other_constituency: Constituency | None = None  # the postcode's, if another

    def clean_postcode(self) -> str:
        finding = look_up_constituency(self.cleaned_data["postcode"])
        if finding.status in ("invalid", "no_mp"):
            raise ValidationError(finding.message)
        certain = finding.status == "found" and self.constituency.gss not in finding.gss
        elsewhere = finding.status == "choose" and self.constituency.gss not in finding.gss
        if certain or elsewhere:
            found = Constituency.objects.with_members().filter(pk__in=finding.gss[:1]).first()
            if certain and found and found.member:
                self.other_constituency = found
            where = found.name if certain and found else str(_("Northern Ireland"))
            raise ValidationError(
                self.elsewhere,
                params={"postcode": finding.postcode, "where": where, "constituency": self.constituency.name},
            )
        return str(finding.postcode)

    def get_address_lines(self) -> tuple[str, ...]:
        data = self.cleaned_data
        return tuple(line for line in (data["address_1"], data["address_2"], data["town"]) if line)


class DetailsForm(AsksAboutTypos, OfficeForm, SenderForm):
    """Who writes, how, and what their MP's office asks for. Stored only once the supporter asks the site to send."""

    channel = forms.ChoiceField(
        label=_("How should your letter go?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how your letter should go.")},
    )
    email = MailAddressField(
        label=_("Your email address"),
        max_length=254,
        required=False,
        help_text=_("We will email you a link to confirm the letter. Your MP’s answer will come to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your email address, so that you can confirm the letter, or choose to post it."),
            "invalid": _("Enter a full email address, such as name@example.org."),
        },
    )
    started = StampField()
    field_order = (*SenderForm.base_fields, "channel", "email")

    def __init__(
        self,
        *args: Any,
        constituency: Constituency,
        member: Member,
        missing_own_words: int = 0,
        says_nothing: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, constituency=constituency, **kwargs)
        self.says_nothing = says_nothing
        choices = [(DeliveryMethod.POST, _("By post: I print, sign and post it"))]
        email = self.fields["email"]
        if member.email and not missing_own_words:
            choices.insert(0, (DeliveryMethod.EMAIL, _("By email: this site sends it for me")))
            email.required = self.data.get("channel") != DeliveryMethod.POST
        else:
            email.label = _("Your email address (optional)")
            email.help_text = _("Only needed for a reply by email. It will be in the letter.")
        self.only_by_post = len(choices) == 1
        self.fields["own_case"].help_text = advise_on_case(member.email)
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]
        self.fields["channel"].initial = choices[0][0]
        if missing_own_words:
            self.fields["channel"].error_messages["invalid_choice"] = _(
                "We can email your letter once it has enough words of your own. Add some, or choose to post it."
            )

    def clean(self) -> None:
        super().clean()
        if self.says_nothing:
            raise ValidationError(SAYS_NOTHING)

    def asked(self) -> list[forms.BoundField]:
        """Return what everyone fills in."""
        names = {name for name in self.fields if name not in OfficeForm.base_fields}
        names -= {"email"} if self.only_by_post else set()
        return [field for field in self if field.name in names]

    def folded(self) -> list[forms.BoundField]:
        """Return what only some give; a reply by email needs the address that nothing else asks for."""
        names = ["reply_by", *(["email"] if self.only_by_post else []), "phone", "on_behalf_of", "own_case"]
        return [self[name] for name in names]

    @property
    def unfolds(self) -> bool:
        return any(field.errors or field.value() for field in self.folded())

    def get_sender(self) -> Sender:
        data = self.cleaned_data
        return Sender(
            data["name"],
            self.get_address_lines(),
            data["postcode"],
            data["email"],
            phone=data["phone"],
            on_behalf_of=data["on_behalf_of"],
            reply_by=data["reply_by"],
            own_case=data["own_case"],
        )


class SendForm(DetailsForm):
    """The details again, with consent to store and send."""

    consent = forms.BooleanField(
        label=CONSENT_TEXT,
        error_messages={"required": _("Tick the box to let us store and send your letter, or download it instead.")},
    )
    news = forms.BooleanField(label=NEWSLETTER_TEXT, required=False)  # separate from consent, and never a condition
    website = HoneypotField()

    def __init__(self, *args: Any, offers_news: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not offers_news:
            del self.fields["news"]


class AddressForm(AsksAboutTypos, CrispyForm):
    """A new address for the confirmation."""

    email = MailAddressField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter the email address you wrote from."),
            "invalid": _("Enter a full email address, such as name@example.org."),
        },
    )
