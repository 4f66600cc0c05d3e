"""Sends notices to supporters, at least once each: a second one is harmless, a missing one is not."""

from __future__ import annotations

import datetime as dt
import logging

from django.db.models import F
from django.utils import timezone

from letters.actions.follow_up import queue_question
from letters.delivery.circuit_breaker import (
    CircuitState,
    QueuePausedError,
    get_state,
    record_failure,
    record_result,
    return_probe,
    take_probe,
)
from letters.delivery.leases import lease_length
from letters.mail.backoff import MAX_ATTEMPTS, count_pause, parse_retry_after
from letters.mail.messages import Mail, build_notice_mail
from letters.mail.smtp import Connection, DeliveryResult, ServerUnavailableError
from letters.models import CONFIRMING, EventType, Letter, Notice, Status
from letters.privacy.redaction import redact_personal

REMIND_AFTER = dt.timedelta(days=1)

logger = logging.getLogger(__name__)


def build_notice(notice: Notice) -> Mail | None:
    letter = notice.letter
    about = dict.fromkeys(CONFIRMING, Status.UNCONFIRMED)
    about |= {Notice.Kind.HELD: Status.HELD, Notice.Kind.ANSWER: Status.SENT}
    outdated = letter.status != about.get(Notice.Kind(notice.kind), letter.status)
    if notice.kind == Notice.Kind.OUTDATED and not letter.outdated_at:
        return None  # the supporter has chosen, or the words were right after all
    if notice.kind == Notice.Kind.REMIND and not letter.campaign.takes_letters():
        return None  # there would be no button to press
    if notice.kind == Notice.Kind.ANSWER and letter.answered_at:
        return None
    gone = letter.scrubbed_at or letter.erase_requested_at
    return None if outdated or gone else build_notice_mail(letter, notice.kind)


def lease_notice(notice: Notice) -> bool:
    """Lease the notice by moving its due time on; False if another worker was first."""
    leased = Notice.objects.filter(pk=notice.pk, due_at=notice.due_at)
    return bool(leased.update(due_at=timezone.now() + lease_length(), attempts=F("attempts") + 1))


def send_notices() -> int:
    """Send the notices that are due; return how many the server took."""
    due = Notice.objects.filter(due_at__lte=timezone.now()).order_by("due_at").select_related("letter__campaign")
    leave = get_state()
    probing = leave is CircuitState.HALF_OPEN
    if leave is CircuitState.OPEN or not due.exists() or (probing and not take_probe()):
        return 0
    sent = 0
    taken = False  # whether the server took the previous notice
    with Connection() as connection:
        for notice in due[: 1 if probing else 200]:
            try:
                connection.open()
            except ServerUnavailableError as error:
                record_failure(str(error), probing=probing, costly=False)
                return sent
            if not lease_notice(notice):
                continue
            try:
                mail = build_notice(notice)
            except Exception as error:  # noqa: BLE001 one that cannot be made must not hold up the others
                # Only the kind of error, as its text might quote the letter. It is tried again when the lease ends.
                reference = notice.letter.reference
                logger.error(
                    "letter %s: notice %s could not be made: %s",
                    reference,
                    notice.kind,
                    type(error).__name__,
                    extra={"letter": reference},
                )
                if notice.attempts + 1 >= MAX_ATTEMPTS:
                    give_up(notice)
                continue
            if mail is None:
                Notice.objects.filter(pk=notice.pk).update(due_at=None)
                continue
            answer = connection.send(mail.envelope_sender, mail.recipient, mail.content)
            changes: dict[str, object] = {"last_answer": redact_personal(answer.text, notice.letter)}
            if answer.fate is DeliveryResult.ACCEPTED:
                changes |= {"due_at": None, "sent_at": timezone.now()}
                sent += 1
                if notice.kind == Notice.Kind.CONFIRM:
                    queue_reminder(notice.letter)
                elif notice.kind == Notice.Kind.SENT:
                    queue_question(notice.letter)
            elif answer.before_recipient:  # it stays due, so that its age is seen (letters.delivery.health)
                pause = parse_retry_after(answer.text)
                changes |= {"due_at": timezone.now() + pause if pause else notice.due_at, "attempts": notice.attempts}
            elif answer.fate is DeliveryResult.REFUSED or notice.attempts + 1 >= MAX_ATTEMPTS:
                changes |= {"due_at": None}
                give_up(notice)
            else:
                changes |= {"due_at": timezone.now() + count_pause(notice.attempts + 1)}
            Notice.objects.filter(pk=notice.pk).update(**changes)
            try:
                record_result(answer, notice.letter, probing=probing, told=taken)
            except QueuePausedError:
                return sent
            if answer.before_recipient:
                return sent
            taken = answer.fate is DeliveryResult.ACCEPTED
            probing = False
    if probing:
        return_probe()  # nothing was offered
    return sent


def queue_reminder(letter: Letter) -> None:
    """Remind a supporter who has not confirmed within a day of the first mail, once however often that was sent."""
    Notice.objects.get_or_create(
        letter=letter, kind=Notice.Kind.REMIND, defaults={"due_at": timezone.now() + REMIND_AFTER}
    )


def give_up(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(due_at=None)
    letter = notice.letter
    letter.log_event(EventType.NOTE, note=f"The email “{notice.get_kind_display()}” could not be delivered.")
    logger.warning("letter %s: gave up notice %s", letter.reference, notice.kind, extra={"letter": letter.reference})
