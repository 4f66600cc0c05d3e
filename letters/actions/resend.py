"""Sends the confirmation mail again, or to another address."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from campaign.core.encrypted import encrypt_for
from letters.models import CONFIRMING, Letter, Notice, Status, queue_confirmation
from letters.privacy.tokens import hash_token, make_confirm_token

MAX_REPEATS = 3  # how often a supporter may ask for the mail again
REPEAT_PAUSE = dt.timedelta(minutes=1)  # a mail needs a moment to arrive
MAX_ADDRESSES = 3  # changes of address: enough for every typing error, too few to bother strangers


def resend_confirmation(letter: Letter) -> bool:
    """Queue the confirmation notice again; False if one is due, too recent, or was repeated MAX_REPEATS times."""
    now = timezone.now()
    asked_for = Notice.objects.filter(
        letter=letter,
        letter__status=Status.UNCONFIRMED,
        letter__confirm_repeats__lt=MAX_REPEATS,
        kind=Notice.Kind.CONFIRM,
        due_at=None,
    ).exclude(sent_at__gt=now - REPEAT_PAUSE)
    with transaction.atomic():
        owed = asked_for.update(due_at=now, attempts=0)
        if owed:
            Letter.objects.filter(pk=letter.pk).update(confirm_repeats=F("confirm_repeats") + 1)
    return bool(owed)


def redirect_confirmation(letter: Letter, address: str) -> bool:
    """Send the confirmation to this address instead; the link sent to the previous one stops working.

    Returns False if the letter was confirmed meanwhile, or its address changed MAX_ADDRESSES times.
    """
    before = letter.confirm_generation
    if before >= MAX_ADDRESSES:
        return False
    letter.confirm_generation += 1
    with transaction.atomic():
        changed = Letter.objects.filter(pk=letter.pk, status=Status.UNCONFIRMED, confirm_generation=before).update(
            **encrypt_for(letter, {"sender_email": address}),
            confirm_generation=letter.confirm_generation,
            confirm_token_hash=hash_token(make_confirm_token(letter)),
        )
        if changed:
            # A new row, since a worker may just be sending the old one.
            letter.notices.filter(kind__in=CONFIRMING).delete()
            queue_confirmation(letter)
    return bool(changed)
