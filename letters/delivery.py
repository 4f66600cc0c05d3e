"""From QUEUED to SENT: claims, sends, and settles what the server said. The row is the queue (docs/states.md)."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Sequence
from itertools import compress
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from letters.backoff import MOST_ATTEMPTS, count_pause
from letters.breaker import Leave, QueuePaused, ask_leave, record_failure, return_probe, take_probe, watch
from letters.claims import BATCH, claim_letters, lease_length, release_letters, renew_claims
from letters.emails import Mail, build_letter_mail, make_envelope_sender, make_message_id
from letters.findings import Finding
from letters.ledger import write_moves
from letters.likeness import record_fingerprint
from letters.line import Line
from letters.models import Letter, Move, Status
from letters.moderation import tell_reasons
from letters.redaction import hide_personal
from letters.smtp import Answer, Fate, ServerUnavailable
from letters.turns import Turns

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 240  # a drain ends by itself; the next sweep goes on
RENEW_SHARE = 0.1  # of a lease, after which those that wait get a fresh one: the letter in hand may take all the rest
FIRST_BATCH = 10  # letters of a drain's first claim; the next are as many as can be made in
PREPARE_SECONDS = 0.5  # so that no letter waits for long behind others while another worker has nothing to do

_draining = threading.Lock()  # who holds it drains
_asked = threading.Event()  # that somebody has asked for a drain since the last one looked what is due


def confirm(letter: Letter, *, hold: str = "", findings: Sequence[Finding] = ()) -> bool:
    """Queue a letter that its writer has confirmed, or hold it for the reason given; False if somebody was first.

    `findings` are what the rules found, and hold it, too (letters.moderation). Message-ID and bounce address are made
    here, and kept however often the letter is sent.
    """
    now = timezone.now()
    hold = " ".join(filter(None, (hold, tell_reasons(findings))))[:500]
    confirmed = letter.move_to(
        Status.HELD if hold else Status.QUEUED,
        note=hold,
        confirmed_at=now,
        dated=timezone.localdate(),
        next_attempt_at=now,
        message_id=make_message_id(letter),
        envelope_sender=make_envelope_sender(letter),
        rehearsal=letter.would_rehearse(),
    )
    if confirmed:
        Finding.objects.bulk_create(findings)
        # Whatever goes wrong with comparing is logged and keeps no letter from being sent.
        transaction.on_commit(lambda: record_fingerprint(letter), robust=True)
    return confirmed


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


def start_letter(letter: Letter, lease: uuid.UUID) -> Move:
    """Return the move that marks the letter SENDING, with a fresh lease."""
    changes = {
        "attempts": letter.attempts + 1,  # nobody else counts while it is claimed
        "lease_until": timezone.now() + lease_length(),
        "lease_token": lease,
        "pdf_sha256": letter.pdf_sha256,
    }
    return Move(letter, Status.SENDING, lease=lease, changes=changes)


def settle_letter(letter: Letter, answer: Answer, lease: uuid.UUID) -> Move:
    """Return the move that writes down what became of the letter."""
    now = timezone.now()
    words = hide_personal(answer.words, letter)
    changes: dict[str, Any] = {"last_answer": words, "next_attempt_at": None}
    if answer.fate is Fate.ACCEPTED:
        status = Status.SENT
        changes["sent_at"] = now
    elif answer.fate is Fate.UNKNOWN:
        status = Status.UNKNOWN
    elif answer.fate is Fate.DEFERRED and letter.attempts < MOST_ATTEMPTS:
        status = Status.QUEUED
        changes["next_attempt_at"] = now + count_pause(letter.attempts, answer.words)
    else:
        status = Status.FAILED
    return Move(letter, status, words, lease=lease, changes=changes)


def count_settled(move: Move, made: bool, tally: Counter[str]) -> None:
    """Count what became of a letter that was offered; if its lease was lost meanwhile, nothing was written."""
    tally[move.status if made else "lost"] += 1
    reference = move.letter.reference
    if made:
        logger.info("letter %s: %s", reference, move.status, extra={"letter": reference})
    else:
        logger.warning("letter %s: lease lost before its answer was written", reference, extra={"letter": reference})


def send_batch(
    line: Line[Letter],
    ready: list[tuple[Letter, Mail]],
    lease: uuid.UUID,
    tally: Counter[str],
    *,
    probing: bool = False,
) -> None:
    """Send the prepared letters, as many at a time as the line takes, and count in `tally` what became of them.

    One commit settles those that the server has answered and starts the next, so a crash leaves at most one letter in
    doubt for each connection. However slow the server is, those that wait behind stay this sender's.
    Raises ServerUnavailable when the server has gone away, and QueuePaused when it has failed too often; the letters
    left over were not offered to it.
    """
    waiting = deque(ready)
    settle: list[Move] = []  # what the server has answered, and nobody has written yet

    def write(*starts: Move) -> list[bool | None]:
        made = write_moves(*settle, *starts)
        settled, started = made[: len(settle)], made[len(settle) :]
        for move, was_made in zip(settle, settled, strict=True):
            if was_made is not None:
                count_settled(move, was_made, tally)
        # What could not be written is tried again with what is written next.
        settle[:] = [move for move, was_made in zip(settle, settled, strict=True) if was_made is None]
        return started

    def hear() -> list[tuple[Letter, Answer]]:
        heard = line.hear()
        settle.extend(settle_letter(letter, answer, lease) for letter, answer in heard)
        return heard

    renew_at = time.monotonic() + RENEW_SHARE * lease_length().total_seconds()
    try:
        while waiting or line.is_busy:
            if settle and line.must_dial(len(waiting)):
                write()  # what is known does not wait for a connection
            free = line.open(len(waiting))
            if waiting and time.monotonic() > renew_at:
                renew_at = time.monotonic() + RENEW_SHARE * lease_length().total_seconds()
                renew_claims([letter for letter, _mail in waiting], lease)
            until = time.monotonic() + lease_length().total_seconds()  # before the lease is written: never later
            offers = [(connection, *waiting.popleft()) for connection in free]
            started = write(*(start_letter(letter, lease) for _connection, letter, _mail in offers))
            for connection, letter, mail in compress(offers, started):
                line.offer(connection, mail, letter, until=until)
            for letter, answer in hear():
                watch(answer, letter, probing=probing)
    finally:
        while line.is_busy:  # whatever has happened: what the server says of those on their way is worth knowing
            hear()
        write()


def count_next(made: int, seconds: float) -> int:
    """Return how many letters to claim next, after that many were made in so many seconds."""
    return max(1, min(BATCH, int(made * PREPARE_SECONDS / max(seconds, 0.001))))


def drain_queue() -> Counter[str]:
    """Send what is due until nothing is left or the time is up; return a tally. One drain at a time in a process.

    Whoever asks meanwhile has nothing to do: the drain that is under way looks again before it ends.
    """
    tally: Counter[str] = Counter()
    _asked.set()
    while _asked.is_set() and _draining.acquire(blocking=False):
        try:
            _asked.clear()
            tally += _drain()
        finally:
            _draining.release()
    return tally


def _drain() -> Counter[str]:
    tally: Counter[str] = Counter()
    until = time.monotonic() + DRAIN_SECONDS
    turns, size = Turns(), FIRST_BATCH
    with Line[Letter](settings.EMAIL_CONNECTIONS) as line:
        while time.monotonic() < until and (leave := ask_leave()) is not Leave.NONE:
            probing = leave is Leave.PROBE
            # A claim spends slots of the pace: nothing is claimed for a server that is not there.
            if not line.is_open and not Letter.objects.due().exists():
                break
            if probing and not take_probe():
                break
            lease = uuid.uuid4()
            try:
                line.open()
                letters = claim_letters(lease, 1 if probing else size, turns=turns)
                if not letters:
                    if probing:
                        return_probe()
                    break
                began = time.monotonic()
                ready = prepare_letters(letters, lease)
                size = count_next(len(letters), time.monotonic() - began)
                send_batch(line, ready, lease, tally, probing=probing)
            except QueuePaused as error:
                release_letters(lease, str(error))
            except ServerUnavailable as error:
                logger.error("mail server unavailable: %s", error)
                record_failure(str(error), probing=probing)
                release_letters(lease, str(error))
                break
    return tally
