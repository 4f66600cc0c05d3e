"""From the words a supporter has chosen to the frozen text of a letter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the body, with the numbers of its notes (counted from 1 through the letter)."""

    text: str
    note_numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class LetterText:
    """A letter as it will be read: all that the template needs, and nothing else."""

    language: str  # BCP 47, "en"
    sender_name: str
    sender_lines: tuple[str, ...]  # the sender's postal address, the postcode last; no name
    recipient_lines: tuple[
        str, ...
    ]  # ("The Rt Hon Sir Iain Duncan Smith MP", "House of Commons", "London", "SW1A 0AA")
    dated: dt.date
    salutation: str  # "Dear Sir Iain", no comma
    subject: str
    paragraphs: tuple[Paragraph, ...]
    ask: str
    sources: tuple[str, ...]  # the notes in order; empty if the supporter left them off
    written_with: str  # the footer's first part, e.g. "Written with Time to negotiate"
    imprint: str  # who promotes the campaign, on one line; may be empty
    reference: str  # may be empty for a letter that is only downloaded
    rehearsal: bool = False
    sample: bool = False
