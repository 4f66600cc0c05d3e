"""The letters that are sent: as long as real ones, confirmed and due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from letters.models import Letter


def empty_tables() -> None:
    """Remove the letters of the run before."""
    from letters.models import Letter

    Letter.objects.all().delete()


def write_letters(count: int) -> list[Letter]:
    """Store that many letters, confirmed and due."""
    from campaign.content.models import Campaign
    from letters.mail.addresses import make_envelope_sender, make_message_id
    from letters.models import Letter, LetterParagraph, Status
    from tests.letters.factories import make_campaign
    from tests.letters.samples import BODY, SOURCES

    campaign = Campaign.objects.first() or make_campaign()
    letters, paragraphs = [], []
    for number in range(count):
        letter = Letter(
            campaign=campaign,
            constituency_gss="E14001172",
            constituency_name="Cities of London and Westminster",
            member_name="Ms Ann Example MP",
            member_email="ann.example.mp@parliament.example",
            salutation="Dear Ms Example",
            sender_name=f"Margaret Whitfield {number}",
            sender_address="14 Station Road\nLondon",
            sender_postcode="SW1A 1AA",
            sender_email=f"margaret.{number}@supporter.example",
            subject=campaign.subject,
            ask_text="Will you ask the Foreign Secretary, in writing, what is being done to bring about talks?",
            status=Status.QUEUED,
            confirmed_at=timezone.now(),
            next_attempt_at=timezone.now(),
        )
        letter.confirm_token_hash = letter.letter_token_hash = letter.id.hex
        letter.message_id, letter.envelope_sender = make_message_id(letter), make_envelope_sender(letter)
        letters.append(letter)
        for position, text in enumerate(BODY):
            sources = [SOURCES[position]] if position < len(SOURCES) else []
            paragraphs.append(LetterParagraph(letter=letter, position=position, text=text, sources=sources))
    Letter.objects.bulk_create(letters)
    LetterParagraph.objects.bulk_create(paragraphs)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # what filling and emptying leave behind is no part of sending, for anybody
    return letters
