"""Which versions of the campaign's texts a letter carries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.content.models import TextVersion


class CarriedTextQuerySet(models.QuerySet["CarriedText"]):
    """Queries that read as English."""

    def corrected(self) -> CarriedTextQuerySet:
        """Only words that are known to be wrong."""
        return self.filter(version__corrected_at__isnull=False)


class CarriedText(models.Model):
    """A text of the campaign's in a letter, as it was. It stays when the letter's own text is erased."""

    # Its index is that of the constraint below.
    letter = models.ForeignKey("letters.Letter", on_delete=models.CASCADE, related_name="carried", db_index=False)
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(null=True, help_text=_("Of the paragraph; empty: it is the ask."))
    edited = models.BooleanField(default=False, help_text=_("Whether the supporter has changed it."))

    objects = CarriedTextQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "position", "version"], name="carried_once_in_a_paragraph")
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} ¶{self.position}: {self.version_id}"
