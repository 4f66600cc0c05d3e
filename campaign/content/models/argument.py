"""Dated, sourced claims under their headings, and when somebody has to look at them again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.dates import find_first_day, say_date
from campaign.content.models.campaign import Campaign, split_lines
from campaign.content.models.texts import Phrasing, Source
from campaign.content.models.version import Text, TextVersion, Versioned, VersionedQuerySet
from campaign.content.validators import LINE, PARTIAL_DATE, TEXT, refuse_impossible_date, refuse_long_lines


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


class ArgumentQuerySet(VersionedQuerySet["Argument"]):
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

    def with_sources(self) -> ArgumentQuerySet:
        return self.select_related("theme").prefetch_related("sources")

    def with_texts(self) -> ArgumentQuerySet:
        return self.with_sources().prefetch_related("phrasings")

    def with_facts(self) -> ArgumentQuerySet:
        return self.with_texts().prefetch_related("phrasings__sources", "facts")

    def list_sayings(self) -> list[str]:
        """Return all that these arguments say, quote and note, in one query; an argument's notes also as one text."""
        rows = self.order_by()
        parts = ("since", "phrasings__text", "sources__quotation")
        said = rows.values_list("pk", Value(-1), "claim").union(
            *(rows.values_list("pk", Value(-1), part) for part in parts),
            rows.values_list("pk", "facts__position", "facts__text"),
        )
        sayings, noted = [], dict[int, list[str]]()
        for pk, position, words in sorted(row for row in said if row[2]):
            sayings.append(words)
            if position >= 0:
                noted.setdefault(pk, []).append(words)
        return [*sayings, *(" ".join(notes) for notes in noted.values() if len(notes) > 1)]


class Argument(Versioned):
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
        help_text=_("The date of its facts: 2023-02-28, 2023-02 or 2023. It is shown as you write it."),
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
        help_text=_("What has happened since, as a sentence with its date. Supporters see it with the argument."),
    )
    since_date = models.CharField(
        _("written on"),
        max_length=10,
        blank=True,
        validators=[PARTIAL_DATE, refuse_impossible_date],
        help_text=_("The date you wrote that: 2026-11-29, 2026-11 or 2026."),
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
    subjects = models.TextField(
        _("subject lines"),
        blank=True,
        validators=[*TEXT, refuse_long_lines],
        help_text=_("For letters that begin with this argument. One on each line."),
    )
    order = models.PositiveSmallIntegerField(
        _("place in the letter"),
        default=0,
        help_text=_("Letters put their arguments in this order, lowest number first, so that one leads to the next."),
    )
    first = models.BooleanField(
        _("shown first"),
        default=False,
        help_text=_(
            "Supporters see it before they open a theme. Tick this for three to five arguments. If you tick none, "
            "different supporters see different ones first."
        ),
    )
    published = models.BooleanField(default=True)
    # Whether it was a pack that unpublished it: then a pack in which it comes back publishes it again.
    dropped_by_pack = models.BooleanField(default=False, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    SAID = frozenset({"title", "claim", "as_of", "reviewed_on", "since", "since_date", "since_in_letter"})
    KINDS = (TextVersion.Kind.CLAIM, TextVersion.Kind.AGE)

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
            raise ValidationError({"since_date": _("Enter the date on which you wrote what has happened since.")})

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
        return self.say_age(is_due=self.is_due)

    def say_age(self, *, is_due: bool) -> str:
        said = _("Facts as of %s.") % say_date(self.as_of)
        if self.reviewed_on:
            reviewed = _("Last reviewed on %s.") if is_due else _("Reviewed on %s.")
            return f"{said} {reviewed % say_date(str(self.reviewed_on))}"
        return f"{said} {_('Not reviewed since.')}" if is_due else said

    def list_texts(self) -> list[Text]:
        """Return its claim, which stands for a missing paragraph, and the note that says how old its facts are."""
        said = {name: getattr(self, name) for name in ("title", "since", "since_date", "since_in_letter")}
        dates = {"as_of": self.as_of, "reviewed_on": str(self.reviewed_on or "")}
        return [
            Text(TextVersion.Kind.CLAIM, self.pk, self.claim, said, self.key),
            Text(TextVersion.Kind.AGE, self.pk, self.say_age(is_due=True), dates, self.key),
        ]

    def find_campaign_id(self) -> int:
        return self.campaign_id

    @classmethod
    def list_versioned(cls, keys: Iterable[Any]) -> list[Versioned]:
        """Return the arguments, and their paragraphs, which may end with what has happened since."""
        arguments = list(cls._base_manager.filter(pk__in=keys))
        phrasings = Phrasing._base_manager.filter(argument__in=arguments).select_related("argument")
        return [*arguments, *phrasings]

    @property
    def since_when(self) -> str:
        """When the note of what has happened since was written, as people write it."""
        return say_date(self.since_date) if self.since_date else ""

    def phrasing(self, length: str, language: str = "en", variant: int = 0) -> Phrasing | None:
        mine = [p for p in self.phrasings.all() if p.language == language]
        fitting = [p for p in mine if p.length == length] or mine
        return next((p for p in fitting if p.variant == variant), fitting[0] if fitting else None)

    @property
    def subject_list(self) -> list[str]:
        return split_lines(self.subjects)

    def list_variants(self, length: str, language: str = "en") -> list[int]:
        return [p.variant for p in self.phrasings.all() if (p.length, p.language) == (length, language)]
