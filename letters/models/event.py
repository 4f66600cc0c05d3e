"""What happened to a letter, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.models.status import EventCode, EventType, Status


class LetterEvent(models.Model):
    """Something that happened to a letter. Append-only; no personal data."""

    letter = models.ForeignKey("Letter", on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    type = models.CharField(max_length=11, choices=[*Status.choices, *EventType.choices])
    code = models.CharField(max_length=20, blank=True, choices=EventCode.choices)
    note = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        "auth.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,  # nearly all have none, so Meta has a partial index
        help_text=_("Who did it."),
    )

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["actor"], condition=Q(actor__isnull=False), name="event_of_actor")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_type_display()}"
