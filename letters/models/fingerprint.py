"""What letters are compared by."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Campaign


class Fingerprint(models.Model):
    """What confirmed letters are compared by instead of their text, and deleted with it (docs/distinctiveness.md)."""

    letter = models.OneToOneField("Letter", on_delete=models.CASCADE, related_name="fingerprint")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    constituency_gss = models.CharField(max_length=9)
    own = models.BinaryField(help_text=_("MinHash of the supporter's own words, with a secret key; may be empty."))
    argument_keys = models.CharField(max_length=300, blank=True, help_text=_("In order, with spaces between."))

    class Meta:
        indexes = [models.Index(fields=["campaign", "constituency_gss"], name="fingerprint_of_seat")]

    def __str__(self) -> str:
        return f"{self.constituency_gss} #{self.pk}"
