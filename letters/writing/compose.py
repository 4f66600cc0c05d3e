"""From a draft or a stored letter to its text: pure functions, nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.content.models import Argument, Ask, Campaign
from campaign.parliament.models import Constituency, Member
from letters.models import Letter
from letters.writing.draft import OWN, Draft, Piece
from letters.writing.fact_check import ClaimChange, check_edit

Check = Callable[[str, str], list[ClaimChange]]  # `check_edit`, or what remembers its answers through one request
MAX_PAGES = 6  # a letter that anybody reads has one or two; what is longer is neither printed nor sent
# Where every member's post goes: https://www.parliament.uk/about/contacting-parliament/
COMMONS_LINES = ("House of Commons", "London", "SW1A 0AA")


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


@dataclass(frozen=True)
class Sender:
    """Who writes. Held in memory only, until the supporter asks the site to send."""

    name: str
    lines: tuple[str, ...]  # postal address without the postcode
    postcode: str
    email: str = ""


def choose_asks(campaign: Campaign, member: Member) -> list[Ask]:
    suitable = [ask for ask in campaign.asks.all() if not member.offices.intersection(ask.not_for)]
    return [ask for ask in suitable if member.takes_part or not ask.in_chamber]


def get_ask(draft: Draft, asks: list[Ask]) -> Ask | None:
    return next((ask for ask in asks if ask.key == draft.ask), asks[0] if asks else None)


def write_opening(seat: Constituency) -> str:
    return _("I am writing to you as one of your constituents in %(seat)s.") % {"seat": seat.name}


@dataclass(frozen=True)
class Composed:
    """A paragraph of a draft with what it came from."""

    text: str
    argument: Argument | None = None
    notes: tuple[str, ...] = ()


def read_piece(piece: Piece, argument: Argument, language: str = "en") -> str:
    phrasing = argument.phrasing(piece.length, language)
    return piece.edits.get(piece.length) or (phrasing.words if phrasing else argument.claim)


def find_changes(piece: Piece, argument: Argument, check: Check = check_edit) -> list[ClaimChange]:
    phrasing = argument.phrasing(piece.length)
    edited = piece.edits.get(piece.length)
    return check(phrasing.words, edited) if phrasing and edited else []


def keeps_source(piece: Piece, argument: Argument, check: Check = check_edit) -> bool:
    return piece.keep_source or not find_changes(piece, argument, check)


def list_notes(argument: Argument) -> tuple[str, ...]:
    """Return the argument's source notes; facts that nobody has looked at for too long are marked as such."""
    notes = [source.note for source in argument.sources.all()]
    return (*notes, argument.age) if argument.is_due else tuple(notes)


def compose_paragraphs(
    draft: Draft, arguments: dict[str, Argument], seat: Constituency, check: Check = check_edit
) -> list[Composed]:
    """Return the draft's paragraphs in order. Arguments no longer offered are left out.

    A paragraph whose edit has changed a claim has no source notes, unless its supporter keeps them.
    """
    opening = write_opening(seat) if draft.opening is None else draft.opening
    pieces = {piece.key: piece for piece in draft.pieces}
    composed = [Composed(opening)] if opening else []
    for key in draft.order:
        if key == OWN:
            own = [part.strip() for part in draft.own_words.split("\n\n")]
            composed += [Composed(part) for part in own if part]
        elif key in arguments:
            argument = arguments[key]
            piece = pieces[key]
            sourced = draft.with_sources and keeps_source(piece, argument, check)
            notes = list_notes(argument) if sourced else ()
            composed.append(Composed(read_piece(piece, argument), argument, notes))
    return composed


def number_notes(paragraphs: Iterable[tuple[str, Iterable[str]]]) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    notes: dict[str, int] = {}
    numbered = []
    for text, its_notes in paragraphs:
        numbers = tuple(sorted({notes.setdefault(note, len(notes) + 1) for note in its_notes}))
        numbered.append(Paragraph(text, numbers))
    return tuple(numbered), tuple(notes)


def write_credit(campaign: Campaign) -> str:
    return _("Written with %(campaign)s") % {"campaign": campaign.title}


def write_letter(
    draft: Draft,
    campaign: Campaign,
    arguments: dict[str, Argument],
    seat: Constituency,
    member: Member,
    sender: Sender,
    check: Check = check_edit,
) -> LetterText:
    composed = compose_paragraphs(draft, arguments, seat, check)
    paragraphs, sources = number_notes((part.text, part.notes) for part in composed)
    ask = get_ask(draft, choose_asks(campaign, member))
    return LetterText(
        language=campaign.language,
        sender_name=sender.name,
        sender_lines=(*sender.lines, sender.postcode) if sender.postcode else sender.lines,
        recipient_lines=(member.envelope, *COMMONS_LINES),
        dated=timezone.localdate(),
        salutation=member.salutation,
        subject=campaign.subject,
        paragraphs=paragraphs,
        ask=ask.text if ask else "",
        sources=sources,
        written_with=write_credit(campaign),
        imprint=campaign.imprint,
        reference="",
    )


def read_letter(letter: Letter) -> LetterText:
    parts = letter.parts
    if parts is None:
        parts = [(part.text, part.sources) for part in letter.paragraphs.all()]
    paragraphs, sources = number_notes(parts)
    return LetterText(
        language=letter.language,
        sender_name=letter.sender_name,
        sender_lines=(*letter.sender_address.splitlines(), letter.sender_postcode),
        recipient_lines=(letter.member_name, *COMMONS_LINES),
        dated=letter.dated,
        salutation=letter.salutation,
        subject=letter.subject,
        paragraphs=paragraphs,
        ask=letter.ask_text,
        sources=sources,
        written_with=write_credit(letter.campaign),
        imprint=letter.campaign.imprint,
        reference=letter.reference,
        rehearsal=letter.rehearsal,
    )
