"""A supporter corrects what is held about them: an unsent letter goes out corrected, a sent one stays as it was."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaign.core.encrypted import encrypt_for
from letters.models import WITHDRAWABLE, EventCode, EventType, Finding, Letter, Part, Status
from letters.moderation.rules import find_reasons, tell_reasons
from letters.privacy.redaction import redact_notes

# What can be corrected, and how the organisers' timeline calls it. The email is not among them: it was confirmed.
PARTS = {
    "sender_name": "name",
    "sender_address": "address",
    "sender_postcode": "postcode",
    "sender_phone": "phone",
    "on_behalf_of": "on behalf of",
}
WENT = (Status.SENT, Status.BOUNCED, Status.UNKNOWN)  # a mail with the old details may be there


class CorrectionResult(StrEnum):
    """The result of a correction."""

    UNCHANGED = "unchanged"
    GOES = "goes"  # the letter goes out with it
    KEPT = "kept"  # it is not about to be sent; the copy here is corrected
    WENT = "went"  # the copy here is corrected, what was sent stays as it was
    BUSY = "busy"  # it is being sent right now: nothing was changed
    GONE = "gone"  # there is nothing left to correct


def correct_letter(pk: uuid.UUID, given: Mapping[str, str]) -> CorrectionResult:
    """Set the given PARTS; return the result.

    The row is locked, so that a worker takes it before or after. If one has taken it already, its mail has the old
    details: the letter is taken back and goes into the queue again.
    """
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=pk)
        if letter.scrubbed_at or letter.erase_requested_at:
            return CorrectionResult.GONE
        held = PARTS if not letter.text_erased_at else ["sender_name"]
        changes: dict[str, Any] = {
            part: given[part] for part in held if part in given and given[part] != getattr(letter, part)
        }
        if not changes:
            return CorrectionResult.UNCHANGED
        if letter.status == Status.SENDING:
            return CorrectionResult.BUSY
        before = copy.copy(letter)
        stored = encrypt_for(letter, changes)
        if letter.status == Status.CLAIMED:
            # Every move of a sender is conditional on its lease, which ends here.
            note = "Back in the queue: the supporter has corrected it."
            letter.transition_to(Status.QUEUED, code=EventCode.CORRECTED, note=note, next_attempt_at=timezone.now())
        Letter.objects.filter(pk=pk).update(**stored)
        redact_notes(before)  # while the old details are known
        for part, value in changes.items():
            setattr(letter, part, value)
        hold_again(letter)
        letter.log_event(EventType.CORRECTED, note=", ".join(PARTS[part] for part in changes))
    if before.status in WENT:
        return CorrectionResult.WENT
    return CorrectionResult.GOES if before.status in WITHDRAWABLE else CorrectionResult.KEPT


def hold_again(letter: Letter) -> None:
    if letter.status not in (Status.QUEUED, Status.HELD):
        return
    Finding.objects.filter(
        letter=letter, part__in=(Part.NAME, Part.BEHALF, Part.ADDRESS)
    ).delete()  # they say where in the old ones
    if findings := find_reasons(letter, only_sender=True):
        if letter.status == Status.QUEUED:
            letter.transition_to(Status.HELD, note=tell_reasons(findings))
        Finding.objects.bulk_create(findings)
