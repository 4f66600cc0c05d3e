"""The roll-up: counts of letters by constituency, status, day and argument.

Each letter's row has the status under which it was counted (`tallied_status`) beside its `status`. So no change can be
missed, whoever makes it and however: a letter where the two differ is still to be counted, and a partial index finds
it. Counting removes it from its old counts, adds it to the new ones and records that, in one transaction. Sending does
not wait for this, and workers do not queue for a count's row lock.

Unconfirmed letters are in no count, since they may be deleted at any time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.utils import timezone

from letters.models import Heartbeat, Letter, LetterParagraph, LetterQuerySet, Status, Tally

BATCH = 500  # letters per transaction
COUNTER = "tally"  # the heartbeat of counting; its row lock lets only one count at a time
NOT_WRITTEN = (Status.UNCONFIRMED, Status.WITHDRAWN)  # not written yet, or no longer
HAS_LEFT = (Status.SENT, Status.BOUNCED)

Kind = Tally.Kind

# Django's bulk_create can replace an existing count, but not add to it.
ADD = """
    INSERT INTO letters_tally (campaign_id, rehearsal, kind, key, other, status, count)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (campaign_id, rehearsal, kind, key, other, status)
    DO UPDATE SET count = letters_tally.count + excluded.count
"""


class TallyKey(NamedTuple):
    """The columns of Tally without the count."""

    campaign_id: int
    rehearsal: bool
    kind: str
    key: str
    other: str = ""
    status: str = ""


def roll_up(limit: int = BATCH) -> int:
    """Count up to `limit` letters that have changed since they were last counted; return how many.

    Letters that are just being changed are left for the next time.
    """
    # With this order the partial index is used; otherwise a planner may read all letters to find none.
    uncounted = Letter.objects.defer_encrypted().uncounted().order_by("campaign_id")
    if not uncounted.values_list("pk")[:1]:
        return 0
    with transaction.atomic():
        Heartbeat.beat(COUNTER)
        letters = list(uncounted.select_for_update(skip_locked=True, of=("self",))[:limit])
        # The arguments' counts change only if the letter becomes written, or no longer is.
        turned = [one.pk for one in letters if _is_written(one.status) != _is_written(one.tallied_status)]
        arguments = _read_arguments(turned)
        changes: Counter[TallyKey] = Counter()
        for letter in letters:
            changes.subtract(_list_numbers(letter, letter.tallied_status, arguments[letter.pk]))
            changes.update(_list_numbers(letter, letter.status, arguments[letter.pk]))
        add_to_tallies(changes)
        Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(tallied_status=F("status"))
    return len(letters)


def roll_up_all(until: dt.datetime | None = None) -> int:
    """Count every changed letter, but not after `until`; return how many changes were counted."""
    counted = 0
    while (until is None or timezone.now() < until) and (folded := roll_up()):
        counted += folded
    return counted


def _is_written(status: str) -> bool:
    return status not in NOT_WRITTEN


def _read_arguments(letters: list[uuid.UUID]) -> defaultdict[uuid.UUID, set[str]]:
    arguments: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    rows = LetterParagraph.objects.filter(letter__in=letters).exclude(argument_key="").order_by()
    for letter, key in rows.values_list("letter_id", "argument_key"):
        arguments[letter].add(key)
    return arguments


def _list_numbers(letter: Letter, status: str, arguments: Iterable[str]) -> Iterator[TallyKey]:
    if status == Status.UNCONFIRMED:
        return
    mine = letter.campaign_id, letter.rehearsal
    yield TallyKey(*mine, Kind.CONSTITUENCY, letter.constituency_gss, letter.member_party, status)
    if letter.confirmed_at:
        yield TallyKey(*mine, Kind.CONFIRMED, timezone.localdate(letter.confirmed_at).isoformat())
    if status in HAS_LEFT and letter.sent_at:
        yield TallyKey(*mine, Kind.SENT, timezone.localdate(letter.sent_at).isoformat())
    if _is_written(status):
        keys = sorted(arguments)
        yield from (TallyKey(*mine, Kind.ARGUMENT, key) for key in keys)
        yield from (TallyKey(*mine, Kind.PAIR, *pair) for pair in combinations(keys, 2))


def add_to_tallies(changes: Counter[TallyKey]) -> None:
    rows = [(*number, change) for number, change in sorted(changes.items()) if change]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(ADD, rows)


def recount() -> Counter[TallyKey]:
    counted = Letter.objects.exclude(tallied_status=Status.UNCONFIRMED).order_by()
    paragraphs = LetterParagraph.objects.filter(letter__in=counted.exclude(tallied_status=Status.WITHDRAWN)).order_by()
    paragraphs = paragraphs.exclude(argument_key="").annotate(
        campaign_id=F("letter__campaign_id"), rehearsal=F("letter__rehearsal")
    )
    pairs = paragraphs.filter(letter__paragraphs__argument_key__gt=F("argument_key"))
    numbers: Counter[TallyKey] = Counter()

    def put(kind: Kind, rows: Iterable[tuple[int, bool, object, str, str, int]]) -> None:
        for campaign, rehearsal, key, other, status, count in rows:
            numbers[TallyKey(campaign, rehearsal, kind, str(key), other, status)] += count

    def count_days(letters: LetterQuerySet, moment: str) -> Iterator[tuple[int, bool, object, str, str, int]]:
        days = letters.filter(**{f"{moment}__isnull": False}).annotate(day=TruncDate(moment))
        for *mine, count in days.values_list("campaign_id", "rehearsal", "day").annotate(count=Count("pk")):
            yield (*mine, "", "", count)

    constituencies = counted.values_list(
        "campaign_id", "rehearsal", "constituency_gss", "member_party", "tallied_status"
    )
    put(Kind.CONSTITUENCY, constituencies.annotate(count=Count("pk")))
    put(Kind.CONFIRMED, count_days(counted, "confirmed_at"))
    put(Kind.SENT, count_days(counted.filter(tallied_status__in=HAS_LEFT), "sent_at"))
    alone = paragraphs.values_list("campaign_id", "rehearsal", "argument_key")
    put(Kind.ARGUMENT, ((*row[:3], "", "", row[3]) for row in alone.annotate(count=Count("letter", distinct=True))))
    both = pairs.values_list("campaign_id", "rehearsal", "argument_key", "letter__paragraphs__argument_key")
    put(Kind.PAIR, ((*row[:4], "", row[4]) for row in both.annotate(count=Count("letter", distinct=True))))
    return numbers


def check_tallies(*, mend: bool) -> Counter[TallyKey]:
    """Return by how much the stored counts are wrong (what to add to each), and correct them if asked.

    No other counting happens meanwhile: letters that change are counted afterwards.
    """
    with transaction.atomic():
        Heartbeat.beat(COUNTER)
        wrong = recount()
        for tally in Tally.objects.exclude(count=0):
            number = TallyKey(*(getattr(tally, column) for column in TallyKey._fields))
            wrong[number] -= tally.count
        wrong = Counter({number: change for number, change in wrong.items() if change})
        if mend:
            add_to_tallies(wrong)
    return wrong
