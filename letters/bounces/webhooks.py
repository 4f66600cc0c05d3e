"""Receives bounces from a mail provider through django-anymail's webhooks.

For providers that do not forward bounces. Their requests carry a secret (docs/operators.md). Only the signed bounce
address or the Message-ID tells which letter an event is about, never a name or a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import URLPattern

from letters.bounces.apply import Outcome, apply_report, note_once
from letters.bounces.parse import ADDRESS, Kind, Report
from letters.bounces.prose import tidy_words
from letters.mail.addresses import split_from, verify_envelope_sender
from letters.models import EventCode, Letter

REFUSED = ("bounced", "rejected", "failed")  # anymail.signals.EventType
# Providers' words for a temporary failure: Postmark's Type, SES's bounceType (where an out-of-office reply is a
# "Transient" bounce), Mailgun's severity, SendGrid's type.
SORT = ("type", "bouncetype", "severity", "category", "bounce_classification")
PASSING = re.compile(r"soft|transient|temporary|undetermined|blocked|auto|unknown", re.IGNORECASE)
LASTING = re.compile(r"hard|permanent", re.IGNORECASE)
CODE = re.compile(r"(?<![\d.])(?P<class>[45])(?:\d\d|\.\d{1,3}\.\d{1,3})(?![\d.])")
MESSAGE_ID = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^\s<>@]{1,255}?)>?")
MAX_LENGTH = 500  # characters that an address or a Message-ID may have; longer values are not searched
DEEPEST = 5


class TooEarlyError(Exception):
    """The letter is being sent right now: the provider gets a 500, and tries again."""


def list_paths() -> list[URLPattern]:
    """Return anymail's URL patterns for the provider; none without a provider and a secret."""
    if not (settings.ANYMAIL_PROVIDER and settings.ANYMAIL["WEBHOOK_SECRET"]):
        return []
    from anymail.urls import urlpatterns

    wanted = f"{settings.ANYMAIL_PROVIDER}_tracking_webhook"
    return [refuse_unreadable(pattern) for pattern in urlpatterns if pattern.name == wanted]


@contextmanager
def refuse_bad_event() -> Iterator[None]:
    from anymail.exceptions import AnymailWebhookValidationFailure

    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise AnymailWebhookValidationFailure(f"an event that cannot be read ({type(error).__name__})") from error


def refuse_unreadable(pattern: URLPattern) -> URLPattern:
    base: Any = pattern.callback.view_class  # type: ignore[attr-defined]

    class ReadableOnly(base):  # type: ignore[misc]
        def run_validators(self, request: HttpRequest) -> None:
            with refuse_bad_event():
                super().run_validators(request)

        def parse_events(self, request: HttpRequest) -> Any:
            with refuse_bad_event():
                return super().parse_events(request)

    view = ReadableOnly.as_view(**pattern.callback.view_initkwargs)  # type: ignore[attr-defined]
    return URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)


def start_listening() -> None:
    from anymail.signals import tracking

    tracking.connect(take_event, dispatch_uid="letters.webhooks")


def take_event(event: Any, **_signal: Any) -> Outcome:
    """Apply an anymail event and return what came of it. Idempotent.

    Raises TooEarlyError and database errors.
    """
    reference = find_letter(event)
    if reference is None:
        return Outcome.STRANGER
    with transaction.atomic():
        letter = Letter.objects.select_for_update(of=("self",)).select_related("campaign").get(reference=reference)
        if event.recipient and event.recipient.lower() != letter.recipient.lower():
            return Outcome.STRANGER  # about another mail, such as the supporter's copy
        outcome = apply_event(letter, event)
    if outcome is Outcome.EARLY:
        raise TooEarlyError
    return outcome


def apply_event(letter: Letter, event: Any) -> Outcome:
    """Bounce or annotate the letter, whose row is locked."""
    words = tidy_words(" ".join(str(part) for part in (event.mta_response, event.description) if part))
    if event.event_type == "complained":
        return note_once(letter, EventCode.COMPLAINT)
    if event.event_type == "deferred":
        return apply_report(letter, Report(Kind.DELAYED, words))
    if event.event_type not in REFUSED:
        return Outcome.AUTO_REPLY if event.event_type == "autoresponded" else Outcome.OTHER
    if is_final(event, words):
        return apply_report(letter, Report(Kind.FAILED, words))
    return note_once(letter, EventCode.SOFT_BOUNCE, words)


def is_final(event: Any, words: str) -> bool:
    sorts = " ".join(value for key, value in _walk(event.esp_event) if key.lower() in SORT)
    classes = {found["class"] for found in CODE.finditer(words)}
    if PASSING.search(sorts) or "4" in classes:
        return False
    return "5" in classes or bool(LASTING.search(sorts)) or event.reject_reason == "invalid"


def find_letter(event: Any) -> str | None:
    """Return the reference of the one letter that the event names; None if it names none, or several."""
    said = [str(event.message_id or ""), *(value for _key, value in _walk([event.esp_event, event.metadata]))]
    addresses = (address for text in said for address in ADDRESS.findall(text))
    found = {reference for address in addresses if (reference := verify_envelope_sender(address))}
    ids = [match for text in said if (match := MESSAGE_ID.fullmatch(text.strip()))]
    ours = {UUID(match[1]) for match in ids if match[2].lower() == split_from()[1].lower()}
    if ours:
        found |= set(Letter.objects.filter(pk__in=ours).values_list("reference", flat=True))
    known = set(Letter.objects.filter(reference__in=found).values_list("reference", flat=True)) if found else set()
    return known.pop() if len(known) == 1 else None


def _walk(data: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        if len(data) <= MAX_LENGTH:
            yield key, data
    elif depth < DEEPEST and hasattr(data, "items"):
        for name, value in data.items():
            yield from _walk(value, str(name), depth + 1)
    elif depth < DEEPEST and isinstance(data, list | tuple):
        for value in data:
            yield from _walk(value, key, depth + 1)
