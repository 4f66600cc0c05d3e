"""What a letter would say with the words that took the place of corrected ones."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from django.db.models import Q

from campaign.content.models import TextVersion
from letters.models import CarriedText, Letter, LetterParagraph
from letters.writing.reproduce import NOTES, Stock, reproduce_stock


@dataclass(frozen=True)
class Place:
    """A paragraph, or the ask, with corrected words: as it is in the letter, and as it would be."""

    position: int | None  # None: the ask
    old: str
    new: str  # empty: nothing takes its place
    old_notes: tuple[str, ...] = ()
    new_notes: tuple[str, ...] = ()
    old_age: str = ""
    new_age: str = ""
    was: str = ""  # if the supporter has changed it: the campaign's words, before and now
    becomes: str = ""
    can_leave_out: bool = True
    carried: tuple[CarriedText, ...] = ()  # what it would carry

    @property
    def can_take(self) -> bool:
        return bool(self.new)

    @property
    def name(self) -> str:
        return "ask" if self.position is None else str(self.position)


def list_places(letter: Letter) -> list[Place]:
    """Return where in the letter there are corrected words, in order."""
    carried = list(letter.carried.select_related("version"))
    wrong = [one for one in carried if one.version.corrected_at]
    if not wrong:
        return []
    paragraphs = {one.position: one for one in letter.paragraphs.all()}
    texts = [(position, one.text) for position, one in paragraphs.items()]
    before = reproduce_stock(carried, texts)
    renewed = renew_carried(carried)
    after = reproduce_stock(renewed, texts)
    places = []
    for position in sorted({one.position for one in wrong}, key=lambda at: (at is None, at)):
        its = tuple(one for one in renewed if one.position == position)
        said = any(one.position == position and one.version.kind not in NOTES for one in wrong)
        was, becomes = before[position], after.get(position, Stock())
        if position is None:
            places.append(Place(None, letter.ask_text, becomes.text, can_leave_out=not becomes.text, carried=its))
        else:
            places.append(make_place(paragraphs[position], was, becomes, its, said=said, alone=len(paragraphs) == 1))
    return places


def make_place(
    paragraph: LetterParagraph, was: Stock, becomes: Stock, carried: tuple[CarriedText, ...], *, said: bool, alone: bool
) -> Place:
    """Return the place of a paragraph; `said`: its text is corrected, and not only its notes."""
    # What else its notes are: before they had a place of their own, the age of its facts was one of them.
    others = (becomes.age if note == was.age else note for note in paragraph.sources if note not in was.notes)
    return Place(
        paragraph.position,
        paragraph.text,
        becomes.text if said else paragraph.text,
        tuple(paragraph.sources),
        (*becomes.notes, *filter(None, others)),
        paragraph.age,
        becomes.age if was.age and paragraph.age else paragraph.age,
        was.text if said and was.edited else "",
        becomes.text if said and was.edited else "",
        can_leave_out=not alone,
        carried=carried,
    )


def renew_carried(carried: list[CarriedText]) -> list[CarriedText]:
    """Return what the letter would carry: current versions for corrected ones, and none for those without."""
    wrong = [one.version for one in carried if one.version.corrected_at]
    of = Q(row__in={one.row for one in wrong}, kind__in={one.kind for one in wrong}, superseded_at=None)
    current = {(one.kind, one.row, one.slot): one for one in TextVersion.objects.filter(of)}
    renewed = []
    for one in carried:
        if one.version.corrected_at:
            version = current.get((one.version.kind, one.version.row, one.version.slot))
            if version is None:
                continue
            one = copy.copy(one)
            one.version = version
            one.edited = False
        renewed.append(one)
    return renewed


@dataclass(frozen=True)
class Corrected:
    """Words of the campaign's that a letter carries and that are known to be wrong, with what says it now."""

    old: str
    new: str  # empty: nothing takes its place
    note: str = ""  # what was wrong, if the organisers have said
    positions: tuple[int | None, ...] = ()  # where the letter carries it; None: the ask


def list_corrections(letter: Letter) -> list[Corrected]:
    """Return what was corrected of what the letter carries. It needs nothing of the letter's own text."""
    texts: dict[tuple[str, int, int], list[CarriedText]] = {}
    for one in letter.carried.select_related("version"):
        if one.version.corrected_at:
            texts.setdefault((one.version.kind, one.version.row, one.version.slot), []).append(one)
    found = []
    for (kind, row, slot), carried in texts.items():
        version = carried[-1].version
        since = TextVersion.objects.filter(kind=kind, row=row, slot=slot, pk__gt=version.pk)
        last = since.filter(superseded_at=None).first()
        fact = since.filter(change=TextVersion.Change.FACT).exclude(note="").last()
        positions = tuple(one.position for one in carried)
        found.append(Corrected(version.words, last.words if last else "", fact.note if fact else "", positions))
    return found
