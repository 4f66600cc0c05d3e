"""What supporters have asked for: the newsletter, their links, erasure."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Consent(models.Model):
    """Which version of the consent text the supporter agreed to, and when."""

    letter = models.OneToOneField("Letter", on_delete=models.CASCADE, related_name="consent")
    version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.version


class NewsConsent(models.Model):
    """Consent to the campaign's newsletter: which version of the text, and when. Deleted with the address."""

    letter = models.OneToOneField("letters.Letter", on_delete=models.CASCADE, related_name="news_consent")
    version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.version


class LinkRequest(models.Model):
    """A request for the links of an address, known only by its keyed hash. Any address gets a row."""

    email_index = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(answered_at=None), name="links_asked_for")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class Tombstone(models.Model):
    """An erasure or withdrawal to repeat after a restore, by a keyed hash of the letter's id."""

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
