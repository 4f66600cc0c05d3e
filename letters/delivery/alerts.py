"""Mails to the organisers: the queue pauses by itself, or goes on; somebody has changed where letters go."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from campaign.staff.destinations import Redirection
from letters.delivery.lease import lease_length
from letters.mail.addresses import split_from
from letters.mail.backoff import MAX_ATTEMPTS, count_pause
from letters.mail.messages import Mail
from letters.mail.mime import Header, Mailbox, write_message
from letters.mail.smtp import Connection, DeliveryResult, Reply
from letters.models import Alert
from letters.writing.text import clean_line

logger = logging.getLogger(__name__)

MAX_LISTED = 50  # changes in one mail; after an election there are hundreds


def owe_alert(by: str, changes: Sequence[Redirection], **_signal: Any) -> None:
    """Have the organisers told who has changed where letters go, and from where to where."""
    lines = [f"By: {by}", *(str(change) for change in changes[:MAX_LISTED])]
    if len(changes) > MAX_LISTED:
        lines.append(f"… and {len(changes) - MAX_LISTED} more.")
    Alert.objects.create(kind=Alert.Kind.REDIRECTED, words="\n".join(clean_line(line) for line in lines))


def build_alert_mail(alert: Alert) -> Mail:
    """Return the alert as a mail to the organisers, in plain text. It holds no supporter's data."""
    organisers = settings.ORGANISERS_EMAIL or settings.REHEARSAL_ADDRESS
    headers: list[Header] = [
        ("From", Mailbox("Parley", settings.LETTERS_FROM)),
        ("To", Mailbox("", organisers)),
        ("Subject", f"{alert.get_kind_display()}: {settings.SITE_URL}"),
        ("Date", format_datetime(alert.at)),
        ("Message-ID", f"<alert.{alert.pk}.{alert.at:%s}@{split_from()[1]}>"),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: keeps out-of-office replies away
    ]
    context = {
        "alert": alert,
        "since": Alert.objects.filter(kind=Alert.Kind.PAUSED, at__lte=alert.at).last(),
        "letters_url": settings.SITE_URL + reverse("admin:letters_letter_changelist"),
        "desk_url": settings.SITE_URL + reverse("admin:index"),
    }
    content = write_message(headers, render_to_string(f"letters/mails/{alert.kind}.txt", context))
    return Mail(settings.LETTERS_FROM, organisers, content)


def send_alerts() -> int:
    """Send the alerts that are due; return how many the server took.

    A paused queue does not keep them: a server that declines letters may still take this, and if not, all that are
    owed go when the queue goes on.
    """
    sent = 0
    with Connection() as connection:
        for alert in Alert.objects.filter(due_at__lte=timezone.now()):
            claimed = Alert.objects.filter(pk=alert.pk, due_at=alert.due_at)
            if not claimed.update(due_at=timezone.now() + lease_length(), attempts=F("attempts") + 1):
                continue  # another worker was first
            try:
                mail = build_alert_mail(alert)
            except Exception as error:  # noqa: BLE001 one that cannot be made must not hold up the others
                logger.error("the mail about an alert could not be made: %s", type(error).__name__)
                answer = Reply(DeliveryResult.DEFERRED, "")
            else:
                answer = connection.send(mail.envelope_sender, mail.recipient, mail.content)
            done = answer.fate is DeliveryResult.ACCEPTED
            sent += done
            if not done:
                logger.error("organisers could not be told that %s", alert.get_kind_display())
            given_up = answer.fate is DeliveryResult.REFUSED or alert.attempts + 1 >= MAX_ATTEMPTS
            later = None if done or given_up else timezone.now() + count_pause(alert.attempts + 1, answer.text)
            Alert.objects.filter(pk=alert.pk).update(due_at=later)
    return sent
