"""What is said: a campaign, its argument bank and its asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.dates import find_first_day, say_date
from campaign.content.hours import WEEKDAYS
from campaign.content.validators import (
    CLOCK_TIME,
    LANGUAGE_TAG,
    PARTIAL_DATE,
    refuse_address_marks,
    refuse_encoded_word,
    refuse_hidden_in_line,
    refuse_hidden_in_text,
    refuse_impossible_date,
    refuse_other_schemes,
    refuse_reserved_slug,
    refuse_unknown_audiences,
)

LINE = [refuse_hidden_in_line]
TEXT = [refuse_hidden_in_text]


def _split_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class Campaign(models.Model):
    """One cause with its own page, argument bank and letters."""

    class Mode(models.TextChoices):
        """Where letters go. Rehearsal is the default: every letter goes to the organisers' test address."""

        DRAFT = "draft", _("Draft: only organisers see it")
        REHEARSAL = "rehearsal", _("Rehearsal: letters go to the test address only")
        LIVE = "live", _("Live: letters go to MPs")
        PAUSED = "paused", _("Paused: letters wait")
        CLOSED = "closed", _("Closed: no new letters")

    slug = models.SlugField(unique=True, validators=[refuse_reserved_slug])
    # Part of the sender's name in mails.
    title = models.CharField(max_length=120, validators=[*LINE, refuse_encoded_word, refuse_address_marks])
    language = models.CharField(max_length=10, default="en", validators=[LANGUAGE_TAG])
    subject = models.CharField(
        max_length=150,
        validators=[*LINE, refuse_encoded_word],
        help_text=_("The subject line of every letter."),
    )
    tagline = models.CharField(
        max_length=250, validators=LINE, help_text=_("One sentence at the top of the campaign's page.")
    )
    brief = models.TextField(validators=TEXT, help_text=_("The case in brief. An empty line starts a new paragraph."))
    credit = models.TextField(blank=True, validators=TEXT, help_text=_("Where the arguments come from."))
    prompts = models.TextField(
        blank=True,
        validators=TEXT,
        help_text=_("Questions that help people find their own words, one a line."),
    )
    openings = models.TextField(
        blank=True,
        validators=TEXT,
        help_text=_(
            "How a letter may begin, one a line, with {place} for the constituency. One without a full stop at its end "
            "is continued by the supporter’s reason: “I am writing to you, as a constituent in {place}, because”."
        ),
    )
    preface = models.TextField(
        blank=True,
        validators=TEXT,
        help_text=_(
            "What every letter says after its opening unless its supporter takes it out, such as a condemnation. "
            "One wording a line: each letter gets one of them."
        ),
    )
    preface_by_default = models.BooleanField(
        default=True, help_text=_("Whether a new letter has it. Supporters can always put it in or take it out.")
    )
    own_words_minimum = models.PositiveSmallIntegerField(
        default=20,
        validators=[MaxValueValidator(300)],
        help_text=_(
            "Words of their own that a supporter needs before the site sends the letter. Downloading needs none."
        ),
    )
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.REHEARSAL)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    send_from = models.CharField(
        _("send letters from"),
        max_length=5,
        blank=True,
        validators=[CLOCK_TIME],
        help_text=_("Such as 08:00, UK time. Outside these hours letters wait. Empty: from midnight."),
    )
    send_until = models.CharField(
        _("until"), max_length=5, blank=True, validators=[CLOCK_TIME], help_text=_("Such as 18:00. Empty: midnight.")
    )
    send_days = models.CharField(
        _("on"), max_length=8, blank=True, choices=[("", _("Every day")), (WEEKDAYS, _("Monday to Friday"))]
    )
    promoter_name = models.CharField(
        max_length=150,
        blank=True,
        validators=LINE,
        help_text=_("Who runs this campaign. Shown on the page, in mails and in the PDF."),
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
        blank=True, help_text=_("Where letters go in rehearsal. Empty: the address the operator has set.")
    )
    offers_news = models.BooleanField(
        default=False,
        help_text=_("Supporters are asked, separately, whether they want news of this campaign by email."),
    )
    pause_message = models.TextField(
        blank=True,
        max_length=1000,
        validators=TEXT,
        help_text=_("What supporters read during a pause: why, and until when. Empty: a general sentence."),
    )
    # The mode that a pause has interrupted: letters that are confirmed meanwhile stay what they were.
    paused_from = models.CharField(max_length=10, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

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
                    "Sending has to end later in the day than it begins. For hours over midnight, leave the end empty."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaign", args=[self.slug])

    @property
    def prompt_list(self) -> list[str]:
        return _split_lines(self.prompts)

    @property
    def opening_list(self) -> list[str]:
        return _split_lines(self.openings)

    @property
    def preface_list(self) -> list[str]:
        return _split_lines(self.preface)

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


class Theme(models.Model):
    """A heading under which arguments stand together."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="themes")
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=120, validators=LINE)
    intro = models.CharField(max_length=300, blank=True, validators=LINE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="theme_key_unique_in_campaign")]

    def __str__(self) -> str:
        return self.title


class ArgumentQuerySet(models.QuerySet["Argument"]):
    """Queries that read as English."""

    def in_date(self) -> ArgumentQuerySet:
        """Only those not past their review-by date."""
        return self.filter(review_by__gte=timezone.localdate())

    def sourced(self) -> ArgumentQuerySet:
        """Published arguments with a source."""
        return self.filter(models.Exists(Source.objects.filter(argument=models.OuterRef("pk"))), published=True)

    def offered(self) -> ArgumentQuerySet:
        """Only what supporters may choose: published, with a source, and in date unless letters go to no MP."""
        in_date = Q(review_by__gte=timezone.localdate())
        Mode = Campaign.Mode
        rehearsing = Q(campaign__mode__in=(Mode.DRAFT, Mode.REHEARSAL))
        rehearsing |= Q(campaign__mode=Mode.PAUSED, campaign__paused_from=Mode.REHEARSAL)
        return self.sourced().filter(in_date | rehearsing)

    def due_for_review(self) -> ArgumentQuerySet:
        return self.filter(published=True, review_by__lt=timezone.localdate())

    def with_texts(self) -> ArgumentQuerySet:
        return self.select_related("theme").prefetch_related("phrasings", "sources")

    def with_facts(self) -> ArgumentQuerySet:
        return self.with_texts().prefetch_related("phrasings__sources", "facts")


class Argument(models.Model):
    """One dated, sourced claim."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="arguments")
    # RESTRICT: no theme goes from under its arguments, but a campaign goes with all that is in it.
    theme = models.ForeignKey(Theme, on_delete=models.RESTRICT, related_name="arguments")
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=120, validators=LINE)
    claim = models.CharField(max_length=300, validators=LINE)
    as_of = models.CharField(
        max_length=10,
        validators=[PARTIAL_DATE, refuse_impossible_date],
        help_text=_("When the facts were so: 2023-02-28, 2023-02 or 2023. It is shown as you write it."),
    )
    review_every_days = models.PositiveSmallIntegerField(
        default=180, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    # Counted from the last review, and from `as_of` until there is one: see `count_review`.
    review_by = models.DateField(editable=False)
    reviewed_on = models.DateField(null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    review_note = models.CharField(max_length=300, blank=True, validators=LINE, editable=False)
    # So many days before `review_by` the organisers were last told of it.
    reminded_days = models.PositiveSmallIntegerField(null=True, editable=False)
    since = models.CharField(
        max_length=500,
        blank=True,
        validators=LINE,
        help_text=_("What has happened since, as a sentence that names its date. Supporters see it with the argument."),
    )
    since_date = models.CharField(
        _("written on"),
        max_length=10,
        blank=True,
        validators=[PARTIAL_DATE, refuse_impossible_date],
        help_text=_("When you wrote that: 2026-11-29, 2026-11 or 2026."),
    )
    since_in_letter = models.BooleanField(
        _("also in letters"), default=False, help_text=_("The sentence ends the argument's paragraph in new letters.")
    )
    question = models.CharField(
        max_length=200,
        blank=True,
        validators=LINE,
        help_text=_("Helps supporters say it in their own words, such as “What would you do in their place?”"),
    )
    order = models.PositiveSmallIntegerField(
        _("place in the letter"),
        default=0,
        help_text=_("Letters put their arguments in this order, the lowest number first, so that they read argued."),
    )
    published = models.BooleanField(default=True)
    # Whether it was a pack that unpublished it: then a pack in which it comes back publishes it again.
    dropped_by_pack = models.BooleanField(default=False, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ArgumentQuerySet.as_manager()

    class Meta:
        ordering = ["theme__position", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="argument_key_unique_in_campaign")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Count the review-by date anew if that which it is counted from may have changed."""
        before = self.review_by
        self.review_by = self.count_review()
        if self.review_by != before:
            self.reminded_days = None
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "review_by", "reminded_days"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return f"{self.campaign.get_absolute_url()}#argument-{self.key}"

    def clean(self) -> None:
        if self.theme_id and self.campaign_id and self.theme.campaign_id != self.campaign_id:
            raise ValidationError({"theme": _("This theme belongs to another campaign.")})
        if self.since and not self.since_date:
            raise ValidationError({"since_date": _("Say when you wrote what has happened since.")})

    def count_review(self) -> dt.date:
        """Return the last day on which it holds without another look: counted from what was known last."""
        known = max(filter(None, [find_first_day(self.as_of), self.reviewed_on]))
        return known + dt.timedelta(days=self.review_every_days)

    def note_review(self, by: Any, note: str) -> None:
        """Note that somebody has reviewed it today. Not saved yet."""
        self.reviewed_on, self.reviewed_by, self.review_note = timezone.localdate(), by, note

    def forget_review(self) -> None:
        """Note that what it says now was reviewed by nobody. Not saved yet."""
        self.reviewed_on = self.reviewed_by = None
        self.review_note = ""

    @property
    def is_due(self) -> bool:
        """Whether somebody has to look at it again: live campaigns do not offer it."""
        return self.review_by < timezone.localdate()

    @property
    def age(self) -> str:
        """How old its facts are, and whether anybody has looked at them since, in a line."""
        said = _("Facts as of %s.") % say_date(self.as_of)
        if self.reviewed_on:
            reviewed = _("Last reviewed on %s.") if self.is_due else _("Reviewed on %s.")
            return f"{said} {reviewed % say_date(str(self.reviewed_on))}"
        return f"{said} {_('Not reviewed since.')}" if self.is_due else said

    @property
    def since_when(self) -> str:
        """When the note of what has happened since was written, as people write it."""
        return say_date(self.since_date) if self.since_date else ""

    def phrasing(self, length: str, language: str = "en", variant: int = 0) -> Phrasing | None:
        mine = [p for p in self.phrasings.all() if p.language == language]
        fitting = [p for p in mine if p.length == length] or mine
        return next((p for p in fitting if p.variant == variant), fitting[0] if fitting else None)

    def list_variants(self, length: str, language: str = "en") -> list[int]:
        return [p.variant for p in self.phrasings.all() if (p.length, p.language) == (length, language)]


class Phrasing(models.Model):
    """The argument as a paragraph in the first person of a constituent."""

    class Length(models.TextChoices):
        """How much room the paragraph takes."""

        SHORT = "short", _("Short")
        FULL = "full", _("Full")

    argument = models.ForeignKey(Argument, on_delete=models.CASCADE, related_name="phrasings")
    language = models.CharField(max_length=10, default="en", validators=[LANGUAGE_TAG])
    length = models.CharField(max_length=5, choices=Length.choices)
    variant = models.PositiveSmallIntegerField(
        _("wording"), default=0, help_text=_("Counts the wordings of one length from 0. Letters get different ones.")
    )
    text = models.TextField(validators=TEXT)
    sources: models.ManyToManyField[Source, models.Model] = models.ManyToManyField(
        "Source",
        blank=True,
        related_name="+",
        help_text=_("The sources of what this wording says. None: all of the argument’s."),
    )
    # What stands for a person who has been introduced earlier in the letter: {"who", "introduced", "after"}, where
    # `introduced` is a part of the text. `who` is the same through the campaign.
    people = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        ordering = ["language", "-length", "variant"]  # short before full
        constraints = [
            models.UniqueConstraint(
                fields=["argument", "language", "length", "variant"], name="phrasing_unique_in_argument"
            )
        ]

    def __str__(self) -> str:
        number = f" {self.variant + 1}" if self.variant else ""
        return f"{self.argument.key} ({self.language}, {self.length}{number})"

    @property
    def words(self) -> str:
        """The paragraph as letters carry it: with what has happened since, if the organisers want it there."""
        argument = self.argument
        return f"{self.text} {argument.since}" if argument.since and argument.since_in_letter else self.text


class Source(models.Model):
    """Who said it, where and when."""

    argument = models.ForeignKey(Argument, on_delete=models.CASCADE, related_name="sources")
    who = models.CharField(max_length=200, validators=LINE)
    publisher = models.CharField(max_length=200, blank=True, validators=LINE, help_text=_("Empty if it was spoken."))
    date = models.CharField(
        max_length=10,
        validators=[PARTIAL_DATE, refuse_impossible_date],
        help_text=_("2022-11-09, 2022-11 or 2022"),
    )
    title = models.CharField(max_length=300, validators=LINE)
    url = models.URLField(blank=True, max_length=500, validators=[refuse_other_schemes])
    via = models.CharField(
        max_length=200,
        blank=True,
        validators=LINE,
        help_text=_("Where it is known from, if nobody has seen the source itself, such as “quoted by …”."),
    )
    quotation = models.TextField(blank=True, validators=TEXT, help_text=_("The exact words, if any are quoted."))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.note

    @property
    def date_text(self) -> str:
        return say_date(self.date)

    @property
    def note(self) -> str:
        said = ""
        for part in (self.who, self.title, self.publisher, self.date_text, self.via, self.url):
            # A title often names its occasion or its date already.
            if part and part.casefold() not in said.casefold():
                said = f"{said}, {part}" if said else part
        return f"{said}."


class Fact(models.Model):
    """One fact of an argument as a short note, from which supporters build sentences of their own."""

    argument = models.ForeignKey(Argument, on_delete=models.CASCADE, related_name="facts")
    text = models.CharField(max_length=300, validators=LINE)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class Ask(models.Model):
    """What the letter asks the MP to do; one closes each letter."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="asks")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=150, validators=LINE)
    text = models.TextField(validators=TEXT)
    in_chamber = models.BooleanField(
        default=False,
        help_text=_(
            "Asks for something done in the Commons chamber: not offered to those whose MP takes no part there."
        ),
    )
    not_for = models.JSONField(
        _("not for"),
        default=list,
        blank=True,
        validators=[refuse_unknown_audiences],
        help_text=_("Whom it does not suit."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="ask_key_unique_in_campaign")]

    def __str__(self) -> str:
        return self.label
