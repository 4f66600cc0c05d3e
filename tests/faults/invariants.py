"""What has to be true of every letter when all is quiet again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from tests.faults.sink import Copy

if TYPE_CHECKING:
    from letters.models import Letter


def find_violations(confirmed: Collection[UUID], copies: Iterable[Copy]) -> list[str]:
    """Return every promise that was broken, a line each."""
    from letters.models import Letter, Notice, Status

    letters = list(Letter.objects.prefetch_related("events", "notices"))
    copies = list(copies)
    by_id = Counter(copy.message_id for copy in copies if copy.reference)
    by_reference = Counter(copy.reference for copy in copies if copy.reference)
    notices = {copy.message_id for copy in copies if not copy.reference}
    wrong = [f"{count} copies of {name}" for name, count in (by_id + by_reference).items() if count > 1]
    wrong += [f"{name} is nobody's letter" for name in set(by_reference) - {letter.reference for letter in letters}]
    ends = {*Status} - {Status.UNCONFIRMED}
    for letter in letters:
        copies_of_it = by_reference[letter.reference]
        if letter.pk in confirmed and letter.status not in ends:
            wrong.append(f"{letter} was confirmed and is {letter.status}: lost")
        if by_id[letter.message_id or ""] != copies_of_it:
            wrong.append(f"{letter} went out under another Message-ID")
        if letter.status == Status.SENT and copies_of_it != 1:
            wrong.append(f"{letter} is SENT, with {copies_of_it} copies at the server")
        if copies_of_it and letter.status not in (Status.SENT, Status.UNKNOWN):
            wrong.append(f"{letter} is {letter.status}, and the server has it")
        wrong += [f"{letter}: {fault}" for fault in find_faults_in_events(letter)]
        owed = {notice.kind: notice for notice in letter.notices.all()}
        told = owed.get(Notice.Kind.SENT)
        if (letter.status == Status.SENT) != (told is not None):
            wrong.append(f"{letter} is {letter.status}, its notice of sending: {told}")
        for notice in owed.values():
            if notice.sent_at and not any(f"<{notice.kind}.{letter.id}@" in name for name in notices):
                wrong.append(f"{letter}: notice {notice.kind} counts as sent, and the server does not have it")
    wrong += [f"{pk} has gone from the database" for pk in set(confirmed) - {letter.pk for letter in letters}]
    return wrong


def find_faults_in_events(letter: Letter) -> list[str]:
    """Return where the letter's events are no walk through TRANSITIONS that ends at its status."""
    from letters.models import TRANSITIONS, EventCode, Status

    here: str = Status.UNCONFIRMED
    faults = []
    moves = sorted((event for event in letter.events.all() if event.type in Status.values), key=lambda event: event.pk)
    for event in moves:
        if event.type not in TRANSITIONS[here]:
            faults.append(f"its events go from {here} to {event.type}")
        here = event.type
    if here != letter.status:
        faults.append(f"its events end with {here}, its status is {letter.status}")
    claims_lost = sum(event.code == EventCode.PREPARING_LOST for event in moves)
    offers = sum(event.type == Status.SENDING for event in moves)
    # An offer to a server that is down for everybody costs no attempt: the letter goes back to the queue.
    put_back = sum(here.type == Status.SENDING and then.type == Status.QUEUED for here, then in pairwise(moves))
    if not offers + claims_lost - put_back <= letter.attempts <= offers + claims_lost:
        faults.append(f"{letter.attempts} attempts, {offers} offers and {claims_lost} lost claims")
    return faults


def count_ends() -> dict[str, int]:
    """Return how many letters are in each status, and how many are in doubt because their sender went away."""
    from letters.models import EventCode, Letter, LetterEvent, Status

    counts: dict[str, int] = dict(Counter(Letter.objects.order_by().values_list("status", flat=True)))
    lost = LetterEvent.objects.filter(code=EventCode.SENDING_LOST)
    counts["abandoned"] = lost.filter(letter__status=Status.UNKNOWN).count()
    counts["heard late"] = lost.filter(letter__status=Status.SENT).count()
    return counts
