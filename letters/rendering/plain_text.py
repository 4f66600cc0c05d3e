"""A letter as plain text, complete with address and sources."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from letters.writing.compose import LetterText


def write_plain_text(text: LetterText) -> str:
    body = []
    for paragraph in text.body:
        marks = "".join(f" [{number}]" for number in paragraph.note_numbers)
        body.append(paragraph.text + marks)
    blocks = [
        f"{text.salutation},",
        text.subject,
        *body,
        _("Yours sincerely,"),
        "\n".join((text.sender_name, *text.sender_lines)),
    ]
    if text.sources:
        notes = [f"[{number}] {note}" for number, note in enumerate(text.sources, 1)]
        blocks.append("\n".join((_("Sources"), *notes)))
    footer = [". ".join(part.rstrip(".") for part in (text.written_with, text.imprint) if part) + "."]
    if text.reference:
        footer.append(_("Reference: %s") % text.reference)
    return "\n\n".join([date_format(text.dated, "j F Y"), *blocks, "-- \n" + "\n".join(footer)]) + "\n"
