"""From QUEUED to SENT: claims, sends, and settles what the server said. The row is the queue (docs/states.md)."""

from __future__ import annotations

import datetime as dt
import logging
import random
import time
import uuid
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from letters.emails import Mail, build_letter_mail, make_envelope_sender, make_message_id
from letters.models import Letter, LetterEvent, Status
from letters.smtp import Answer, Connection, Fate, ServerUnavailable

logger = logging.getLogger(__name__)

BATCH = 50  # letters a claim
MOST_ATTEMPTS = 12  # with the backoff below, about two days
FIRST_PAUSE = dt.timedelta(minutes=5)  # a greylisting server wants a few minutes
LONGEST_PAUSE = dt.timedelta(hours=6)
SERVER_PAUSE = dt.timedelta(minutes=2)  # how long a batch waits for a server that cannot be reached
DRAIN_SECONDS = 240  # a drain ends by itself; the next sweep goes on


def lease_length() -> dt.timedelta:
    """Return how long a claim lasts: longer than a whole SMTP dialogue in which every step times out."""
    return max(dt.timedelta(minutes=10), dt.timedelta(seconds=8 * settings.EMAIL_TIMEOUT))


def confirm(letter: Letter, *, hold: str = "") -> bool:
    """Queue a letter that its writer has confirmed, or hold it for the reason given; False if somebody was first.

    Message-ID and bounce address are made here, and kept however often the letter is sent.
    """
    now = timezone.now()
    return letter.move_to(
        Status.HELD if hold else Status.QUEUED,
        note=hold,
        confirmed_at=now,
        dated=timezone.localdate(),
        next_attempt_at=now,
        message_id=make_message_id(letter),
        envelope_sender=make_envelope_sender(letter),
        rehearsal=letter.campaign.mode != letter.campaign.Mode.LIVE,
    )


def count_pause(attempts: int) -> dt.timedelta:
    """Return how long to wait after this many attempts: doubling, with up to a fifth of chance on top."""
    pause = min(FIRST_PAUSE * 2 ** max(attempts - 1, 0), LONGEST_PAUSE)
    return dt.timedelta(seconds=pause.total_seconds() * random.uniform(1, 1.2))  # noqa: S311 spreads retries, keeps no secret


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


def prepare_letters(letters: list[Letter], lease: uuid.UUID) -> list[tuple[Letter, Mail]]:
    """Make each letter's mail with its PDF, outside any transaction. A letter that cannot be made is FAILED."""
    ready = []
    for letter in letters:
        try:
            mail, letter.pdf_sha256 = build_letter_mail(letter)
        except Exception as error:  # noqa: BLE001 whatever one letter does to the PDF engine must not stop the others
            # The kind of error only: its words might quote the letter.
            words = "letter %s could not be made: %s"
            logger.error(words, letter.reference, type(error).__name__, extra={"letter": letter.reference})
            letter.move_to(Status.FAILED, lease=lease, note=f"The letter could not be made ({type(error).__name__}).")
        else:
            ready.append((letter, mail))
    return ready


def start_letter(letter: Letter, lease: uuid.UUID) -> bool:
    """Mark the letter SENDING with a fresh lease; False if the claim was lost or the letter withdrawn."""
    return letter.move_to(
        Status.SENDING,
        lease=lease,
        attempts=F("attempts") + 1,
        lease_until=timezone.now() + lease_length(),
        lease_token=lease,
        pdf_sha256=letter.pdf_sha256,
    )


def settle_letter(letter: Letter, answer: Answer, lease: uuid.UUID) -> Status | None:
    """Write down what became of the letter; None if the lease was lost meanwhile and nothing was written."""
    attempts = letter.attempts + 1  # start_letter counted this one
    now = timezone.now()
    changes: dict[str, Any] = {"last_answer": answer.words[:500]}
    if answer.fate is Fate.ACCEPTED:
        status = Status.SENT
        changes |= {"sent_at": now, "next_attempt_at": None}
    elif answer.fate is Fate.UNKNOWN:
        status = Status.UNKNOWN
        changes |= {"next_attempt_at": None}
    elif answer.fate is Fate.DEFERRED and attempts < MOST_ATTEMPTS:
        status = Status.QUEUED
        changes |= {"next_attempt_at": now + count_pause(attempts)}
    else:
        status = Status.FAILED
        changes |= {"next_attempt_at": None}
    if not letter.move_to(status, note=answer.words[:500], lease=lease, **changes):
        words = "letter %s: lease lost before its answer was written"
        logger.warning(words, letter.reference, extra={"letter": letter.reference})
        return None
    logger.info("letter %s: %s", letter.reference, status, extra={"letter": letter.reference})
    return status


def release_letters(lease: uuid.UUID, why: str) -> None:
    """Put the letters still claimed under this lease back into the queue; they were not offered to the server."""
    later = timezone.now() + SERVER_PAUSE
    for letter in Letter.objects.filter(lease_token=lease, status=Status.CLAIMED):
        letter.move_to(Status.QUEUED, lease=lease, note=why[:500], next_attempt_at=later, last_answer=why[:500])


def send_batch(connection: Connection, ready: list[tuple[Letter, Mail]], lease: uuid.UUID, tally: Counter[str]) -> None:
    """Send the prepared letters one by one, committing each, and count in `tally` what became of them.

    One transaction settles the letter before and starts the next, so a crash leaves at most one letter in doubt.
    Raises ServerUnavailable when the server has gone away; the letters left over were not offered to it.
    """
    before: tuple[Letter, Answer] | None = None
    try:
        for letter, mail in ready:
            connection.open()
            with transaction.atomic():
                if before:
                    tally[settle_letter(*before, lease) or "lost"] += 1
                before = None
                until = time.monotonic() + lease_length().total_seconds()  # before the lease is written: never later
                started = start_letter(letter, lease)
            if started:
                before = (letter, connection.send(mail.envelope_sender, mail.recipient, mail.content, until=until))
    finally:
        if before:
            tally[settle_letter(*before, lease) or "lost"] += 1


def drain_queue() -> Counter[str]:
    """Send what is due over one kept-open connection until nothing is left or the time is up; return a tally."""
    tally: Counter[str] = Counter()
    until = time.monotonic() + DRAIN_SECONDS
    with Connection() as connection:
        while time.monotonic() < until:
            lease = uuid.uuid4()
            letters = claim_letters(lease)
            if not letters:
                break
            try:
                send_batch(connection, prepare_letters(letters, lease), lease, tally)
            except ServerUnavailable as error:
                logger.error("mail server unavailable: %s", error)
                release_letters(lease, str(error))
                break
    return tally


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
