"""Holds letters queued for an MP who no longer sits, or whose address has changed."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from campaign.parliament.models import Constituency
from letters.models import EventCode, Letter, Notice, Status

MAX_NAMED = 100  # letters in one sentence; a dissolution empties all constituencies
WAITING = (Status.QUEUED, Status.CLAIMED)
NOTE = "Since the letter was confirmed, its constituency has lost its MP, or the MP or their address has changed."


def hold_departed() -> list[str]:
    """Hold the queued letters to such MPs, and owe the supporters a mail; return which they are, in sentences.

    Call it within the transaction that has changed the members. Rehearsed letters are left alone.
    """
    waiting = Letter.objects.defer_encrypted().filter(status__in=WAITING, rehearsal=False).select_related("campaign")
    constituencies = Constituency.objects.with_members().in_bulk(
        list(waiting.order_by().values_list("constituency_gss", flat=True).distinct())
    )
    held: dict[str, list[str]] = defaultdict(list)
    for letter in waiting.iterator(chunk_size=500):
        constituency = constituencies.get(letter.constituency_gss)
        member = constituency.member if constituency else None
        if (member is None or member.email != letter.member_email) and hold_letter(letter):
            held[f"{letter.member_name}, {letter.constituency_name}"].append(letter.reference)
    return [name_letters(to, references) for to, references in held.items()]


def hold_letter(letter: Letter) -> bool:
    """Hold one; a worker that has it finds its lease gone. False if its status has changed meanwhile."""
    with transaction.atomic():
        if letter.status == Status.CLAIMED:
            letter.transition_to(Status.QUEUED, note=NOTE, next_attempt_at=timezone.now())
        if letter.status != Status.QUEUED:
            return False
        return letter.transition_to(
            Status.HELD, note=NOTE, code=EventCode.MEMBER_CHANGED, told_as=Notice.Kind.HELD, next_attempt_at=None
        )


def name_letters(to: str, references: list[str]) -> str:
    many = "1 letter" if len(references) == 1 else f"{len(references)} letters"
    more = f" and {len(references) - MAX_NAMED} more" if len(references) > MAX_NAMED else ""
    return f"Held, and the supporters told: {many} to {to}: {', '.join(references[:MAX_NAMED])}{more}."
