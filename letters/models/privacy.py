"""Rows about what supporters have asked for: news, their links, to be forgotten. Found by Django through `models`."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class NewsConsent(models.Model):
    """Which version of which text a supporter agreed to, to get news of the campaign. Goes with their address."""

    letter = models.OneToOneField("letters.Letter", on_delete=models.CASCADE, related_name="news_consent")
    version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.version


class LinkRequest(models.Model):
    """Somebody asked for the links of an address; which, only its keyed hash says. The same row for any address."""

    email_index = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(answered_at=None), name="links_asked_for")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class Tombstone(models.Model):
    """Something that was undone for a supporter, by a keyed hash of the letter's id: it holds after a restore, too."""

    class Kind(models.TextChoices):
        """What was done."""

        ERASED = "erased"
        WITHDRAWN = "withdrawn"
        UNSUBSCRIBED = "no-news", "No News"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "kind"], name="one_tombstone_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest}"
