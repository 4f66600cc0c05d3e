"""Who wants news of a campaign: asked for apart from the letter, counted once confirmed, stopped by one button."""

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
NEWS_VERSION = "2026-11-22"
NEWS_TEXT = gettext_lazy(
    "Also email me news of this campaign. I can stop that at any time; my letter goes out either way."
)


def hash_news_text() -> str:
    """Return the SHA-256 of what is agreed to, in hex."""
    return hashlib.sha256(str(NEWS_TEXT).encode()).hexdigest()


def note_wish(letter: Letter, *, wanted: bool) -> None:
    if wanted:
        agreed = {"version": NEWS_VERSION, "text_sha256": hash_news_text()}
        NewsConsent.objects.get_or_create(letter=letter, defaults=agreed)
    else:
        NewsConsent.objects.filter(letter=letter).delete()


def wants_news(letter: Letter) -> bool:
    return letter.status != Status.WITHDRAWN and NewsConsent.objects.filter(letter=letter, withdrawn_at=None).exists()


def unsubscribe(letter: Letter) -> int:
    """Stop the campaign's news to the supporter's address, with whichever letters it was asked for; return how many.

    Erased letters have no address and no wish any more.
    """
    if not letter.sender_email:
        return 0
    same = Letter.objects.filter(
        campaign=letter.campaign_id, sender_email_index__in=list_indexes(letter.sender_email)
    ).values("pk")
    with transaction.atomic():
        standing = NewsConsent.objects.filter(letter__in=same, withdrawn_at=None)
        for pk in list(standing.values_list("letter", flat=True)):
            set_tombstone(pk, Tombstone.Kind.NO_NEWS)
        return standing.update(withdrawn_at=timezone.now())


def list_consents(campaign: Campaign) -> QuerySet[NewsConsent]:
    """Return the consents to this campaign's news that stand, oldest first, decrypting the address alone.

    Those of letters that were not confirmed, or withdrawn, or are to be erased do not count.
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
    """An address that wants news, and the proof of it."""

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
