"""The weekly digest: on Mondays, each organiser who asked for it gets the figures of their campaigns' last week.

It has no personal data. One that was sent and not recorded would come twice; one that the mail server deferred is
tried again in an hour.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from email.utils import format_datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from campaign.content.models import Campaign
from letters.mail.addresses import split_from
from letters.mail.messages import Mail
from letters.mail.mime import Header, Mailbox, MailRefusedError, write_message
from letters.mail.smtp import Connection, DeliveryResult
from letters.models import DigestReader
from letters.statistics.rollup import roll_up_all
from letters.statistics.week import WEEK, Week, count_week

logger = logging.getLogger(__name__)

HOUR = 7  # on Mondays, UK time
ENDED = (Campaign.Mode.DRAFT, Campaign.Mode.CLOSED)


def find_monday(day: dt.date | None = None) -> dt.date:
    """Return the Monday of this day's week."""
    day = day or timezone.localdate()
    return day - dt.timedelta(days=day.weekday())


def send_digests() -> int:
    """Send the digests that are due; return how many the server took."""
    now = timezone.localtime()
    monday = find_monday(now.date())
    if now < timezone.make_aware(dt.datetime.combine(monday, dt.time(HOUR))):
        return 0
    owed = DigestReader.objects.filter(told_until__lt=monday, user__is_active=True, user__is_staff=True)
    readers = [one for one in owed.select_related("user") if one.user.email and may_read(one)]
    if not readers:
        return 0
    roll_up_all(until=timezone.now() + dt.timedelta(seconds=10))
    weeks = [count_week(one, monday - WEEK) for one in Campaign.objects.exclude(mode__in=ENDED).order_by("title")]
    sent = 0
    with Connection() as connection:
        for reader in readers:
            mine = DigestReader.objects.filter(pk=reader.pk)
            if not mine.filter(told_until=reader.told_until).update(told_until=monday):
                continue  # another worker was first
            try:
                mail = build_digest(reader, weeks, monday)
            except MailRefusedError as error:
                logger.error("a digest could not be made: %s", error)
                continue
            answer = connection.send(mail.envelope_sender, mail.recipient, mail.content)
            if answer.fate is DeliveryResult.DEFERRED:
                mine.filter(told_until=monday).update(told_until=reader.told_until)
            if answer.fate is not DeliveryResult.ACCEPTED:
                logger.error("a digest was not sent: %s", answer.fate.value)
            sent += answer.fate is DeliveryResult.ACCEPTED
    return sent


def may_read(reader: DigestReader) -> bool:
    return reader.user.has_perm("letters.view_letter") or reader.user.has_perm("letters.view_tally")


def build_digest(reader: DigestReader, weeks: Sequence[Week], monday: dt.date) -> Mail:
    """Return the digest of the week before this Monday. Raises MailRefusedError."""
    confirmed = sum(week.confirmed for week in weeks)
    subject = ngettext("Last week: %(count)d letter", "Last week: %(count)d letters", confirmed) % {"count": confirmed}
    context = {
        "weeks": weeks,
        "first": monday - WEEK,
        "last": monday - dt.timedelta(days=1),
        "site": settings.SITE_URL,
        "stop_url": settings.SITE_URL + reverse("admin:letters_digest"),
    }
    headers: list[Header] = [
        ("From", Mailbox("Parley", settings.LETTERS_FROM)),
        ("To", Mailbox("", reader.user.email)),
        ("Subject", subject),
        ("Date", format_datetime(timezone.now())),
        ("Message-ID", f"<digest.{monday}.{reader.pk}@{split_from()[1]}>"),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: keeps out-of-office replies away
    ]
    content = write_message(headers, render_to_string("letters/mails/digest.txt", context))
    return Mail(settings.LETTERS_FROM, reader.user.email, content)
