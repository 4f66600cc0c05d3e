"""Deletes data when their retention period, set by the operator, ends (docs/operators.md).

Every change is conditional on what was read, so this may run while letters are sent, twice at a time, or be stopped.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from letters.actions.erase import erase_letter, erase_text, scrub_letter
from letters.models import Letter, LetterQuerySet, LinkRequest, Status

BATCH = 200
LINK_REQUESTS = dt.timedelta(hours=24)  # longer than the pause between two mails


def delete_letter(letter: Letter) -> bool:
    """Delete an unconfirmed letter and all that belongs to it; False if it was confirmed meanwhile."""
    return bool(Letter.objects.filter(pk=letter.pk, status=Status.UNCONFIRMED).delete()[0])


def give_up(letter: Letter) -> bool:
    days = settings.LETTER_DAYS
    return letter.transition_to(Status.FAILED, note=f"It was not sent within {days} days.", next_attempt_at=None)


@dataclass(frozen=True)
class PurgeRule:
    """An action, and the letters that it is due for."""

    name: str
    select: Callable[[LetterQuerySet, dt.datetime], LetterQuerySet]
    apply: Callable[[Letter], bool]


RULES = (
    PurgeRule("letters that nobody confirmed", LetterQuerySet.unconfirmed_too_long, delete_letter),
    PurgeRule("letters not sent in time, given up", LetterQuerySet.waiting_too_long, give_up),
    PurgeRule("letters erased on request", LetterQuerySet.erasure_requested, erase_letter),
    PurgeRule("withdrawn letters", LetterQuerySet.withdrawn_before, scrub_letter),
    PurgeRule("texts and addresses", LetterQuerySet.due_for_text_erasure, erase_text),
    PurgeRule("names and emails", LetterQuerySet.due_for_identity_erasure, scrub_letter),
)


def purge_data(*, dry_run: bool = False) -> Counter[str]:
    """Delete what is due, or only count it; return the counts by rule, zeros included."""
    now = timezone.now()
    counts: Counter[str] = Counter()
    for rule in RULES:
        found = rule.select(Letter.objects.all(), now)
        counts[rule.name] = found.count() if dry_run else sum(map(rule.apply, walk(found)))
    old = {
        "expired drafts and sessions": Session.objects.filter(expire_date__lt=now),
        "requests for links": LinkRequest.objects.filter(asked_at__lt=now - LINK_REQUESTS),
    }
    for name, rows in old.items():
        counts[name] = rows.count() if dry_run else rows.delete()[0]
    counts["emails in the demo's mailbox"] = _forget_mails(dry_run)
    if not dry_run:
        clean_free_pages()
    return counts


def walk(letters: QuerySet[Letter]) -> Iterator[Letter]:
    last: Any = None
    while batch := list((letters if last is None else letters.filter(pk__gt=last)).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _forget_mails(dry_run: bool) -> int:
    if settings.MAILBOX_DIR is None:
        return 0
    limit = time.time() - settings.LETTER_DAYS * 86_400
    files = (file for folder in ("new", "cur") for file in (Path(settings.MAILBOX_DIR) / folder).glob("*"))
    old = [file for file in files if file.stat().st_mtime < limit]
    for file in () if dry_run else old:
        file.unlink(missing_ok=True)
    return len(old)


def clean_free_pages() -> None:
    """Empty SQLite's write-ahead log, which may hold older versions of rows. SQLite itself overwrites deleted rows.

    If the log is in use, the next run does it.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
