"""Tell the supporters whose letters were sent with words that were wrong: one mail each, as one deliberate act."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from campaign.content.models import TextVersion
from letters.actions.outdate import BATCH, WENT, list_carrying
from letters.models import LetterQuerySet, Notice


def list_untold(versions: Sequence[TextVersion]) -> LetterQuerySet:
    """Return the letters that have gone with one of these versions, and whose supporters have had no mail about it."""
    since = max((one.corrected_at for one in versions if one.corrected_at), default=timezone.now())
    told = Notice.objects.filter(Q(sent_at=None) | Q(sent_at__gte=since), letter=OuterRef("pk"))
    told = told.filter(kind=Notice.Kind.CORRECTED)
    gone = list_carrying(versions).filter(status__in=WENT, scrubbed_at=None, erase_requested_at=None)
    return gone.filter(~Exists(told))


def tell_supporters(versions: Sequence[TextVersion]) -> int:
    """Owe each of them one mail, a batch in each transaction; return how many. Done again, it does nothing."""
    count = 0
    while keys := list(list_untold(versions).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        count += owe_mails(keys)
    return count


@transaction.atomic
def owe_mails(keys: list[uuid.UUID]) -> int:
    now = timezone.now()
    of = Notice.objects.filter(letter__in=keys, kind=Notice.Kind.CORRECTED)
    of.filter(sent_at__isnull=False).update(due_at=now, sent_at=None, attempts=0)  # told of an earlier correction
    notices = [Notice(letter_id=pk, kind=Notice.Kind.CORRECTED) for pk in keys]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(keys)
