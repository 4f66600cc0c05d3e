"""A campaign: what it says of itself, who runs it, and when its letters go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.hours import WEEKDAYS
from campaign.content.models.version import Text, TextVersion, Versioned, VersionedQuerySet
from campaign.content.validators import (
    CLOCK_TIME,
    LANGUAGE_TAG,
    LINE,
    MAX_SUBJECT,
    TEXT,
    refuse_address_marks,
    refuse_encoded_word,
    refuse_long_lines,
    refuse_reserved_slug,
)


def split_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class Campaign(Versioned):
    """One cause with its own page, argument bank and letters."""

    class Mode(models.TextChoices):
        """Where letters go. Rehearsal is the default: every letter goes to the organisers' test address."""

        DRAFT = "draft", _("Draft: only organisers can see it")
        REHEARSAL = "rehearsal", _("Rehearsal: letters go to the test address only")
        LIVE = "live", _("Live: letters go to MPs")
        PAUSED = "paused", _("Paused: letters are on hold")
        CLOSED = "closed", _("Closed: no new letters")

    slug = models.SlugField(unique=True, validators=[refuse_reserved_slug])
    # Part of the sender's name in mails.
    title = models.CharField(max_length=120, validators=[*LINE, refuse_encoded_word, refuse_address_marks])
    language = models.CharField(max_length=10, default="en", validators=[LANGUAGE_TAG])
    subject = models.CharField(
        max_length=MAX_SUBJECT,
        validators=[*LINE, refuse_encoded_word],
        help_text=_("The subject line of letters that get no other."),
    )
    subjects = models.TextField(
        _("more subject lines"),
        blank=True,
        validators=[*TEXT, refuse_long_lines],
        help_text=_("One on each line. Each letter gets the one used least in letters to the same MP."),
    )
    tagline = models.CharField(
        max_length=250, validators=LINE, help_text=_("One sentence at the top of the campaign's page.")
    )
    brief = models.TextField(validators=TEXT, help_text=_("The case in brief. An empty line starts a new paragraph."))
    credit = models.TextField(blank=True, validators=TEXT, help_text=_("Where the arguments come from."))
    prompts = models.TextField(
        blank=True,
        validators=TEXT,
        help_text=_("Questions that help people find their own words. One on each line."),
    )
    openings = models.TextField(
        blank=True,
        validators=TEXT,
        help_text=_(
            "How a letter may begin, one on each line, with {place} for the constituency. If one does not end with a "
            "full stop, the supporter’s reason follows: “I am writing to you, as a constituent in {place}, because”."
        ),
    )
    preface = models.TextField(
        blank=True,
        validators=TEXT,
        help_text=_(
            "What every letter says before its request unless its supporter removes it, such as a condemnation. "
            "One wording on each line: each letter gets one of them."
        ),
    )
    preface_signs = models.TextField(
        _("signs of the preface"),
        blank=True,
        validators=TEXT,
        help_text=_(
            "Words that show that a letter already says what the preface says, such as “condemn”, which is also found "
            "in “condemned”. One on each line. Such a letter has no preface unless its supporter adds it."
        ),
    )
    preface_own_signs = models.TextField(
        _("signs in own words"),
        blank=True,
        validators=TEXT,
        help_text=_(
            "More such words, looked for only in what supporters write themselves, such as “the invasion”: a story "
            "that shows which side its writer is on needs no preface. One on each line."
        ),
    )
    preface_by_default = models.BooleanField(
        default=True, help_text=_("Whether a new letter has it. Supporters can always add or remove it.")
    )
    own_words_minimum = models.PositiveSmallIntegerField(
        default=20,
        validators=[MaxValueValidator(300)],
        help_text=_(
            "How many of their own words supporters need before the site sends a letter. Downloading needs none."
        ),
    )
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.REHEARSAL)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    goal = models.PositiveIntegerField(
        _("goal"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many letters you hope for. Your page shows how far you have come. Leave empty for no goal."),
    )
    goal_occasion = models.CharField(
        _("what the goal is for"),
        max_length=100,
        blank=True,
        validators=LINE,
        help_text=_("Follows the number, such as “before the debate on 3 March”."),
    )
    send_from = models.CharField(
        _("send letters from"),
        max_length=5,
        blank=True,
        validators=[CLOCK_TIME],
        help_text=_("Such as 08:00, UK time. Outside these hours, letters are on hold. Leave empty for midnight."),
    )
    send_until = models.CharField(
        _("until"),
        max_length=5,
        blank=True,
        validators=[CLOCK_TIME],
        help_text=_("Such as 18:00. Leave empty for midnight."),
    )
    send_days = models.CharField(
        _("on"), max_length=8, blank=True, choices=[("", _("Every day")), (WEEKDAYS, _("Monday to Friday"))]
    )
    promoter_name = models.CharField(
        max_length=150,
        blank=True,
        validators=LINE,
        help_text=_("Who runs this campaign. Shown on the page, in emails and in the PDF."),
    )
    promoter_address = models.TextField(
        blank=True, validators=TEXT, help_text=_("Postal address of the promoter, for the imprint.")
    )
    contact_email = models.EmailField(blank=True)
    complaints_contact = models.CharField(
        max_length=200,
        blank=True,
        validators=LINE,
        help_text=_(
            "Who deals with complaints, and how to reach them: a name with an email address or a phone number."
        ),
    )
    rehearsal_address = models.EmailField(
        blank=True, help_text=_("Where letters go in rehearsal. Leave empty for the operator’s address.")
    )
    offers_news = models.BooleanField(
        default=False,
        help_text=_("Supporters are asked, separately, whether they want news of this campaign by email."),
    )
    pause_message = models.TextField(
        blank=True,
        max_length=1000,
        validators=TEXT,
        help_text=_("What supporters read during a pause: why, and until when. Leave empty for a general sentence."),
    )
    # The mode that a pause has interrupted: letters that are confirmed meanwhile stay what they were.
    paused_from = models.CharField(max_length=10, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    SAID = frozenset({"preface"})
    KINDS = (TextVersion.Kind.PREFACE,)

    objects = VersionedQuerySet["Campaign"].as_manager()

    class Meta:
        ordering = ["title"]
        permissions = [("take_live", _("Can take a campaign live, so that letters go to MPs"))]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("The campaign has to end after it starts."),
            ),
            models.CheckConstraint(
                name="campaign_sends_until_after_from",
                condition=Q(send_until="") | Q(send_until__gt=models.F("send_from")) & ~Q(send_until="00:00"),
                violation_error_message=_(
                    "Sending must end later in the day than it begins. To send until midnight, leave the end empty."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaign", args=[self.slug])

    @property
    def prompt_list(self) -> list[str]:
        return split_lines(self.prompts)

    @property
    def opening_list(self) -> list[str]:
        return split_lines(self.openings)

    @property
    def preface_list(self) -> list[str]:
        return split_lines(self.preface)

    @property
    def subject_list(self) -> list[str]:
        """All subject lines, the plain one first."""
        return list(dict.fromkeys([self.subject, *split_lines(self.subjects)]))

    @property
    def preface_sign_list(self) -> list[str]:
        return split_lines(self.preface_signs)

    @property
    def preface_own_sign_list(self) -> list[str]:
        return split_lines(self.preface_own_signs)

    @property
    def imprint(self) -> str:
        """Name and postal address of the promoter on one line; empty while the promoter is not named."""
        address = ", ".join(line.strip(" ,") for line in self.promoter_address.splitlines() if line.strip(" ,"))
        return ", ".join(part for part in (self.promoter_name, address) if part)

    @property
    def test_address(self) -> str:
        return self.rehearsal_address or settings.REHEARSAL_ADDRESS

    @property
    def is_draft(self) -> bool:
        return self.mode == self.Mode.DRAFT

    @property
    def is_rehearsal(self) -> bool:
        return (self.paused_from if self.mode == self.Mode.PAUSED else self.mode) == self.Mode.REHEARSAL

    def takes_letters(self) -> bool:
        today = timezone.localdate()
        return (
            self.mode in (self.Mode.REHEARSAL, self.Mode.LIVE)
            and (self.starts_on is None or self.starts_on <= today)
            and (self.ends_on is None or today <= self.ends_on)
        )

    def list_texts(self) -> list[Text]:
        """Return the wordings of its preface, each as a text that may be corrected without the others."""
        return [Text(TextVersion.Kind.PREFACE, self.pk, line) for line in self.preface_list]

    def find_campaign_id(self) -> int:
        return self.pk

    @classmethod
    def list_versioned(cls, keys: Iterable[Any]) -> list[Versioned]:
        return [*cls._base_manager.filter(pk__in=keys)]
