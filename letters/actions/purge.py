"""Keeps little, and not for long: what is deleted when. The periods are the operator's (docs/operators.md).

Every change is conditional on what was seen, so that it may run while letters are sent, twice, or be stopped half-way.
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
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from campaign.content.models import Campaign
from letters.actions.erase import erase_letter, erase_text, scrub_letter
from letters.models import Letter, LetterEvent, LinkRequest, Status

BATCH = 200
LINK_REQUESTS = dt.timedelta(hours=24)  # longer than the pause between two mails


def find_unconfirmed(now: dt.datetime) -> QuerySet[Letter]:
    """Letters that nobody confirmed in time: they go whole."""
    return Letter.objects.filter(
        status=Status.UNCONFIRMED, created_at__lt=now - dt.timedelta(days=settings.UNCONFIRMED_DAYS)
    )


def find_waiting(now: dt.datetime) -> QuerySet[Letter]:
    """Letters that have waited for as long as a sent one is kept, since their writer or an organiser last moved them.

    A paused campaign, LIVE_DELIVERY or a hold keeps them back. Their writers are told to print and post them.
    """
    waiting = Letter.objects.filter(status__in=(Status.QUEUED, Status.HELD))
    touched = Coalesce(Max("events__at", filter=Q(events__actor__isnull=False)), "confirmed_at")
    return waiting.annotate(touched_at=Greatest(touched, "confirmed_at")).filter(
        touched_at__lt=now - dt.timedelta(days=settings.LETTER_DAYS)
    )


def _moved_before(letters: QuerySet[Letter], limit: dt.datetime) -> QuerySet[Letter]:
    """Those whose last move is longer ago."""
    moves = LetterEvent.objects.filter(letter=OuterRef("pk"), what__in=Status.values).order_by("-at").values("at")
    return letters.annotate(moved_at=Coalesce(Subquery(moves[:1]), "created_at")).filter(moved_at__lt=limit)


def find_withdrawn(now: dt.datetime) -> QuerySet[Letter]:
    """Withdrawn letters serve no purpose any more; a few days are left to those who want to print theirs."""
    withdrawn = Letter.objects.filter(status=Status.WITHDRAWN, scrubbed_at=None)
    return _moved_before(withdrawn, now - dt.timedelta(days=settings.UNCONFIRMED_DAYS))


def find_texts(now: dt.datetime) -> QuerySet[Letter]:
    """Letters whose text and address have served: sent, or given up, for that long."""
    limit = now - dt.timedelta(days=settings.LETTER_DAYS)
    kept = Letter.objects.filter(text_erased_at=None)
    ended = kept.filter(status__in=(Status.FAILED, Status.BOUNCED, Status.UNKNOWN))
    return kept.filter(
        Q(status=Status.SENT, sent_at__lt=limit) | Q(pk__in=_moved_before(ended, limit).order_by().values("pk"))
    )


def find_identities(now: dt.datetime) -> QuerySet[Letter]:
    """Letters whose writers' name and email have served.

    That is so long after they confirmed, and so never later than as long after the campaign closed; whoever wants news
    stays until then. Letters on their way come first to their end, by `find_waiting`.
    """
    limit = now - dt.timedelta(days=settings.IDENTITY_DAYS)
    over = Q(campaign__ends_on__lt=timezone.localdate(limit)) | Q(
        campaign__mode=Campaign.Mode.CLOSED, campaign__closed_at__lt=limit
    )
    wants_news = Q(news_consent__isnull=False, news_consent__withdrawn_at=None)
    ended = (Status.SENT, Status.BOUNCED, Status.FAILED, Status.UNKNOWN, Status.WITHDRAWN)
    kept = Letter.objects.filter(scrubbed_at=None, status__in=ended, confirmed_at__lt=limit)
    return kept.filter(over | ~wants_news)


def find_asked(now: dt.datetime) -> QuerySet[Letter]:
    """Letters whose writers asked for erasure while they were being sent."""
    return Letter.objects.filter(erase_requested_at__isnull=False).exclude(status=Status.SENDING)


def delete_letter(letter: Letter) -> bool:
    """Delete an unconfirmed letter with all that belongs to it; False if it was confirmed meanwhile."""
    return bool(Letter.objects.filter(pk=letter.pk, status=Status.UNCONFIRMED).delete()[0])


def give_up(letter: Letter) -> bool:
    """Give the letter up: its writer is told, and has as long again to print it."""
    days = settings.LETTER_DAYS
    return letter.transition_to(Status.FAILED, note=f"It waited for more than {days} days.", next_attempt_at=None)


@dataclass(frozen=True)
class PurgeRule:
    """What is done to which letters."""

    name: str
    find: Callable[[dt.datetime], QuerySet[Letter]]
    apply: Callable[[Letter], bool]


RULES = (
    PurgeRule("letters that nobody confirmed", find_unconfirmed, delete_letter),
    PurgeRule("letters that waited too long, given up", find_waiting, give_up),
    PurgeRule("letters erased as asked for", find_asked, erase_letter),
    PurgeRule("withdrawn letters", find_withdrawn, scrub_letter),
    PurgeRule("texts and addresses", find_texts, erase_text),
    PurgeRule("names and emails", find_identities, scrub_letter),
)


def purge_data(*, dry_run: bool = False) -> Counter[str]:
    """Delete what is due, or only count it; return the counts by rule, zeros included."""
    now = timezone.now()
    counts: Counter[str] = Counter()
    for rule in RULES:
        found = rule.find(now)
        counts[rule.name] = found.count() if dry_run else sum(map(rule.apply, walk(found)))
    old = {
        "expired drafts and sessions": Session.objects.filter(expire_date__lt=now),
        "requests for links": LinkRequest.objects.filter(asked_at__lt=now - LINK_REQUESTS),
    }
    for name, rows in old.items():
        counts[name] = rows.count() if dry_run else rows.delete()[0]
    counts["mails of the demo"] = _forget_mails(dry_run)
    if not dry_run:
        clean_free_pages()
    return counts


def walk(letters: QuerySet[Letter]) -> Iterator[Letter]:
    """Yield the letters in batches in the order of their keys: little memory, and no transaction kept open."""
    last: Any = None
    while batch := list((letters if last is None else letters.filter(pk__gt=last)).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _forget_mails(dry_run: bool) -> int:
    """Delete what the demo's mailbox caught as long ago as letters are kept."""
    if settings.MAILBOX_DIR is None:
        return 0
    limit = time.time() - settings.LETTER_DAYS * 86_400
    files = (file for folder in ("new", "cur") for file in (Path(settings.MAILBOX_DIR) / folder).glob("*"))
    old = [file for file in files if file.stat().st_mtime < limit]
    for file in () if dry_run else old:
        file.unlink(missing_ok=True)
    return len(old)


def clean_free_pages() -> None:
    """Have SQLite empty its write-ahead log, where older versions of rows may stand; deleted rows it overwrites itself.

    If somebody is reading this moment, the next run does it.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
