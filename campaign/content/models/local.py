"""What is true of one constituency: a sentence that its constituents may add to their letter."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.dates import say_date
from campaign.content.models.campaign import Campaign
from campaign.content.validators import LINE, PARTIAL_DATE, refuse_impossible_date

GSS_CODE = RegexValidator(
    r"\A[ENSW][0-9]{8}\Z", _("Write the GSS code as a letter and eight digits, such as E14001064.")
)


class LocalFactQuerySet(models.QuerySet["LocalFact"]):
    """Queries that read as English."""

    def in_date(self) -> LocalFactQuerySet:
        return self.filter(valid_until__gte=timezone.localdate())


class LocalFact(models.Model):
    """One figure of one constituency, with where it is from and how long it may be used."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="local_facts")
    gss = models.CharField(_("GSS code"), max_length=9, validators=[GSS_CODE])
    figure = models.CharField(max_length=60, validators=LINE)
    # With {figure} and {place} where they belong.
    sentence = models.CharField(max_length=300, validators=LINE)
    source = models.CharField(max_length=300, validators=LINE)
    date = models.CharField(max_length=10, validators=[PARTIAL_DATE, refuse_impossible_date])
    valid_until = models.DateField()

    objects = LocalFactQuerySet.as_manager()

    class Meta:
        ordering = ["gss"]
        constraints = [models.UniqueConstraint(fields=["campaign", "gss"], name="local_fact_unique_in_constituency")]

    def __str__(self) -> str:
        return f"{self.gss}: {self.figure}"

    @property
    def note(self) -> str:
        """Its source, as letters print it."""
        said = self.source.rstrip(". ")
        when = say_date(self.date)
        return f"{said}." if when in said else f"{said}, {when}."

    def say_with_source(self, place: str) -> str:
        """Return the sentence, and after it its source: for letters without notes."""
        return f"{self.say(place)} ({self.note})"

    def say(self, place: str) -> str:
        """Return the sentence as it is in letters from this place."""
        return self.sentence.replace("{figure}", self.figure).replace("{place}", place)
