"""From QUEUED to SENT: leases, sends, and settles what the server said. The row is the queue (docs/states.md)."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from letters.delivery.circuit_breaker import (
    CircuitState,
    QueuePausedError,
    get_state,
    record_failure,
    record_result,
    return_probe,
    take_probe,
)
from letters.delivery.fairness import FairScheduler
from letters.delivery.leases import BATCH, lease_length, lease_letters, release_letters, renew_leases
from letters.mail.backoff import MAX_ATTEMPTS, count_pause, count_server_pause
from letters.mail.messages import Mail, build_letter_mail
from letters.mail.smtp import Connection, DeliveryResult, Reply, ServerUnavailableError
from letters.models import EventType, Letter, Status, Transition, apply_transitions
from letters.privacy.redaction import redact_personal

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 240  # then a drain ends; the next sweep continues
RENEW_SHARE = (
    0.1  # of a lease, after which waiting letters get a fresh one, as the letter in hand may take all the rest
)
RETRY_SECONDS = 0.5  # between attempts to reach the database

_senders = threading.BoundedSemaphore(settings.EMAIL_SENDERS)  # each drain holds one
_asked = threading.Event()  # a drain was requested after the last one looked for due letters


def build_mails(letters: list[Letter], lease: uuid.UUID) -> list[tuple[Letter, Mail]]:
    """Make each letter's mail with its PDF, outside any transaction. A letter that cannot be made is FAILED."""
    ready = []
    for letter in letters:
        try:
            mail, letter.pdf_sha256 = build_letter_mail(letter)
        except Exception as error:  # noqa: BLE001 whatever one letter does to the PDF engine must not stop the others
            # Only the kind of error, as its text might quote the letter.
            words = "letter %s could not be made: %s"
            logger.error(words, letter.reference, type(error).__name__, extra={"letter": letter.reference})
            letter.transition_to(
                Status.FAILED, lease=lease, note=f"The letter could not be made ({type(error).__name__})."
            )
        else:
            ready.append((letter, mail))
    return ready


def start_letter(letter: Letter, lease: uuid.UUID) -> Transition:
    changes = {
        "attempts": letter.attempts + 1,  # safe, as nobody else counts while it is leased
        "lease_until": timezone.now() + lease_length(),
        "lease_token": lease,
        "pdf_sha256": letter.pdf_sha256,
    }
    return Transition(letter, Status.SENDING, lease=lease, changes=changes)


def settle_letter(letter: Letter, answer: Reply, lease: uuid.UUID) -> Transition:
    now = timezone.now()
    words = redact_personal(answer.text, letter)
    changes: dict[str, Any] = {"last_answer": words, "next_attempt_at": None}
    if answer.fate is DeliveryResult.ACCEPTED:
        status = Status.SENT
        changes["sent_at"] = now
    elif answer.fate is DeliveryResult.UNKNOWN:
        status = Status.UNKNOWN
    elif answer.before_recipient:
        status = Status.QUEUED
        changes |= {"attempts": letter.attempts - 1, "next_attempt_at": now + count_server_pause(answer.text)}
    elif answer.fate is DeliveryResult.DEFERRED and letter.attempts < MAX_ATTEMPTS:
        status = Status.QUEUED
        changes["next_attempt_at"] = now + count_pause(letter.attempts, answer.text)
    else:
        status = Status.FAILED
    return Transition(letter, status, words, lease=lease, changes=changes)


def write_down(moves: Sequence[Transition], until: float) -> list[bool]:
    """Apply the transitions, retrying with a new connection while the database is away; return which were applied.

    Retrying is safe, since each is conditional on the status that it starts from. `until` (of `time.monotonic`) is the
    end of the lease; for as long again it is still worth recording what is known (`write_late`). Raises DatabaseError
    then, or at once if the database answers and refuses.
    """
    again = False
    while True:
        try:
            made = apply_transitions(*moves)
            break
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > until + lease_length().total_seconds():
                raise
            if not again:
                logger.warning("the database is unreachable, the result is kept: %s", type(error).__name__)
            again = True
            connection.close_if_unusable_or_obsolete()
            time.sleep(RETRY_SECONDS)
    for number, move in enumerate(moves):
        if again and not made[number] and move.is_written():  # it was committed, but the reply was lost
            move.show()
            made[number] = True
    return made


