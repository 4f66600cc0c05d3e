"""What only a person decides about a letter: each with a reason, each an event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.models import Letter, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Decision:
    """A move that an organiser may ask for."""

    name: str
    label: StrOrPromise
    done: str  # how the event and the message say it
    origin: Status
    to: Status
    warning: StrOrPromise = ""


DECISIONS = [
    Decision("hold", _("Hold: stop queued letters"), "Held", Status.QUEUED, Status.HELD),
    Decision("release", _("Release: send held letters"), "Released", Status.HELD, Status.QUEUED),
    Decision("retry_failed", _("Retry failed letters"), "Put back into the queue", Status.FAILED, Status.QUEUED),
    Decision(
        "resend_unknown",
        _("Unknown: send again"),
        "Sent again",
        Status.UNKNOWN,
        Status.QUEUED,
        _("The mail server may have these letters already: the MP may get them twice."),
    ),
    Decision("mark_delivered", _("Unknown: mark as delivered"), "Marked as delivered", Status.UNKNOWN, Status.SENT),
    Decision(
        "give_up",
        _("Unknown: give up"),
        "Given up",
        Status.UNKNOWN,
        Status.FAILED,
        _("The supporters are told that their letters did not arrive, and asked to print and post them."),
    ),
]


def decide(decision: Decision, letters: Iterable[Letter], *, reason: str, actor: User) -> int:
    """Move those of the letters that are where the decision expects them; return how many.

    An erased letter has no text left: it never goes back into the queue. `reason` must hold no personal data.
    """
    now = timezone.now()
    changes: dict[str, Any] = {"next_attempt_at": None}
    if decision.to == Status.QUEUED:
        changes = {"next_attempt_at": now, "attempts": 0}
    elif decision.to == Status.HELD:
        changes = {}
    elif decision.to == Status.SENT:
        changes["sent_at"] = now
    note = f"{decision.done}: {reason}"[:500]
    moved = 0
    for letter in letters:
        if letter.status == decision.origin and not (decision.to == Status.QUEUED and letter.text_erased_at):
            moved += letter.move_to(decision.to, note=note, actor=actor, **changes)
    return moved
