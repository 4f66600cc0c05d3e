"""Counts of drafts and letters, without personal data."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Campaign


class Tally(models.Model):
    """A count of a campaign's letters in the roll-up (letters.statistics.rollup).

    `key` is a constituency, day, argument or step of a scale; `other` is a party, or the second argument of a pair.
    """

    class Kind(models.TextChoices):
        """What is counted."""

        CONSTITUENCY = "seat", _("Constituency, party and status")
        CONFIRMED = "confirmed", _("Day of confirmation")
        SENT = "sent", _("Day of sending")
        ARGUMENT = "argument", _("Argument")
        PAIR = "pair", _("Two arguments in one letter")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    rehearsal = models.BooleanField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=60)
    other = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=11, blank=True)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "rehearsal", "kind", "key", "other", "status"], name="one_tally_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.kind, self.key, self.other, self.status])) + f": {self.count}"


class StepCount(models.Model):
    """How many drafts reached a step on a day, each counted once; anonymous."""

    class Step(models.TextChoices):
        """How far a draft got."""

        STARTED = "started", _("Started: chose an MP")
        MADE = "made", _("Made: saw the finished letter")
        DOWNLOADED = "downloaded", _("Downloaded the PDF")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=10, choices=Step.choices)
    day = models.DateField(default=timezone.localdate)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "step", "day"], name="one_step_count_a_day")]

    def __str__(self) -> str:
        return f"{self.step} {self.day}: {self.count}"

    @classmethod
    def add_one(cls, campaign: Campaign, step: Step) -> None:
        key: dict[str, Any] = {"campaign": campaign, "step": step, "day": timezone.localdate()}
        cls.objects.get_or_create(**key)
        cls.objects.filter(**key).update(count=F("count") + 1)


class DownloadCount(models.Model):
    """All that is kept of downloaded letters: their number per constituency and day, and how many were posted."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="downloads")
    constituency_gss = models.CharField(max_length=9)
    day = models.DateField(default=timezone.localdate)
    count = models.PositiveIntegerField(default=0)
    posted = models.PositiveIntegerField(default=0, help_text=_("How many told us that they posted theirs."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "constituency_gss", "day"], name="one_download_count_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.constituency_gss} {self.day}: {self.count}"

    @classmethod
    def add_one(cls, campaign: Campaign, constituency_gss: str) -> None:
        cls._add("count", campaign, constituency_gss)

    @classmethod
    def add_posted(cls, campaign: Campaign, constituency_gss: str) -> None:
        cls._add("posted", campaign, constituency_gss)

    @classmethod
    def _add(cls, field: str, campaign: Campaign, constituency_gss: str) -> None:
        key: dict[str, Any] = {"campaign": campaign, "constituency_gss": constituency_gss, "day": timezone.localdate()}
        cls.objects.get_or_create(**key)
        cls.objects.filter(**key).update(**{field: F(field) + 1})
