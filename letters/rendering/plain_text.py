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
        "\n".join((text.sender_name, *list_below_name(text), *text.sender_lines)),
    ]
    if text.source_line:
        blocks.append(text.source_line)
    elif text.sources:
        notes = [f"[{number}] {note}" for number, note in enumerate(text.sources, 1)]
        blocks.append("\n".join((_("Sources"), *notes)))
    footer = [text.credit]
    if text.reference:
        footer.append(_("Reference: %s") % text.reference)
    return "\n\n".join([date_format(text.dated, "j F Y"), *blocks, "-- \n" + "\n".join(footer)]) + "\n"


def list_below_name(text: LetterText) -> list[str]:
    """Return what the letter has between the sender's name and the end: for whom they write, and their phone."""
    behalf = [_("on behalf of %(whom)s") % {"whom": text.on_behalf_of}] if text.on_behalf_of else []
    return behalf + ([_("Telephone: %(phone)s") % {"phone": text.sender_phone}] if text.sender_phone else [])
