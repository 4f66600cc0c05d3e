"""Applies bounces: only a permanent failure that provably belongs to a letter makes it BOUNCED."""

from __future__ import annotations

import enum
import logging

from django.db import transaction

from letters.bounces.parse import Kind, Report, read_report
from letters.mail.addresses import verify_envelope_sender
from letters.models import EventCode, EventType, Letter, Status
from letters.privacy.redaction import MAX_NOTE, redact_personal

logger = logging.getLogger(__name__)

# Each is written at most once per letter, however many reports arrive.
NOTES = {
    EventCode.RETURNED: "A failure report came, but the letter was not “sent”, so its status has not changed.",
    EventCode.DELAYED: "The recipient's mail server has not delivered it yet and is still trying.",
    EventCode.SOFT_BOUNCE: "The mail provider says that it could not deliver it, for a reason that may pass.",
    EventCode.COMPLAINT: "The mail provider says that the recipient complained that it was unwanted.",
    EventCode.UNCLEAR: "A mail server sent a report that a person needs to read. It is "
    "in the mailbox for returned mail.",
}


class Outcome(enum.Enum):
    """What came of a bounce."""

    BOUNCED = "bounced"  # its letter is now BOUNCED
    NOTED = "noted"  # its letter has a note
    DOUBTFUL = "doubtful"  # its letter has a note, and a person should read the mail
    KNOWN = "already known"  # nothing new: the same report again
    AUTO_REPLY = "automatic replies"
    OTHER = "other mail"  # about a letter, but not a report
    STRANGER = "not for a letter"  # no address with a genuine signature
    EARLY = "too early"  # its letter is being sent right now: try again


def take_bounce(raw: bytes, recipient: str | None = None) -> Outcome:
    """Apply a bounce and return what came of it. Idempotent.

    If the mail server gave the envelope's `recipient`, only that counts. Raises only database errors; then the mail is
    to be tried again later.
    """
    report = read_report(raw)
    reference = find_reference(report, recipient)
    if reference is None:
        return Outcome.STRANGER
    if report.kind is Kind.AUTO_REPLY:
        return Outcome.AUTO_REPLY
    if report.kind is Kind.OTHER:
        return Outcome.OTHER
    with transaction.atomic():
        letter = Letter.objects.select_for_update().filter(reference=reference).first()
        if letter is None:
            return Outcome.STRANGER
        outcome = apply_report(letter, report)
    logger.info("letter %s: report %s, %s", letter.reference, report.kind.value, outcome.value)
    return outcome


def find_reference(report: Report, recipient: str | None) -> str | None:
    """Return the one reference with a genuine signature; None if there are none, or several."""
    addresses = (recipient,) if recipient is not None else report.addresses
    genuine = {reference for address in addresses if (reference := verify_envelope_sender(address))}
    return genuine.pop() if len(genuine) == 1 else None


def apply_report(letter: Letter, report: Report) -> Outcome:
    """Bounce or annotate the letter, whose row is locked."""
    if report.kind is Kind.DELAYED:
        return note_once(letter, EventCode.DELAYED, report.words)
    if report.kind is Kind.DOUBTFUL:
        note_once(letter, EventCode.UNCLEAR)
        return Outcome.DOUBTFUL
    if letter.status == Status.BOUNCED:
        return Outcome.KNOWN
    if letter.status == Status.SENDING:
        # A fast server reports before its own "250" is recorded, which takes a lease at most.
        return Outcome.EARLY
    if letter.status != Status.SENT:
        # For UNKNOWN the report shows that a server had the letter. A person decides what follows.
        return note_once(letter, EventCode.RETURNED, report.words)
    words = redact_personal(report.words, letter) or "The mail server gave no reason."
    return Outcome.BOUNCED if letter.transition_to(Status.BOUNCED, note=words) else Outcome.EARLY


def note_once(letter: Letter, code: EventCode, words: str = "") -> Outcome:
    if letter.events.filter(code=code).exists():
        return Outcome.KNOWN
    note = f"{NOTES[code]} {redact_personal(words, letter)}".strip()[:MAX_NOTE]
    letter.log_event(EventType.NOTE, code=code, note=note)
    return Outcome.NOTED
