"""Alerts to organisers and operator, by two channels: problems, changed destinations, due reviews."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from campaign.staff.destinations import Redirection
from letters.actions.hold_departed import hold_departed
from letters.delivery import alert_channels
from letters.delivery.health import measure_health
from letters.delivery.leases import lease_length
from letters.mail.addresses import split_from
from letters.mail.backoff import MAX_ATTEMPTS, count_pause
from letters.mail.messages import Mail
from letters.mail.mime import Header, Mailbox, write_message
from letters.mail.smtp import Connection, DeliveryResult, Reply
from letters.models import Alert
from letters.writing.text import clean_line

logger = logging.getLogger(__name__)

MAX_LISTED = 50  # changes in one mail; after an election there are hundreds


def queue_alert(by: str, changes: Sequence[Redirection], **_signal: Any) -> list[str]:
    """Hold letters to departed MPs, and queue an alert about who has changed where letters go.

    Returns which letters are held, in sentences.
    """
    held = hold_departed()
    lines = [f"By: {by}", *(str(change) for change in changes[:MAX_LISTED])]
    if len(changes) > MAX_LISTED:
        lines.append(f"… and {len(changes) - MAX_LISTED} more.")
    words = "\n".join(clean_line(line) for line in [*lines, *held])
    Alert.objects.create(kind=Alert.Kind.REDIRECTED, words=words)
    return held


def check_health() -> None:
    """Queue an alert when a problem appears, or has gone. A paused queue has alerts of its own."""
    health = measure_health(brief=True)
    if health.paused_since:
        return
    last = Alert.objects.filter(kind__in=(Alert.Kind.UNWELL, Alert.Kind.WELL)).last()
    told_unwell = last is not None and last.kind == Alert.Kind.UNWELL
    if health.problems and not told_unwell:
        Alert.objects.create(kind=Alert.Kind.UNWELL, words="\n".join(health.problems))
    elif told_unwell and not health.problems:
        Alert.objects.create(kind=Alert.Kind.WELL)
        Alert.objects.filter(due_at__isnull=False).update(due_at=timezone.now())


def list_recipients() -> list[str]:
    organisers = settings.ORGANISERS_EMAIL or settings.REHEARSAL_ADDRESS
    return list(dict.fromkeys(filter(None, [organisers, settings.OPERATOR_EMAIL])))


def write_alert(alert: Alert) -> tuple[str, str]:
    """Return the alert's title and text, without personal data of supporters."""
    context = {
        "alert": alert,
        "since": Alert.objects.filter(kind=Alert.Kind.PAUSED, at__lte=alert.at).last(),
        "letters_url": settings.SITE_URL + reverse("admin:letters_letter_changelist"),
        "held_url": settings.SITE_URL + reverse("admin:letters_letter_moderation"),
        "arguments_url": settings.SITE_URL + reverse("admin:content_argument_changelist"),
        "admin_url": settings.SITE_URL + reverse("admin:index"),
    }
    title = f"{alert.get_kind_display()}: {settings.SITE_URL}"
    return title, render_to_string(f"letters/mails/{alert.kind}.txt", context)


def build_alert_mail(alert: Alert, recipient: str) -> Mail:
    title, words = write_alert(alert)
    headers: list[Header] = [
        ("From", Mailbox("Parley", settings.LETTERS_FROM)),
        ("To", Mailbox("", recipient)),
        ("Subject", title),
        ("Date", format_datetime(alert.at)),
        ("Message-ID", f"<alert.{alert.pk}.{alert.at:%s}@{split_from()[1]}>"),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: keeps out-of-office replies away
    ]
    return Mail(settings.LETTERS_FROM, recipient, write_message(headers, words))


def send_alerts() -> int:
    """Send the alerts that are due; return how many the server took.

    They are sent even while the queue is paused: the server may take them, and if not they are sent when the queue
    resumes.
    """
    sent = 0
    with Connection() as connection:
        for alert in Alert.objects.filter(due_at__lte=timezone.now()):
            leased = Alert.objects.filter(pk=alert.pk, due_at=alert.due_at)
            if not leased.update(due_at=timezone.now() + lease_length(), attempts=F("attempts") + 1):
                continue  # another worker was first
            try:
                mails = [build_alert_mail(alert, recipient) for recipient in list_recipients()]
            except Exception as error:  # noqa: BLE001 one that cannot be made must not hold up the others
                logger.error("the email about an alert could not be made: %s", type(error).__name__)
                answer = Reply(DeliveryResult.DEFERRED, "")
            else:
                answers = [connection.send(mail.envelope_sender, mail.recipient, mail.content) for mail in mails]
                # If it has reached one but not the other, the one gets it again: harmless.
                answer = next((one for one in answers if one.fate is not DeliveryResult.ACCEPTED), answers[0])
            done = answer.fate is DeliveryResult.ACCEPTED
            sent += done
            if not done:
                logger.error("organisers could not be told that %s", alert.get_kind_display())
            given_up = answer.fate is DeliveryResult.REFUSED or alert.attempts + 1 >= MAX_ATTEMPTS
            later = None if done or given_up else timezone.now() + count_pause(alert.attempts + 1, answer.text)
            Alert.objects.filter(pk=alert.pk).update(due_at=later)
    return sent


def pass_alerts_on() -> int:
    """Send the alerts that are due on the second channel; return how many got through."""
    due = Alert.objects.filter(second_due_at__lte=timezone.now())
    if not alert_channels.is_set():
        due.update(second_due_at=None)
        return 0
    passed = 0
    for alert in due:
        leased = Alert.objects.filter(pk=alert.pk, second_due_at=alert.second_due_at)
        if not leased.update(second_due_at=timezone.now() + lease_length(), second_attempts=F("second_attempts") + 1):
            continue  # another worker was first
        try:
            alert_channels.pass_on(*write_alert(alert))
        except alert_channels.AlertChannelError as error:
            logger.error("the second way failed: %s", error)
            tried = alert.second_attempts + 1
            later = None if tried >= MAX_ATTEMPTS else timezone.now() + timedelta(minutes=min(2 ** (tried - 1), 60))
        else:
            passed += 1
            later = None
        Alert.objects.filter(pk=alert.pk).update(second_due_at=later)
    return passed
