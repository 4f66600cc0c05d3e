"""A supporter chooses about corrected words in their letter; then it goes on where it was."""

from __future__ import annotations

import uuid
from enum import StrEnum

from django.db import transaction

from campaign.core.encrypted import encrypt_for
from letters.actions.outdate import CHOOSING
from letters.models import CarriedText, EventType, Finding, Letter, LetterParagraph, Notice, Part, Status
from letters.writing.originality import record_fingerprint
from letters.writing.renewal import Place, list_places


class Choice(StrEnum):
    """What is to become of a place with corrected words."""

    TAKE = "take"
    LEAVE_OUT = "leave"


class RenewalResult(StrEnum):
    """What came of a choice."""

    DONE = "done"  # nothing is left to choose
    MORE = "more"
    NOTHING = "nothing"  # there was nothing to choose here, or not so
    BUSY = "busy"  # it is being sent this moment
    GONE = "gone"  # it has been sent, or erased


def renew_letter(pk: uuid.UUID, place: str, choice: Choice) -> RenewalResult:
    """Take the corrected words at this place (`Place.name`), or leave it out. The row is locked meanwhile."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=pk)
        if letter.status in (Status.CLAIMED, Status.SENDING):
            return RenewalResult.BUSY
        if letter.status not in CHOOSING or letter.text_erased_at or letter.erase_requested_at:
            return RenewalResult.GONE
        places = {one.name: one for one in list_places(letter)}
        chosen = places.get(place)
        if chosen is None or not (chosen.can_take if choice is Choice.TAKE else chosen.can_leave_out):
            return RenewalResult.NOTHING
        change_place(letter, chosen, choice)
        if len(places) > 1:
            return RenewalResult.MORE
        Letter.objects.filter(pk=pk).update(outdated_at=None)
        letter.log_event(EventType.RENEWED)
        Notice.objects.filter(letter=letter, kind=Notice.Kind.OUTDATED).delete()  # another correction is another mail
        if letter.confirmed_at:
            transaction.on_commit(lambda: record_fingerprint(letter), robust=True)
    return RenewalResult.DONE


def change_place(letter: Letter, place: Place, choice: Choice) -> None:
    CarriedText.objects.filter(letter=letter, position=place.position).delete()
    Finding.objects.filter(letter=letter, part=Part.TEXT, paragraph=place.position).delete()  # they say where
    if place.position is None:
        text = place.new if choice is Choice.TAKE else ""
        Letter.objects.filter(pk=letter.pk).update(**encrypt_for(letter, {"ask_text": text}))
        letter.ask_text = text
    elif choice is Choice.TAKE:
        paragraph = LetterParagraph.objects.get(letter=letter, position=place.position)
        paragraph.text, paragraph.sources, paragraph.age = place.new, list(place.new_notes), place.new_age
        paragraph.save(update_fields=["text", "sources", "age"])
    else:
        LetterParagraph.objects.filter(letter=letter, position=place.position).delete()
        return
    CarriedText.objects.bulk_create(
        CarriedText(letter=letter, version=one.version, position=one.position, edited=one.edited)
        for one in place.carried
        if choice is Choice.TAKE
    )
