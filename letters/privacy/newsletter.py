"""Subscribers to a campaign's newsletter: asked apart from the letter, counted once confirmed, off with one button."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from campaign.content.models import Campaign
from campaign.core.ciphers import list_indexes
from letters.models import ENCRYPTED, Letter, NewsConsent, Status, Tombstone
from letters.privacy.tombstones import set_tombstone

# Apart from the consent to send the letter: PECR regulation 22, UK GDPR article 7(2) and (4).
NEWSLETTER_VERSION = "2026-11-22"
NEWSLETTER_TEXT = gettext_lazy(
    "Also email me news of this campaign. I can stop that at any time; my letter goes out either way."
)


def hash_newsletter_text() -> str:
    """Return the SHA-256 of the consent text, in hex."""
    return hashlib.sha256(str(NEWSLETTER_TEXT).encode()).hexdigest()


def record_choice(letter: Letter, *, wanted: bool) -> None:
    if wanted:
        agreed = {"version": NEWSLETTER_VERSION, "text_sha256": hash_newsletter_text()}
        NewsConsent.objects.get_or_create(letter=letter, defaults=agreed)
    else:
        NewsConsent.objects.filter(letter=letter).delete()


def wants_newsletter(letter: Letter) -> bool:
    return letter.status != Status.WITHDRAWN and NewsConsent.objects.filter(letter=letter, withdrawn_at=None).exists()


def unsubscribe(letter: Letter) -> int:
    """Withdraw the address's consent with each letter of the campaign that it was given with; return how many.

    Erased letters have neither an address nor a consent.
    """
    if not letter.sender_email:
        return 0
    same = Letter.objects.filter(
        campaign=letter.campaign_id, sender_email_index__in=list_indexes(letter.sender_email)
    ).values("pk")
    with transaction.atomic():
        standing = NewsConsent.objects.filter(letter__in=same, withdrawn_at=None)
        for pk in list(standing.values_list("letter", flat=True)):
            set_tombstone(pk, Tombstone.Kind.UNSUBSCRIBED)
        return standing.update(withdrawn_at=timezone.now())


def list_consents(campaign: Campaign) -> QuerySet[NewsConsent]:
    """Return the valid consents to this campaign's newsletter, oldest first, decrypting only the address.

    Those of letters that were not confirmed, were withdrawn or are to be erased do not count.
    """
    consents = NewsConsent.objects.filter(
        letter__campaign=campaign,
        letter__confirmed_at__isnull=False,
        letter__scrubbed_at=None,
        letter__erase_requested_at=None,
        withdrawn_at=None,
    ).exclude(letter__status__in=(Status.UNCONFIRMED, Status.WITHDRAWN))
    unread = [f"letter__{name}" for name in ENCRYPTED if name != "sender_email"]
    return consents.select_related("letter").defer(*unread).order_by("given_at", "pk")


@dataclass(frozen=True)
class Subscriber:
    """A subscriber's address, and the proof of consent."""

    email: str
    given_at: dt.datetime
    version: str
    text_sha256: str


def list_subscribers(campaign: Campaign) -> Iterator[Subscriber]:
    """Yield each subscriber of the campaign once. Personal data: callers check the permission."""
    seen: set[str] = set()
    for consent in list_consents(campaign).iterator(chunk_size=500):
        address = consent.letter.sender_email
        if address.lower() not in seen:
            seen.add(address.lower())
            yield Subscriber(address, consent.given_at, consent.version, consent.text_sha256)
