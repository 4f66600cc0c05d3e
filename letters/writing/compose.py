"""From a draft or a stored letter to its text: pure functions that write nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.content.models import Argument, Ask, Campaign, LocalFact, Phrasing, Text
from campaign.parliament.models import Constituency, Member
from letters.models import Letter, ReplyBy, SourceStyle
from letters.writing.draft import OWN, OWN_WAY, Draft, Piece, read_piece
from letters.writing.fact_check import ClaimChange, check_edit
from letters.writing.given import find_ask_text
from letters.writing.local_fact import find_local_fact
from letters.writing.openings import ENDS, find_opening, write_opening
from letters.writing.preface import write_preface
from letters.writing.typography import set_marks
from letters.writing.wordings import find_subject, shorten_references

Check = Callable[[str, str], list[ClaimChange]]  # `check_edit`, or a version cached for one request
MAX_PAGES = 6  # one or two get read; longer letters are neither printed nor sent
# Where every member's post goes: https://www.parliament.uk/about/contacting-parliament/
COMMONS_LINES = ("House of Commons", "London", "SW1A 0AA")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the body, with the numbers of its notes (from 1, across the letter)."""

    text: str
    note_numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class LetterText:
    """A letter's whole text: all that the templates need, and nothing else."""

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
    sources: tuple[str, ...]  # the notes in order; empty if the supporter wants none
    credit: str  # the footer's first part: which campaign helped to write it, and who promotes that
    reference: str  # may be empty for a letter that is only downloaded
    rehearsal: bool = False
    sample: bool = False
    closing: str = ""  # after the ask: what the supporter asks of the office
    sender_phone: str = ""
    on_behalf_of: str = ""
    source_style: str = SourceStyle.NOTES

    @property
    def body(self) -> tuple[Paragraph, ...]:
        """Paragraphs in order: last what is asked of the MP, and after it what is asked of the office."""
        return (*self.paragraphs, *(Paragraph(text) for text in (self.ask, self.closing) if text))

    @property
    def source_line(self) -> str:
        """The sources as a paragraph; empty if there are none, or if they are numbered notes."""
        if not self.sources or self.source_style != SourceStyle.LINE:
            return ""
        return _("Where these facts come from: %(sources)s") % {"sources": " ".join(self.sources)}


@dataclass(frozen=True)
class Sender:
    """The supporter as sender. In memory only, until they ask the site to send."""

    name: str
    lines: tuple[str, ...]  # postal address without the postcode
    postcode: str
    email: str = ""
    phone: str = ""
    on_behalf_of: str = ""
    reply_by: str = ""  # of ReplyBy
    own_case: bool = False


def choose_asks(campaign: Campaign, member: Member) -> list[Ask]:
    suitable = [ask for ask in campaign.asks.all() if ask.suits(member.offices)]
    return [ask for ask in suitable if member.takes_part or not ask.in_chamber]


def get_ask(draft: Draft, asks: list[Ask]) -> Ask | None:
    return next((ask for ask in asks if ask.key == draft.ask), asks[0] if asks else None)


@dataclass(frozen=True)
class Composed:
    """A paragraph of a draft, with where it came from."""

    text: str
    argument: Argument | None = None
    notes: tuple[str, ...] = ()
    variant: int | None = None  # of the argument's wordings, or of the openings, if it began as one
    age: str = ""  # how old its facts are, if nobody has looked at them for too long
    stock: Text | None = None  # the campaign's text that it began as
    edited: bool = False  # whether it is another by now
    noted: tuple[Text, ...] = ()  # what its notes, and its age, are

    @property
    def carries(self) -> tuple[Text, ...]:
        return (self.stock, *self.noted) if self.stock else self.noted


def find_changes(piece: Piece, argument: Argument, check: Check = check_edit) -> list[ClaimChange]:
    if piece.length == OWN_WAY:
        return []
    phrasing = argument.phrasing(piece.length, variant=piece.variant or 0)
    edited = piece.edits.get(piece.length)
    return check(phrasing.words, edited) if phrasing and edited else []


def has_source_notes(piece: Piece, argument: Argument, check: Check = check_edit) -> bool:
    return piece.keep_source or (piece.length != OWN_WAY and not find_changes(piece, argument, check))


