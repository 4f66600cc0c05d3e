"""Leases: a worker takes due letters for a time, puts them back, and loses them if it is gone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from campaign.content.models import Campaign
from campaign.core.ciphers import UndecryptableError
from letters.delivery.fairness import FairScheduler, lock_next
from letters.delivery.pace import admit_letters, return_letters
from letters.mail.backoff import MAX_ATTEMPTS, count_server_pause
from letters.models import PACED, EventCode, Heartbeat, Letter, LetterParagraph, Status, Transition, apply_transitions

BATCH = 10  # letters: their PDFs are made in half a second, and none waits for long behind a slow one


def lease_length() -> dt.timedelta:
    return max(dt.timedelta(minutes=10), dt.timedelta(seconds=8 * settings.EMAIL_TIMEOUT))


def lease_letters(lease: uuid.UUID, limit: int = BATCH, turns: FairScheduler | None = None) -> list[Letter]:
    """Take up to `limit` due letters under this lease and return them, in the order of their turns.

    `turns` remembers through a drain whose turn it is and whom the rate limit holds back. Letters that may not go yet
    stay as they are. An empty list means that nothing can go now.
    """
    turns = turns or FairScheduler()
    leased: list[Letter] = []
    while not leased and (lanes := turns.choose(limit)):
        with transaction.atomic():
            heads = lock_next(lanes)
            leased, full_domains = _lease_admitted(heads, lease)
        mine = {letter.pk for letter in leased}
        for (lane, asked), found in zip(lanes, heads, strict=True):
            turns.settle(lane, asked=asked, found=len(found), leased=len(mine.intersection(found)))
        for domain in full_domains:
            turns.close_domain(domain)
    if turns.full:
        Heartbeat.beat(PACED)  # reported by letters.delivery.health
    _read_paragraphs(leased)
    return leased


def _lease_admitted(heads: list[list[uuid.UUID]], lease: uuid.UUID) -> tuple[list[Letter], set[str]]:
    """Take those of these letters, locked by this transaction, that may go now; return them and the full domains."""
    in_turn = [
        pk for row in zip_longest(*heads) for pk in row if pk is not None
    ]  # the first of each lane, then the second of each …
    due = {letter.pk: letter for letter in Letter.objects.due().filter(pk__in=in_turn).order_by()}
    campaigns = Campaign.objects.in_bulk({letter.campaign_id for letter in due.values()})
    for letter in due.values():
        letter.campaign = campaigns[letter.campaign_id]
    admitted, full_domains = admit_letters(due[pk] for pk in in_turn if pk in due)  # some may be paused by now
    changes = {"lease_token": lease, "lease_until": timezone.now() + lease_length()}
    apply_transitions(*(Transition(letter, Status.CLAIMED, changes=changes) for letter in admitted))
    return admitted, full_domains


def _read_paragraphs(letters: list[Letter]) -> None:
    """Read all their paragraphs at once. If one cannot be decrypted, each letter reads its own, and only its fails."""
    parts: dict[uuid.UUID, list[tuple[str, list[str], str]]] = {letter.pk: [] for letter in letters}
    try:
        for one in LetterParagraph.objects.filter(letter__in=list(parts)).order_by("position"):
            parts[one.letter_id].append((one.text, one.sources, one.age))
    except UndecryptableError:
        return
    for letter in letters:
        letter.parts = parts[letter.pk]


def renew_leases(letters: list[Letter], lease: uuid.UUID) -> None:
    """Start the lease of these letters anew; they were not offered yet, because their server is slow.

    Letters that have been taken back meanwhile stay where they are.
    """
    mine = Letter.objects.filter(pk__in=[letter.pk for letter in letters], status=Status.CLAIMED, lease_token=lease)
    mine.update(lease_until=timezone.now() + lease_length())


def release_letters(lease: uuid.UUID, why: str) -> None:
    """Put the letters still under this lease back into the queue; they were not offered to the server.

    Their slots of the rate limit are free again.
    """
    later = timezone.now() + count_server_pause(why)
    mine = Letter.objects.defer_encrypted().filter(lease_token=lease, status=Status.CLAIMED).select_related("campaign")
    changes: dict[str, Any] = {"next_attempt_at": later, "last_answer": why[:500]}
    return_letters(
        [letter for letter in mine if letter.transition_to(Status.QUEUED, lease=lease, note=why[:500], **changes)]
    )


def recover_leases() -> Counter[str]:
    """Take back letters whose worker has gone: CLAIMED ones are queued again, SENDING ones become UNKNOWN.

    Nobody knows whether a SENDING letter was taken; only a person decides what becomes of it.
    """
    tally: Counter[str] = Counter()
    for letter in Letter.objects.defer_encrypted().past_lease():
        lease = letter.lease_token
        if letter.status == Status.SENDING:
            moved = letter.transition_to(
                Status.UNKNOWN,
                lease=lease,
                code=EventCode.SENDING_LOST,
                note="The sender stopped while sending.",
                next_attempt_at=None,
            )
        elif letter.attempts + 1 >= MAX_ATTEMPTS:
            # A letter that crashes its worker each time must not do so for ever.
            moved = letter.transition_to(
                Status.FAILED, lease=lease, note="The sender stopped too many times.", next_attempt_at=None
            )
        else:
            moved = letter.transition_to(
                Status.QUEUED,
                lease=lease,
                code=EventCode.PREPARING_LOST,
                note="The sender stopped before sending.",
                attempts=F("attempts") + 1,
                next_attempt_at=timezone.now(),
            )
        if moved:
            tally[letter.status] += 1
    return tally
