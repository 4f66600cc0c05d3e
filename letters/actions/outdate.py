"""A correction of fact: letters with the old words are not sent before their supporters have chosen about them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from campaign.content.models import TextVersion
from letters.models import CarriedText, EventCode, EventType, Letter, LetterEvent, LetterQuerySet, Notice, Status

# Whose supporters can still choose. What is being sent this moment is marked if it comes back into the queue.
CHOOSING = (Status.UNCONFIRMED, Status.QUEUED, Status.HELD, Status.FAILED, Status.UNKNOWN)
TOLD = (Status.UNCONFIRMED, Status.QUEUED, Status.HELD)  # by mail: these go nowhere until then
NOTE = "Taken back from its sender: it carries words that were corrected."
BATCH = 500
WENT = (Status.SENT, Status.BOUNCED, Status.UNKNOWN)  # erased since or not: their MPs may have the old words
# Where letters with certain words are, as it is said of a number of them. Rehearsed ones are with no MP.
WHERE = {
    (Status.SENT, False): gettext_lazy("with MPs"),
    (Status.SENT, True): gettext_lazy("sent in rehearsal"),
    Status.SENDING: gettext_lazy("being sent at this moment"),
    Status.UNKNOWN: gettext_lazy("in doubt"),
    Status.BOUNCED: gettext_lazy("bounced"),
    Status.UNCONFIRMED: gettext_lazy("unconfirmed"),
    Status.QUEUED: gettext_lazy("queued"),
    Status.HELD: gettext_lazy("held"),
    Status.FAILED: gettext_lazy("failed"),
}


def outdate_letters(wrong: Sequence[TextVersion], right: Sequence[TextVersion]) -> None:
    """Mark the letters that carry versions now known to be wrong, and unmark those that carry none any more.

    It belongs into the transaction of the correction. A sender that has one in hand finds its claim gone.
    """
    now = timezone.now()
    here = list_carrying(wrong).filter(text_erased_at=None)
    for letter in here.filter(status=Status.CLAIMED).defer_encrypted():
        letter.transition_to(Status.QUEUED, note=NOTE, code=EventCode.OUTDATED, next_attempt_at=now)
    unmarked = here.filter(status__in=CHOOSING, outdated_at=None).order_by()
    for keys in _take_batches(unmarked.values_list("pk", flat=True)):
        marked = Letter.objects.filter(pk__in=keys, status__in=CHOOSING)
        marked.update(outdated_at=now)
        events = [LetterEvent(letter_id=pk, type=EventType.OUTDATED) for pk in keys]
        LetterEvent.objects.bulk_create(events)
    still = CarriedText.objects.corrected().filter(letter=OuterRef("pk"))
    freed = list_carrying(right).filter(~Exists(still), outdated_at__isnull=False).order_by()
    for keys in _take_batches(freed.values_list("pk", flat=True)):
        Letter.objects.filter(pk__in=keys).update(outdated_at=None)


def list_carrying(versions: Iterable[TextVersion]) -> LetterQuerySet:
    carried = CarriedText.objects.filter(version__in=[version.pk for version in versions])
    return Letter.objects.filter(pk__in=carried.values("letter"))


def list_concerned(versions: Iterable[TextVersion]) -> LetterQuerySet:
    """Return the letters that carry one of these versions and may be read by somebody, or have been."""
    kept = Q(status__in=WENT) | Q(text_erased_at=None)
    return list_carrying(versions).filter(kept).exclude(status=Status.WITHDRAWN)


def say_carriers(versions: Iterable[TextVersion]) -> str:
    """Say how many letters carry one of these versions, and where they are; empty if none does."""
    counts: Counter[object] = Counter()
    rows = list_concerned(versions).order_by().values_list("status", "rehearsal").annotate(Count("pk"))
    for status, rehearsal, count in rows:
        place = Status.QUEUED if status == Status.CLAIMED else Status(status)
        counts[(place, rehearsal) if place == Status.SENT else place] += count
    if not counts:
        return ""
    where = ", ".join(f"{counts[place]:,} {words}" for place, words in WHERE.items() if counts[place])
    total = counts.total()
    said = ngettext("%s letter carries the old words: %s.", "%s letters carry the old words: %s.", total)
    return said % (f"{total:,}", where)


def _take_batches(keys: Iterable[uuid.UUID]) -> list[list[uuid.UUID]]:
    found = list(keys)
    return [found[start : start + BATCH] for start in range(0, len(found), BATCH)]


def owe_corrections() -> int:
    """Have the supporters told whose letters wait for their choice, each once; return how many there are."""
    told = Notice.objects.filter(letter=OuterRef("pk"), kind=Notice.Kind.OUTDATED)
    waiting = Letter.objects.filter(~Exists(told), outdated_at__isnull=False, status__in=TOLD, erase_requested_at=None)
    keys = list(waiting.order_by().values_list("pk", flat=True)[:BATCH])
    with transaction.atomic():
        Notice.objects.bulk_create(
            (Notice(letter_id=pk, kind=Notice.Kind.OUTDATED) for pk in keys), ignore_conflicts=True
        )
    return len(keys)
