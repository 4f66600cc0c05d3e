"""Note what its writer says became of a letter: posted, answered."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from letters.models import Happening, Letter


def note_by_writer(letter: Letter, what: Happening) -> bool:
    """Note once that the writer posted the letter, or had an answer."""
    field = {Happening.POSTED: "posted_at", Happening.ANSWERED: "answered_at"}[what]
    with transaction.atomic():
        first = Letter.objects.filter(pk=letter.pk, **{f"{field}__isnull": True}).update(**{field: timezone.now()})
        if first:
            letter.tell(what)
    return bool(first)