def record(settled: Transition | None, start: Transition | None, until: float, tally: Counter[str]) -> bool:
    """Record one letter's result and start the next in one transaction; return whether the next may be offered."""
    made = write_down([move for move in (settled, start) if move], until)
    if settled:
        reference, in_time = settled.letter.reference, made[0]
        tally[settled.status if in_time else "late"] += 1
        if in_time:
            logger.info("letter %s: %s", reference, settled.status, extra={"letter": reference})
        else:
            logger.warning("letter %s: its lease was over when the reply came", reference, extra={"letter": reference})
            write_late(settled)
    return start is not None and made[-1]


def write_late(settled: Transition) -> None:
    letter = Letter.objects.defer_encrypted().get(pk=settled.letter.pk)
    taken = letter.status == Status.UNKNOWN and settled.status == Status.SENT
    if taken and letter.transition_to(Status.SENT, note=settled.note, **settled.changes):
        return
    Letter.objects.filter(pk=letter.pk, status=Status.UNKNOWN).update(last_answer=settled.note)
    letter.log_event(EventType.LATE_REPLY, note=settled.note)


def send_batch(
    server: Connection,
    ready: Sequence[tuple[Letter, Mail]],
    lease: uuid.UUID,
    tally: Counter[str],
    *,
    probing: bool = False,
) -> None:
    """Send the letters one after the other and count the results in `tally`.

    One commit records a result and starts the next letter, so a crash leaves at most one in doubt. However slow the
    server is, the lease of the waiting letters is kept.
    Raises ServerUnavailableError if the server has gone away, and QueuePausedError if it has failed too often; the
    letters left over were not offered to it.
    """
    length = lease_length().total_seconds()
    until = time.monotonic() + length
    renew_at = time.monotonic() + RENEW_SHARE * length
    taken = False  # whether the server took the previous letter
    settled: Transition | None = None  # the previous letter's result, not yet recorded
    try:
        for number, (letter, mail) in enumerate(ready):
            if settled and not server.is_open:
                record(settled, None, until, tally)  # record what is known before connecting
                settled = None
            server.open()
            if time.monotonic() > renew_at:
                renew_at = time.monotonic() + RENEW_SHARE * length
                renew_leases([letter for letter, _mail in ready[number:]], lease)
            until = time.monotonic() + length  # computed before the lease is written, so that it is never later
            may_go = record(settled, start_letter(letter, lease), until, tally)
            settled = None
            if may_go:
                answer = server.send(mail.envelope_sender, mail.recipient, mail.content, until=until)
                settled = settle_letter(letter, answer, lease)
                taken = note_result(answer, letter, probing=probing, told=taken)
    finally:
        if settled:
            record(settled, None, until, tally)


def note_result(answer: Reply, letter: Letter, *, probing: bool, told: bool) -> bool:
    """Report the result to the circuit breaker; return whether a success is recorded.

    If the database is away this result is lost: recording the letter's is more important.
    """
    try:
        record_result(answer, letter, probing=probing, told=told)
    except (OperationalError, InterfaceError) as error:
        logger.warning("the circuit breaker could not be told of a result: %s", type(error).__name__)
        connection.close()
        return False
    return answer.fate is DeliveryResult.ACCEPTED


def drain_queue() -> Counter[str]:
    """Send what is due until nothing is left or the time is up; return a tally. At most EMAIL_SENDERS run at a time.

    If all are busy this returns at once: the first to finish looks again.
    """
    tally: Counter[str] = Counter()
    _asked.set()
    while _asked.is_set() and _senders.acquire(blocking=False):
        try:
            _asked.clear()
            tally += _drain()
        finally:
            _senders.release()
    return tally


def _drain() -> Counter[str]:
    tally: Counter[str] = Counter()
    until = time.monotonic() + DRAIN_SECONDS
    turns = FairScheduler()
    with Connection() as server:
        while time.monotonic() < until and (leave := get_state()) is not CircuitState.OPEN:
            probing = leave is CircuitState.HALF_OPEN
            # A lease spends slots of the rate limit: nothing is taken for a server that is not there.
            if not server.is_open and not Letter.objects.due().exists():
                break
            if probing and not take_probe():
                break
            lease = uuid.uuid4()
            try:
                server.open()
                letters = lease_letters(lease, 1 if probing else BATCH, turns=turns)
                if not letters:
                    if probing:
                        return_probe()
                    break
                send_batch(server, build_mails(letters, lease), lease, tally, probing=probing)
            except QueuePausedError as error:
                release_letters(lease, str(error))
            except ServerUnavailableError as error:
                logger.error("mail server unavailable: %s", error)
                record_failure(str(error), probing=probing, costly=False)
                release_letters(lease, str(error))
                break
            except DatabaseError:
                connection.close_if_unusable_or_obsolete()
                release_letters(lease, "The database was unreachable.")
                raise
    return tally
