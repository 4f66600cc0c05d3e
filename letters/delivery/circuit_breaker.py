"""The circuit breaker: after repeated failures of the mail server the queue pauses until a probe succeeds.

Its state is one row, so that all workers see it and it survives a restart. Transitions hold the row's lock.
"""

from __future__ import annotations

import datetime as dt
import enum
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from letters.mail import backoff
from letters.mail.smtp import DeliveryResult, Reply
from letters.models import Alert, Breaker, Letter
from letters.privacy.redaction import ADDRESS, MAX_NOTE, redact_personal

logger = logging.getLogger(__name__)

MAIL = "mail"  # name of the only row, as there is one mail server
FIRST_PAUSE = dt.timedelta(minutes=1)
MAX_PAUSE = dt.timedelta(minutes=15)
PROBE_LENGTH = dt.timedelta(
    minutes=10
)  # as long as a dialogue in which every step times out; then another worker may probe


class CircuitState(enum.Enum):
    """What may be sent now."""

    CLOSED = "all"
    HALF_OPEN = "probe"  # one message, by the worker that takes the probe
    OPEN = "none"


class QueuePausedError(Exception):
    """The mail server has failed too often, as quoted; nothing more is offered to it for now."""


def get_state() -> CircuitState:
    breaker = Breaker.objects.filter(pk=MAIL, opened_at__isnull=False).first()
    if breaker is None:
        return CircuitState.CLOSED
    return CircuitState.HALF_OPEN if breaker.probe_at and breaker.probe_at <= timezone.now() else CircuitState.OPEN


def take_probe() -> bool:
    """Take the one probe that is due; False if another worker was first."""
    now = timezone.now()
    due = Breaker.objects.filter(pk=MAIL, opened_at__isnull=False, probe_at__lte=now)
    return bool(due.update(probe_at=now + PROBE_LENGTH))


def return_probe() -> None:
    Breaker.objects.filter(pk=MAIL, opened_at__isnull=False).update(probe_at=timezone.now())


def record_failure(words: str, *, probing: bool = False, costly: bool = True) -> bool:
    """Count an attempt that was the server's failure, with its words; return whether the queue is now paused.

    `costly`: it may have cost a letter an attempt. Probes that cost nothing come at short intervals.
    """
    now = timezone.now()
    with transaction.atomic():
        Breaker.objects.get_or_create(pk=MAIL)
        breaker = Breaker.objects.select_for_update().get(pk=MAIL)
        breaker.last_answer = ADDRESS.sub("…", words)[:MAX_NOTE]
        if breaker.opened_at and probing:
            breaker.probes += 1
            longest = MAX_PAUSE if costly else backoff.SERVER_PAUSE
            breaker.probe_at = now + min(FIRST_PAUSE * 2 ** min(breaker.probes, 10), longest)
        elif not breaker.opened_at:
            breaker.failing_since = breaker.failing_since or now
            breaker.failures += 1
            if 0 < settings.BREAKER_AFTER <= breaker.failures:
                breaker.opened_at, breaker.probe_at, breaker.probes = now, now + FIRST_PAUSE, 0
                Alert.objects.create(kind=Alert.Kind.PAUSED, words=breaker.last_answer)
                logger.error("the queue is paused: the mail server failed %d times in a row", breaker.failures)
        breaker.save()
    return breaker.opened_at is not None


def record_success() -> None:
    with transaction.atomic():
        closed = Breaker.objects.filter(pk=MAIL, opened_at__isnull=False).update(
            failures=0, failing_since=None, last_answer="", opened_at=None, probe_at=None, probes=0
        )
        if closed:
            Alert.objects.create(kind=Alert.Kind.RESUMED)
            Alert.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
            logger.info("the queue has resumed: the mail server accepts mail again")


def forget_failures() -> None:
    Breaker.objects.filter(pk=MAIL, failures__gt=0, opened_at__isnull=True).update(
        failures=0, failing_since=None, last_answer=""
    )


def record_result(answer: Reply, letter: Letter, *, probing: bool = False, told: bool = False) -> None:
    """Record the result of an attempt to send this letter or a notice about it.

    `told`: the same worker's previous attempt succeeded and was recorded, so that success costs a batch one query.
    Raises QueuePausedError if nothing more may be sent now.

    Any reply that is not the server's failure ends a pause, even that a mailbox does not exist.
    """
    if answer.servers_fault:
        words = redact_personal(answer.text, letter)
        if record_failure(words, probing=probing, costly=not answer.before_recipient):
            raise QueuePausedError(words)
    elif probing:
        record_success()
    elif answer.fate is DeliveryResult.ACCEPTED and not told:
        forget_failures()
