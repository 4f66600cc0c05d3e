"""The models, one file a concern. Other packages import only the names listed here."""

from __future__ import annotations

from letters.models.carried import CarriedText
from letters.models.digest import DigestReader
from letters.models.event import LetterEvent
from letters.models.fingerprint import Fingerprint
from letters.models.letter import (
    REFERENCE_ALPHABET,
    Letter,
    ReplyBy,
    SourceStyle,
    Transition,
    apply_transitions,
    make_reference,
)
from letters.models.moderation import Finding, HoldRules, Part, Refusal, Rule
from letters.models.notice import CONFIRMING, Notice, queue_confirmation
from letters.models.operations import (
    CLOCK,
    CLOCK_TOLERANCE,
    JUMP,
    PACED,
    SWEEP,
    TASKS,
    Alert,
    Breaker,
    Heartbeat,
    check_clock,
    has_jumped,
    measure_clock,
    reset_clock,
)
from letters.models.paragraph import LetterParagraph
from letters.models.privacy import Consent, LinkRequest, NewsConsent, Tombstone
from letters.models.queries import ENCRYPTED, LetterQuerySet, list_sending_campaigns, list_sending_kinds
from letters.models.statistics import DownloadCount, StepCount, Tally
from letters.models.status import LEASED, TRANSITIONS, WITHDRAWABLE, EventCode, EventType, Status

__all__ = [
    "CLOCK",
    "CLOCK_TOLERANCE",
    "CONFIRMING",
    "ENCRYPTED",
    "JUMP",
    "LEASED",
    "PACED",
    "REFERENCE_ALPHABET",
    "SWEEP",
    "TASKS",
    "TRANSITIONS",
    "WITHDRAWABLE",
    "Alert",
    "Breaker",
    "CarriedText",
    "Consent",
    "DigestReader",
    "DownloadCount",
    "EventCode",
    "EventType",
    "Finding",
    "Fingerprint",
    "Heartbeat",
    "HoldRules",
    "Letter",
    "LetterEvent",
    "LetterParagraph",
    "LetterQuerySet",
    "LinkRequest",
    "NewsConsent",
    "Notice",
    "Part",
    "Refusal",
    "ReplyBy",
    "Rule",
    "SourceStyle",
    "Status",
    "StepCount",
    "Tally",
    "Tombstone",
    "Transition",
    "apply_transitions",
    "check_clock",
    "has_jumped",
    "list_sending_campaigns",
    "list_sending_kinds",
    "make_reference",
    "measure_clock",
    "queue_confirmation",
    "reset_clock",
]
