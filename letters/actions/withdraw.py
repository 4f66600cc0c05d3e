"""Withdraws a letter that has not been sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from letters.models import WITHDRAWABLE, Fingerprint, Letter, Status, Tombstone
from letters.privacy.tombstones import set_tombstone

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def withdraw_letter(letter: Letter, *, note: str = "", actor: User | None = None) -> bool:
    """Withdraw the letter if that is still possible; return whether it was."""
    if letter.status not in WITHDRAWABLE:
        return False
    with transaction.atomic():
        withdrawn = letter.transition_to(Status.WITHDRAWN, note=note, actor=actor, next_attempt_at=None)
        if withdrawn:  # no MP gets it, so other letters are not compared with it
            set_tombstone(letter.pk, Tombstone.Kind.WITHDRAWN)
            Fingerprint.objects.filter(letter=letter).delete()
    return withdrawn
