"""Mails supporters who have lost their links, at the address that they gave with their letters.

Asking reveals nothing: the page does the same for every address, and only a worker looks for letters.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from campaign.core.ciphers import make_index
from campaign.core.identity import name_mailbox
from campaign.core.rate_counters import hit, read_rate
from letters.models import Letter, LetterQuerySet, LinkRequest, Notice, Status
from letters.privacy.tokens import CONFIRM_WITHIN, make_confirm_token, make_letter_token

PAUSE = dt.timedelta(hours=1)  # at least this long between two mails to an address


def ask_for_links(address: str) -> None:
    now = timezone.now()
    index = make_index(address)
    LinkRequest.objects.get_or_create(email_index=index, defaults={"asked_at": now})
    asked_before = LinkRequest.objects.filter(email_index=index, asked_at__lt=now - PAUSE)
    asked_before.update(asked_at=now, answered_at=None)


def queue_link_notices() -> int:
    """Queue a notice for each requested address that has letters; return the number of notices."""
    owed = 0
    for request in LinkRequest.objects.filter(answered_at=None):
        with transaction.atomic():
            if not LinkRequest.objects.filter(pk=request.pk, answered_at=None).update(answered_at=timezone.now()):
                continue  # another worker was first
            newest = list_letters(request.email_index).defer_encrypted().order_by("-created_at").first()
            if newest and may_mail(newest):
                due = {"due_at": timezone.now(), "attempts": 0, "sent_at": None}
                Notice.objects.update_or_create(letter=newest, kind=Notice.Kind.LINKS, defaults=due)
                owed += 1
    return owed


def may_mail(letter: Letter) -> bool:
    """Whether the address may be sent its links now.

    Always, if it has confirmed a letter: one mail an hour is little, and useful to the owner whoever asked. If not, a
    stranger may have typed it, with any tag, so mails to the mailbox are rate-limited.
    """
    if list_letters(letter.sender_email_index).filter(confirmed_at__isnull=False).exists():
        return True
    rate = read_rate(settings.LIMIT_LINKS_PER_EMAIL)
    mailbox = salted_hmac("letters.links", name_mailbox(letter.sender_email), algorithm="sha256").hexdigest()
    return rate is None or hit(rate, f"links:{mailbox[:32]}")


def list_letters(index: str) -> LetterQuerySet:
    too_old = timezone.now() - CONFIRM_WITHIN
    letters = Letter.objects.filter(sender_email_index=index, erase_requested_at=None)
    return letters.exclude(status=Status.UNCONFIRMED, created_at__lt=too_old)


def list_links(letter: Letter) -> list[tuple[Letter, str]]:
    """Return all letters from this letter's address, newest first, each with its secret link."""
    letters = list_letters(letter.sender_email_index).defer_encrypted().order_by("-created_at")
    return [(one, settings.SITE_URL + make_path(one)) for one in letters[:20]]


def make_path(letter: Letter) -> str:
    """Return the secret path of the letter, or of its confirmation while that is still to come."""
    if letter.status == Status.UNCONFIRMED:
        return reverse("confirm", args=[make_confirm_token(letter)])
    return reverse("letter", args=[make_letter_token(letter)])
