"""Whose letter it is: due letters are claimed under a lease, put back, and taken back from senders that are gone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from letters.backoff import MOST_ATTEMPTS
from letters.models import Letter, LetterEvent, Status

BATCH = 50  # letters a claim
SERVER_PAUSE = dt.timedelta(minutes=2)  # how long a batch waits for a server that cannot be reached


def lease_length() -> dt.timedelta:
    """Return how long a claim lasts: longer than a whole SMTP dialogue in which every step times out."""
    return max(dt.timedelta(minutes=10), dt.timedelta(seconds=8 * settings.EMAIL_TIMEOUT))


def claim_letters(lease: uuid.UUID, limit: int = BATCH) -> list[Letter]:
    """Claim up to `limit` due letters under this lease and return them.

    PostgreSQL skips rows that another sender is claiming; on SQLite the IMMEDIATE transaction keeps others out.
    """
    with transaction.atomic():
        ids = list(
            Letter.objects.due().select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit]
        )
        mine = Letter.objects.filter(pk__in=ids, status=Status.QUEUED)
        mine.update(status=Status.CLAIMED, lease_token=lease, lease_until=timezone.now() + lease_length())
        LetterEvent.objects.bulk_create(LetterEvent(letter_id=pk, what=Status.CLAIMED) for pk in ids)
    claimed = Letter.objects.filter(lease_token=lease, status=Status.CLAIMED).order_by("next_attempt_at")
    return list(claimed.select_related("campaign").prefetch_related("paragraphs"))


def release_letters(lease: uuid.UUID, why: str) -> None:
    """Put the letters still claimed under this lease back into the queue; they were not offered to the server."""
    later = timezone.now() + SERVER_PAUSE
    for letter in Letter.objects.filter(lease_token=lease, status=Status.CLAIMED):
        letter.move_to(Status.QUEUED, lease=lease, note=why[:500], next_attempt_at=later, last_answer=why[:500])


def recover_leases() -> Counter[str]:
    """Take back letters whose sender has gone: CLAIMED ones are queued again, SENDING ones become UNKNOWN.

    Nobody knows whether a SENDING letter was taken; only a person decides what becomes of it.
    """
    tally: Counter[str] = Counter()
    for letter in Letter.objects.past_lease():
        lease = letter.lease_token
        if letter.status == Status.SENDING:
            moved = letter.move_to(
                Status.UNKNOWN, lease=lease, note="The sender stopped while sending.", next_attempt_at=None
            )
        elif letter.attempts + 1 >= MOST_ATTEMPTS:
            # A letter that takes its sender down each time must not do so for ever.
            moved = letter.move_to(
                Status.FAILED, lease=lease, note="Its sender stopped too often.", next_attempt_at=None
            )
        else:
            moved = letter.move_to(
                Status.QUEUED,
                lease=lease,
                note="The sender stopped before sending.",
                attempts=F("attempts") + 1,
                next_attempt_at=timezone.now(),
            )
        if moved:
            tally[letter.status] += 1
    return tally
