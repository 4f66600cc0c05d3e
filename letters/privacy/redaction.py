"""Removes what notes and mail servers' replies reveal of a letter's supporter."""

from __future__ import annotations

import re

from letters.models import Letter

MAX_NOTE = 400
ADDRESS = re.compile(r"[^\s<>@]{1,80}@[^\s<>@,;]{1,255}|\S{0,64}\+[a-z0-9]{8}-[0-9a-f]{16}")
CODE = re.compile(r"(?<![\d.])[45](?:\d\d|\.\d{1,3}\.\d{1,3})(?![\d.])")


def redact_personal(words: str, letter: Letter) -> str:
    """Return a server's reply without mail addresses or the supporter's details, as the letter has them.

    After an erasure the details are no longer known, so only the reply codes are kept.
    """
    if letter.scrubbed_at:
        return " ".join(CODE.findall(words)[:2])
    return redact_supporter(ADDRESS.sub("…", words), letter)[:MAX_NOTE]


def redact_supporter(words: str, letter: Letter) -> str:
    """Return the text with the supporter's details, as the letter has them, blanked out."""
    known = [letter.sender_email, letter.sender_name, *letter.sender_address.splitlines(), letter.sender_postcode]
    known += [letter.sender_phone, letter.on_behalf_of]
    parts = [name for name in letter.sender_name.split() if len(name) > 2]
    parts += re.findall(r"\w{5,}", f"{letter.sender_address} {letter.on_behalf_of}")
    folded = words.casefold()
    for secret in (*known, *(part.replace(" ", "") for part in (letter.sender_postcode, letter.sender_phone)), *parts):
        if len(secret.strip()) > 2 and secret.strip().casefold() in folded:
            words = re.sub(rf"(?<!\w){re.escape(secret.strip())}(?!\w)", "…", words, flags=re.IGNORECASE)
    return words


def redact_notes(letter: Letter) -> None:
    """Redact the supporter's details in notes and server replies. Call it before erasing them."""
    for event in letter.events.exclude(note=""):
        if (note := redact_supporter(event.note, letter)) != event.note:
            letter.events.filter(pk=event.pk).update(note=note[:500])
    words = redact_personal(letter.last_answer, letter)
    Letter.objects.filter(pk=letter.pk).update(last_answer=words)
    for notice in letter.notices.exclude(last_answer=""):
        letter.notices.filter(pk=notice.pk).update(last_answer=redact_personal(notice.last_answer, letter))
