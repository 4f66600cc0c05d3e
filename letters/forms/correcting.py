"""The form with which supporters correct their details."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaign.parliament.models import Constituency
from letters.forms.journey import SenderForm
from letters.forms.offices import OfficeFields
from letters.models import Letter


class CorrectForm(OfficeFields, SenderForm):
    """Name and address as they are held, to be put right."""

    elsewhere = _(
        "%(postcode)s is in %(where)s, not in %(constituency)s, whose MP this letter is for. If you have moved, write "
        "a new letter to your own MP, and withdraw this one if it has not gone yet."
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        self.letter = letter
        lines = letter.sender_address.splitlines() or [""]
        initial = {
            "name": letter.sender_name,
            "address_1": lines[0],
            "address_2": ", ".join(lines[1:-1]),
            "town": lines[-1] if len(lines) > 1 else "",
            "postcode": letter.sender_postcode,
            "phone": letter.sender_phone,
            "on_behalf_of": letter.on_behalf_of,
        }
        # From the letter, as the constituency's row may have changed.
        constituency = Constituency(gss=letter.constituency_gss, name=letter.constituency_name)
        super().__init__(*args, constituency=constituency, initial=initial, **kwargs)
        if letter.text_erased_at:
            for name in ("address_1", "address_2", "town", "postcode", "phone", "on_behalf_of"):
                del self.fields[name]

    def clean_postcode(self) -> str:
        held = self.letter.sender_postcode
        return held if self.cleaned_data["postcode"] == held else super().clean_postcode()

    def get_given(self) -> dict[str, str]:
        data = self.cleaned_data
        if "address_1" not in data:
            return {"sender_name": data["name"]}
        return {
            "sender_name": data["name"],
            "sender_address": "\n".join(self.get_address_lines()),
            "sender_postcode": data["postcode"],
            "sender_phone": data["phone"],
            "on_behalf_of": data["on_behalf_of"],
        }
