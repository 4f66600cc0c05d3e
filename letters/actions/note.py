"""Records what the supporter says: that the letter was posted, or answered."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from letters.models import EventType, Letter


def note_by_supporter(letter: Letter, event_type: EventType) -> bool:
    field = {EventType.POSTED: "posted_at", EventType.ANSWERED: "answered_at"}[event_type]
    with transaction.atomic():
        first = Letter.objects.filter(pk=letter.pk, **{f"{field}__isnull": True}).update(**{field: timezone.now()})
        if first:
            letter.log_event(event_type)
    return bool(first)
