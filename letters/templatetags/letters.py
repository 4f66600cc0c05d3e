"""What public pages may say of letters: honest numbers, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.db.models import Count, Q, Sum

from campaign.content.models import Campaign
from letters.models import DownloadCount, Letter, Status

register = template.Library()


@dataclass(frozen=True)
class Counts:
    """How many letters a campaign's supporters have sent, had answered, and downloaded to post."""

    sent: int
    answered: int
    downloaded: int


@register.simple_tag
def count_letters(campaign: Campaign) -> Counts:
    """Return the campaign's honest numbers."""
    numbers = Letter.objects.filter(campaign=campaign).aggregate(
        sent=Count("pk", filter=Q(status=Status.SENT)), answered=Count("pk", filter=Q(answered_at__isnull=False))
    )
    downloaded = DownloadCount.objects.filter(campaign=campaign).aggregate(total=Sum("count"))["total"] or 0
    return Counts(numbers["sent"], numbers["answered"], downloaded)
