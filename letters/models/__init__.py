"""The rows, one file a concern. What the rest of the code may import is named here."""

from __future__ import annotations

from letters.models.letter import (
    ENCRYPTED,
    LEASED,
    MOVES,
    REFERENCE_ALPHABET,
    WITHDRAWABLE,
    Consent,
    EventCode,
    Fingerprint,
    Happening,
    Letter,
    LetterEvent,
    LetterParagraph,
    LetterQuerySet,
    Move,
    Status,
    campaigns_that_send,
    kinds_that_go,
    make_moves,
    make_reference,
)
from letters.models.moderation import Finding, HoldRules, Part, Refusal, Rule
from letters.models.notice import Notice, owe_confirmation
from letters.models.operations import CLOCK, PACED, SWEEP, Alert, Breaker, Heartbeat, check_clock, measure_clock
from letters.models.privacy import LinkRequest, NewsConsent, Tombstone
from letters.models.statistics import DownloadCount, StepCount, Tally

__all__ = [
    "CLOCK",
    "ENCRYPTED",
    "LEASED",
    "MOVES",
    "PACED",
    "REFERENCE_ALPHABET",
    "SWEEP",
    "WITHDRAWABLE",
    "Alert",
    "Breaker",
    "Consent",
    "DownloadCount",
    "EventCode",
    "Finding",
    "Fingerprint",
    "Happening",
    "Heartbeat",
    "HoldRules",
    "Letter",
    "LetterEvent",
    "LetterParagraph",
    "LetterQuerySet",
    "LinkRequest",
    "Move",
    "NewsConsent",
    "Notice",
    "Part",
    "Refusal",
    "Rule",
    "Status",
    "StepCount",
    "Tally",
    "Tombstone",
    "campaigns_that_send",
    "check_clock",
    "kinds_that_go",
    "make_moves",
    "make_reference",
    "measure_clock",
    "owe_confirmation",
]