def compose_paragraphs(
    draft: Draft,
    campaign: Campaign,
    arguments: dict[str, Argument],
    constituency: Constituency,
    check: Check = check_edit,
) -> list[Composed]:
    """Return the draft's paragraphs in order, without arguments that are no longer offered or still empty.

    Own words that come first go on from the opening, so that the supporter's story is told in one go; the preface
    follows the arguments. Whoever is introduced in one paragraph is called by the short name in those after it.

    A paragraph whose edit has changed a claim has no source notes, unless the supporter keeps them.
    """
    pieces = {piece.key: piece for piece in draft.pieces}
    composed = compose_opening(draft, campaign, constituency)
    own = [Composed(part.strip()) for part in draft.own_words.split("\n\n") if part.strip()]
    lead = []
    if draft.local_fact == constituency.gss and (fact := find_local_fact(campaign, constituency.gss)):
        lead.append(compose_fact(fact, constituency, shows_sources=draft.shows_sources))
    first, *others = draft.order
    composed = [*join_opening(composed, own), *lead] if first == OWN else [*composed, *lead]
    preface = compose_preface(draft, campaign, arguments)
    introduced: set[str] = set()
    for key in others if first == OWN else draft.order:
        if key == OWN == others[-1]:
            return [*composed, *preface, *own]
        if key == OWN:
            composed += own
        elif key in arguments:
            part = compose_piece(pieces[key], arguments[key], draft, introduced, check)
            composed += [part] if part.text else []
    return [*composed, *preface]


def compose_opening(draft: Draft, campaign: Campaign, constituency: Constituency) -> list[Composed]:
    text = write_opening(campaign, constituency, draft)
    stock = find_opening(campaign, draft) if draft.opening is None else ""
    variant = campaign.opening_list.index(stock) if stock else None
    return [Composed(text, variant=variant)] if text else []


def join_opening(opening: list[Composed], own: list[Composed]) -> list[Composed]:
    """Return the opening with the own words that go on from it in one paragraph.

    If it does not end as a sentence, or they do not begin as one, the seam would show: they get their own paragraph.
    """
    if not (opening and own and opening[0].text.endswith(ENDS) and own[0].text[0].isupper()):
        return [*opening, *own]
    return [replace(opening[0], text=f"{opening[0].text} {own[0].text}"), *own[1:]]


def compose_preface(draft: Draft, campaign: Campaign, arguments: dict[str, Argument]) -> list[Composed]:
    """Return what a letter says before it asks for something: the supporter's sentence, or the campaign's."""
    if draft.preface_words:
        return [Composed(draft.preface_words)]
    preface = write_preface(campaign, draft, arguments)
    return [Composed(text.words, stock=text) for text in campaign.list_texts() if text.words == preface][:1]


def compose_fact(fact: LocalFact, constituency: Constituency, *, shows_sources: bool) -> Composed:
    if shows_sources:
        return Composed(fact.say(constituency.name), notes=(fact.note,))
    return Composed(fact.say_with_source(constituency.name))


def compose_piece(piece: Piece, argument: Argument, draft: Draft, introduced: set[str], check: Check) -> Composed:
    """Return an argument's paragraph; `introduced` grows by who is introduced in it."""
    phrasing = None if piece.length == OWN_WAY else argument.phrasing(piece.length, variant=piece.variant or 0)
    sourced = draft.shows_sources and has_source_notes(piece, argument, check)
    sources = list_notes(argument, phrasing) if sourced else []
    ages = [argument.list_texts()[1]] if sourced and argument.is_due else []
    notes, age = tuple(source.words for source in sources), "".join(text.words for text in ages)
    noted = (*sources, *ages)
    text = read_piece(piece, argument)
    if piece.length == OWN_WAY:
        return Composed(text.strip(), argument, notes, age=age, noted=noted)
    stock = (phrasing or argument).list_texts()[0]
    edited = text != stock.words
    text = shorten_references(text, phrasing.people if phrasing else (), introduced)
    return Composed(text, argument, notes, phrasing.variant if phrasing else None, age, stock, edited, noted)


def list_notes(argument: Argument, phrasing: Phrasing | None = None) -> list[Text]:
    """Return the notes of the sources that the phrasing relies on, in the argument's order; else of all."""
    relied_on = {source.pk for source in phrasing.sources.all()} if phrasing else set()
    sources = [source for source in argument.sources.all() if not relied_on or source.pk in relied_on]
    return [text for source in sources for text in source.list_texts()]


