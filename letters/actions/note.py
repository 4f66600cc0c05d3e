"""Note what its writer says became of a letter: posted, answered."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from letters.models import EventType, Letter


def note_by_writer(letter: Letter, what: EventType) -> bool:
    """Note once that the writer posted the letter, or had an answer."""
    field = {EventType.POSTED: "posted_at", EventType.ANSWERED: "answered_at"}[what]
    with transaction.atomic():
        first = Letter.objects.filter(pk=letter.pk, **{f"{field}__isnull": True}).update(**{field: timezone.now()})
        if first:
            letter.log_event(what)
    return bool(first)
