"""Decisions that only a person takes about letters, each with a reason and an event."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.models import Finding, Fingerprint, Letter, Notice, Refusal, Rule, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Decision:
    """A transition that an organiser may ask for."""

    name: str
    label: StrOrPromise
    done: str  # for the event and the message
    origin: Status
    to: Status
    warning: StrOrPromise = ""
    one_label: StrOrPromise = ""  # on the page of one letter


REFUSE = Decision(
    "refuse",
    _("Refuse: do not send held letters"),
    "Refused",
    Status.HELD,
    Status.FAILED,
    _(
        "This cannot be undone: these letters will never be sent. We will email each supporter your reason, "
        "word for word."
    ),
)
DECISIONS = [
    Decision(
        "hold",
        _("Hold: stop queued letters"),
        "Held",
        Status.QUEUED,
        Status.HELD,
        one_label=_("Hold: do not send it yet"),
    ),
    Decision(
        "release",
        _("Release: send held letters"),
        "Released",
        Status.HELD,
        Status.QUEUED,
        one_label=_("Release: send it"),
    ),
    Decision(
        "retry_failed",
        _("Retry failed letters"),
        "Put back into the queue",
        Status.FAILED,
        Status.QUEUED,
        one_label=_("Retry: try to send it again"),
    ),
    Decision(
        "resend_unknown",
        _("Unknown: send again"),
        "Sent again",
        Status.UNKNOWN,
        Status.QUEUED,
        _("The mail server may already have these letters, so the MP may get them twice."),
        _("It did not arrive: send it again"),
    ),
    Decision(
        "mark_delivered",
        _("Unknown: mark as delivered"),
        "Marked as delivered",
        Status.UNKNOWN,
        Status.SENT,
        one_label=_("It arrived: mark it as delivered"),
    ),
    Decision(
        "give_up",
        _("Unknown: give up"),
        "Given up",
        Status.UNKNOWN,
        Status.FAILED,
        _("Supporters will be told that their letters did not arrive, and asked to print and post them."),
        _("Give up: ask its supporter to post it"),
    ),
]


def list_decided() -> dict[str, QuerySet[Letter]]:
    letters = Letter.objects.order_by()
    return {"refused": letters.filter(refusal__isnull=False), "given_up": letters.filter(given_up_at__isnull=False)}


def needs_a_person() -> Q:
    open_failure = Q(status=Status.FAILED, refusal=None, given_up_at=None)
    return Q(status__in=(Status.UNKNOWN, Status.HELD)) | open_failure


class KeptBack(TextChoices):
    """Why a decision about many letters does not put one back into the queue."""

    REFUSED = "refused"
    RULE = "rule"  # it takes a moderator
    THREAT = "threat"  # it takes a moderator who has read it (`release_read`)


def sort_kept_back(letters: Iterable[Letter], *, may_moderate: bool) -> dict[KeptBack, set[uuid.UUID]]:
    """Return which of them a decision about many must not put back into the queue, by the first reason."""
    chosen = [letter.pk for letter in letters]
    refused = set(Refusal.objects.filter(letter__in=chosen).values_list("letter_id", flat=True))
    found: dict[KeptBack, set[uuid.UUID]] = {KeptBack.REFUSED: refused, KeptBack.RULE: set(), KeptBack.THREAT: set()}
    for pk, rule in (
        Finding.objects.filter(letter__in=chosen).exclude(letter__in=refused).values_list("letter_id", "rule")
    ):
        if rule == Rule.THREAT:
            found[KeptBack.THREAT].add(pk)
        elif not may_moderate:
            found[KeptBack.RULE].add(pk)
    found[KeptBack.RULE] -= found[KeptBack.THREAT]
    return found


def list_kept_back(letters: Iterable[Letter], *, may_moderate: bool) -> set[uuid.UUID]:
    return set[uuid.UUID]().union(*sort_kept_back(letters, may_moderate=may_moderate).values())


def decide(
    decision: Decision, letters: Sequence[Letter], *, reason: str, actor: User, may_moderate: bool = False
) -> int:
    """Apply the decision to those letters whose status it is for; return how many.

    An erased letter has no text and never goes back into the queue. `reason` must hold no personal data.
    """
    kept_back = list_kept_back(letters, may_moderate=may_moderate) if decision.to == Status.QUEUED else set()
    return sum(_move(decision, one, reason, actor) for one in letters if one.pk not in kept_back)


def release_read(letter: Letter, *, reason: str, actor: User) -> bool:
    """Release a held letter that a moderator has read, whatever rules found; False if its status has changed."""
    return _move(next(one for one in DECISIONS if one.name == "release"), letter, reason, actor)


def refuse(letter: Letter, *, reason: str, actor: User) -> bool:
    """Refuse a held letter for good and mail the supporter the reason; False if its status has changed.

    Other letters are no longer compared with it, as no MP gets it.
    """
    if letter.status != REFUSE.origin:
        return False
    with transaction.atomic():
        note = f"{REFUSE.done}: {reason}"[:500]
        told_as = Notice.Kind.REFUSED
        refused = letter.transition_to(REFUSE.to, note=note, actor=actor, told_as=told_as, next_attempt_at=None)
        if refused:
            Refusal.objects.create(letter=letter, reason=reason)
            Fingerprint.objects.filter(letter=letter).delete()
    return refused


def _move(decision: Decision, letter: Letter, reason: str, actor: User) -> bool:
    now = timezone.now()
    changes: dict[str, Any] = {"next_attempt_at": None}
    if decision.to == Status.QUEUED:
        changes = {"next_attempt_at": now, "attempts": 0, "given_up_at": None}
    elif decision.to == Status.HELD:
        changes = {}
    elif decision.to == Status.SENT:
        changes["sent_at"] = now
    elif decision.to == Status.FAILED:
        changes["given_up_at"] = now
    if letter.status != decision.origin or (decision.to == Status.QUEUED and letter.text_erased_at):
        return False
    return letter.transition_to(decision.to, note=f"{decision.done}: {reason}"[:500], actor=actor, **changes)
