"""What stands in letters for an argument, and what that rests on: phrasings, sources, facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.content.dates import say_date
from campaign.content.models.version import Text, TextVersion, Versioned, VersionedQuerySet
from campaign.content.validators import (
    LANGUAGE_TAG,
    LINE,
    PARTIAL_DATE,
    TEXT,
    refuse_impossible_date,
    refuse_other_schemes,
)


class Phrasing(Versioned):
    """The argument as a paragraph in the first person of a constituent."""

    class Length(models.TextChoices):
        """How much room the paragraph takes."""

        SHORT = "short", _("Short")
        FULL = "full", _("Full")

    argument = models.ForeignKey("content.Argument", on_delete=models.CASCADE, related_name="phrasings")
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
        help_text=_("The sources that this wording relies on. Choose none for all of the argument’s."),
    )
    # What stands for a person who has been introduced earlier in the letter: {"who", "introduced", "after"}, where
    # `introduced` is a part of the text. `who` is the same through the campaign.
    people = models.JSONField(default=list, blank=True, editable=False)

    SAID = frozenset({"language", "length", "variant", "text", "people"})
    KINDS = (TextVersion.Kind.PARAGRAPH,)

    objects = VersionedQuerySet["Phrasing"].as_manager()

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

    def list_texts(self) -> list[Text]:
        said = {name: getattr(self, name) for name in ("language", "length", "variant", "people")}
        return [Text(TextVersion.Kind.PARAGRAPH, self.pk, self.words, said, self.argument.key)]

    def find_campaign_id(self) -> int:
        return self.argument.campaign_id

    @classmethod
    def list_versioned(cls, keys: Iterable[Any]) -> list[Versioned]:
        return [*cls._base_manager.filter(pk__in=keys).select_related("argument")]


class Source(Versioned):
    """Who said it, where and when."""

    argument = models.ForeignKey("content.Argument", on_delete=models.CASCADE, related_name="sources")
    who = models.CharField(max_length=200, validators=LINE)
    publisher = models.CharField(
        max_length=200, blank=True, validators=LINE, help_text=_("Leave empty if it was spoken.")
    )
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
        help_text=_("Where it was found, if nobody has seen the source itself, such as “quoted by …”."),
    )
    quotation = models.TextField(blank=True, validators=TEXT, help_text=_("The exact words, if any are quoted."))
    position = models.PositiveSmallIntegerField(default=0)

    SAID = frozenset({"who", "publisher", "date", "title", "url", "via", "quotation"})
    KINDS = (TextVersion.Kind.SOURCE,)

    objects = VersionedQuerySet["Source"].as_manager()

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

    def list_texts(self) -> list[Text]:
        said = {name: getattr(self, name) for name in sorted(self.SAID)}
        return [Text(TextVersion.Kind.SOURCE, self.pk, self.note, said, self.argument.key)]

    def find_campaign_id(self) -> int:
        return self.argument.campaign_id

    @classmethod
    def list_versioned(cls, keys: Iterable[Any]) -> list[Versioned]:
        return [*cls._base_manager.filter(pk__in=keys).select_related("argument")]


class Fact(models.Model):
    """One fact of an argument as a short note, from which supporters build sentences of their own."""

    argument = models.ForeignKey("content.Argument", on_delete=models.CASCADE, related_name="facts")
    text = models.CharField(max_length=300, validators=LINE)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text
