"""QuerySets of letters: those that may go, those past their lease, those due for deletion."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from campaign.content.hours import open_now
from campaign.content.models import Campaign
from letters.models.status import LEASED, Status

if TYPE_CHECKING:
    from letters.models.letter import Letter  # noqa: F401 # named in a string

# Modes in which a campaign's confirmed letters are sent; in any other they wait.
SENDING_MODES = (Campaign.Mode.REHEARSAL, Campaign.Mode.LIVE, Campaign.Mode.CLOSED)
ENCRYPTED = (
    *("sender_name", "sender_address", "sender_postcode", "sender_email", "sender_phone", "on_behalf_of"),
    "ask_text",
)


def list_sending_campaigns() -> models.QuerySet[Campaign]:
    """Return the campaigns whose letters may go now: not paused, and within their hours."""
    return Campaign.objects.filter(open_now(), mode__in=SENDING_MODES)


def list_sending_kinds() -> tuple[bool, ...]:
    return (True, False) if settings.LIVE_DELIVERY else (True,)


class LetterQuerySet(models.QuerySet["Letter"]):
    def update(self, **changes: Any) -> int:
        """Update rows, clearing the blind index with the address. Encrypted texts come from `encrypt_for`."""
        if changes.get("sender_email") == "":
            changes.setdefault("sender_email_index", "")
        return super().update(**changes)

    def defer_encrypted(self) -> LetterQuerySet:
        return self.defer(*ENCRYPTED)

    def due(self) -> LetterQuerySet:
        may_go = Q(campaign__in=list_sending_campaigns(), rehearsal__in=list_sending_kinds())
        may_go &= Q(erase_requested_at=None, outdated_at=None)
        return self.filter(may_go, status=Status.QUEUED, next_attempt_at__lte=timezone.now()).order_by(
            "next_attempt_at"
        )

    def uncounted(self) -> LetterQuerySet:
        return self.exclude(status=F("tallied_status"))

    def past_lease(self) -> LetterQuerySet:
        return self.filter(status__in=LEASED, lease_until__lt=timezone.now())

    def unconfirmed_too_long(self, now: dt.datetime) -> LetterQuerySet:
        limit = now - dt.timedelta(days=settings.UNCONFIRMED_DAYS)
        return self.filter(status=Status.UNCONFIRMED, created_at__lt=limit)

    def waiting_too_long(self, now: dt.datetime) -> LetterQuerySet:
        """Letters not sent within LETTER_DAYS of their confirmation or an organiser's last decision.

        A paused campaign, LIVE_DELIVERY or a hold may have held them back.
        """
        touched = Coalesce(Max("events__at", filter=Q(events__actor__isnull=False)), "confirmed_at")
        waiting = self.filter(status__in=(Status.QUEUED, Status.HELD))
        return waiting.annotate(touched_at=Greatest(touched, "confirmed_at")).filter(
            touched_at__lt=now - dt.timedelta(days=settings.LETTER_DAYS)
        )

    def moved_before(self, limit: dt.datetime) -> LetterQuerySet:
        moved = Coalesce(Max("events__at", filter=Q(events__type__in=Status.values)), "created_at")
        return self.annotate(moved_at=moved).filter(moved_at__lt=limit)

    def withdrawn_before(self, now: dt.datetime) -> LetterQuerySet:
        limit = now - dt.timedelta(days=settings.UNCONFIRMED_DAYS)
        return self.filter(status=Status.WITHDRAWN, scrubbed_at=None).moved_before(limit)

    def due_for_text_erasure(self, now: dt.datetime) -> LetterQuerySet:
        limit = now - dt.timedelta(days=settings.LETTER_DAYS)
        kept = self.filter(text_erased_at=None)
        ended = kept.filter(status__in=(Status.FAILED, Status.BOUNCED, Status.UNKNOWN)).moved_before(limit)
        return kept.filter(Q(status=Status.SENT, sent_at__lt=limit) | Q(pk__in=ended.order_by().values("pk")))

    def due_for_identity_erasure(self, now: dt.datetime) -> LetterQuerySet:
        """Letters whose name and email are past IDENTITY_DAYS since confirmation.

        Subscribers to the newsletter are kept until IDENTITY_DAYS after the end of the campaign. Letters that have not
        been sent are ended first, by `waiting_too_long`.
        """
        limit = now - dt.timedelta(days=settings.IDENTITY_DAYS)
        over = Q(campaign__ends_on__lt=timezone.localdate(limit)) | Q(
            campaign__mode=Campaign.Mode.CLOSED, campaign__closed_at__lt=limit
        )
        subscribed = Q(news_consent__isnull=False, news_consent__withdrawn_at=None)
        ended = (Status.SENT, Status.BOUNCED, Status.FAILED, Status.UNKNOWN, Status.WITHDRAWN)
        kept = self.filter(scrubbed_at=None, status__in=ended, confirmed_at__lt=limit)
        return kept.filter(over | ~subscribed)

    def erasure_requested(self, _now: dt.datetime) -> LetterQuerySet:
        return self.filter(erase_requested_at__isnull=False).exclude(status=Status.SENDING)
