"""A campaign's picture."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.content.models.campaign import Campaign
from campaign.content.validators import LINE


class CampaignPicture(models.Model):
    """What the campaign's page shows beside its title. Small enough to be a row."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="picture")
    content = models.BinaryField()  # WebP
    digest = models.CharField(max_length=16)  # part of its address, which changes with the picture
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    description = models.CharField(
        max_length=200,
        validators=LINE,
        help_text=_("What it shows, for people who do not see it: “Twelve people with a banner on a bridge”."),
    )
    credit = models.CharField(
        max_length=200,
        blank=True,
        validators=LINE,
        help_text=_("Who took it, and under which licence you use it, such as “Photo: Jane Doe, CC BY 4.0”."),
    )

    def __str__(self) -> str:
        return self.description