def add_note_numbers(
    paragraphs: Iterable[tuple[str, Iterable[str], str]], source_style: str = SourceStyle.NOTES
) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    """Number the notes of the paragraphs in their order; after all of them, how old their facts are.

    A letter that shows its sources otherwise, or not at all, has the notes without the numbers.
    """
    counted = source_style == SourceStyle.NOTES
    parts = [(text, list(sources), age) for text, sources, age in paragraphs]
    ages = [age for _text, _sources, age in parts if age]
    notes = {note: at for at, note in enumerate(dict.fromkeys([*chain(*(part[1] for part in parts)), *ages]), 1)}
    numbered = [
        Paragraph(text, tuple(sorted({notes[note] for note in (*sources, age) if note})) if counted else ())
        for text, sources, age in parts
    ]
    return tuple(numbered), tuple(notes)


def write_credit(campaign: Campaign) -> str:
    """Return what the letter was written with; with the promoter's name and address it is the imprint too."""
    names = {"campaign": campaign.title, "promoter": campaign.imprint.rstrip(".")}
    if campaign.imprint:
        return _("Written with the help of %(campaign)s, a campaign run by %(promoter)s.") % names
    return _("Written with the help of %(campaign)s.") % names


def mark_subject(subject: str, *, own_case: bool) -> str:
    """Return the subject line as the office reads it: there, cases and opinions go to different people."""
    return _("%(subject)s – also about my own case") % {"subject": subject} if own_case else subject


def write_closing(email: str, reply_by: str, *, own_case: bool) -> str:
    """Return what the supporter asks of the office, in a sentence or two; empty if nothing."""
    asked = [_("Part of this letter is about my own case, and I would be grateful for your help with it.")]
    asked = asked if own_case else []
    if reply_by == ReplyBy.EMAIL and email:
        asked.append(_("Please reply by email, to %(email)s.") % {"email": email})
    if reply_by == ReplyBy.POST:
        asked.append(_("Please reply by post."))
    return " ".join(asked)


def write_letter(
    draft: Draft,
    campaign: Campaign,
    arguments: dict[str, Argument],
    constituency: Constituency,
    member: Member,
    sender: Sender,
    check: Check = check_edit,
) -> LetterText:
    composed = compose_paragraphs(draft, campaign, arguments, constituency, check)
    parts = ((set_marks(part.text), part.notes, part.age) for part in composed)
    paragraphs, sources = add_note_numbers(parts, draft.source_style)
    ask = get_ask(draft, choose_asks(campaign, member))
    return LetterText(
        language=campaign.language,
        sender_name=sender.name,
        sender_lines=(*sender.lines, sender.postcode) if sender.postcode else sender.lines,
        recipient_lines=(member.envelope, *COMMONS_LINES),
        dated=timezone.localdate(),
        salutation=member.salutation,
        subject=mark_subject(set_marks(find_subject(draft, campaign, arguments)), own_case=sender.own_case),
        paragraphs=paragraphs,
        ask=set_marks(find_ask_text(draft, ask).words) if ask else "",
        sources=sources,
        credit=write_credit(campaign),
        reference="",
        closing=write_closing(sender.email, sender.reply_by, own_case=sender.own_case),
        sender_phone=sender.phone,
        on_behalf_of=sender.on_behalf_of,
        source_style=draft.source_style,
    )


def read_letter(letter: Letter) -> LetterText:
    parts = letter.parts
    if parts is None:
        parts = [(part.text, part.sources, part.age) for part in letter.paragraphs.all()]
    set_parts = ((set_marks(text), sources, age) for text, sources, age in parts)
    paragraphs, sources = add_note_numbers(set_parts, letter.source_style)
    return LetterText(
        language=letter.language,
        sender_name=letter.sender_name,
        sender_lines=(*letter.sender_address.splitlines(), letter.sender_postcode),
        recipient_lines=(letter.member_name, *COMMONS_LINES),
        dated=letter.dated,
        salutation=letter.salutation,
        subject=mark_subject(set_marks(letter.subject), own_case=letter.own_case),
        paragraphs=paragraphs,
        ask=set_marks(letter.ask_text),
        sources=sources,
        credit=write_credit(letter.campaign),
        reference=letter.reference,
        rehearsal=letter.rehearsal,
        closing=write_closing(letter.sender_email, letter.reply_by, own_case=letter.own_case),
        sender_phone=letter.sender_phone,
        on_behalf_of=letter.on_behalf_of,
        source_style=letter.source_style,
    )
