"""The fields of a letter's page; a status is shown as word, shape and colour."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from letters.models import Letter, Status

SHAPES = {
    Status.UNCONFIRMED: "○", Status.QUEUED: "◔", Status.HELD: "❚❚", Status.CLAIMED: "◑", Status.SENDING: "◕",
    Status.SENT: "●", Status.BOUNCED: "↩", Status.FAILED: "✕", Status.UNKNOWN: "?", Status.WITHDRAWN: "–",
}  # fmt: skip

TO = ["member_name", "constituency_name", "constituency_gss", "member_party", "salutation"]
SENDING = ["shown_rehearsal", "attempts", "next_attempt_at", "last_answer"]
DATES = [
    *("created_at", "confirmed_at", "sent_at", "posted_at", "answered_at"),
    *("shown_text_erased", "shown_person_erased"),
]


def list_fieldsets() -> list[tuple[Any, Any]]:
    """Return the fieldsets of what a letter's page has folded, none of which needs decryption."""
    return [
        (_("To"), {"fields": TO}),
        (_("Sending"), {"fields": SENDING}),
        (_("Dates"), {"fields": DATES}),
    ]


def say_status(letter: Letter) -> str:
    if hasattr(letter, "refusal"):
        return _("Failed: refused")
    return _("Failed: given up") if letter.given_up_at else letter.get_status_display()


def show_moment(at: dt.datetime | None) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


class LetterFields:
    """Computed fields of the list and the page."""

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, letter: Letter) -> SafeString:
        shape = SHAPES[Status(letter.status)]
        return format_html(
            '<span class="letter-status is-{}"><b aria-hidden="true">{}</b> {}</span>',
            letter.status,
            shape,
            say_status(letter),
        )

    @admin.display(description=gettext_lazy("campaign"), ordering="campaign__title")
    def shown_campaign(self, letter: Letter) -> SafeString:
        return format_html("{}<br>{}", letter.campaign, _("rehearsal") if letter.rehearsal else "")

    @admin.display(description=gettext_lazy("constituency and MP"), ordering="constituency_name")
    def shown_recipient(self, letter: Letter) -> SafeString:
        return format_html("{}<br>{}", letter.constituency_name, letter.member_name)

    @admin.display(description=gettext_lazy("written, sent"), ordering="created_at")
    def shown_times(self, letter: Letter) -> SafeString:
        return format_html("{}<br>{}", show_moment(letter.created_at), show_moment(letter.sent_at))

    @admin.display(description=gettext_lazy("to the MP"))
    def shown_rehearsal(self, letter: Letter) -> str:
        return _("No: it was confirmed in rehearsal and will never go to an MP.") if letter.rehearsal else _("Yes")

    @admin.display(description=gettext_lazy("text and address erased"))
    def shown_text_erased(self, letter: Letter) -> str:
        return show_moment(letter.text_erased_at) or "–"

    @admin.display(description=gettext_lazy("name and email erased"))
    def shown_person_erased(self, letter: Letter) -> str:
        return show_moment(letter.scrubbed_at) or "–"

    @admin.display(description=gettext_lazy("goes to"))
    def show_recipient(self, letter: Letter) -> str:
        recipient = letter.recipient
        return f"{recipient} ({_('rehearsal')}; {letter.member_email})" if letter.rehearsal else recipient

    def list_choice(self, letter: Letter) -> list[str]:
        return list(letter.paragraphs.exclude(argument_key="").values_list("argument_key", flat=True))
