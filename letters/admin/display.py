"""The fields of a letter's page; a status is shown as word, shape and colour."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from letters.models import Letter, Status
from letters.rendering.plain_text import write_plain_text
from letters.writing.compose import read_letter

SHAPES = {
    Status.UNCONFIRMED: "○", Status.QUEUED: "◔", Status.HELD: "❚❚", Status.CLAIMED: "◑", Status.SENDING: "◕",
    Status.SENT: "●", Status.BOUNCED: "↩", Status.FAILED: "✕", Status.UNKNOWN: "?", Status.WITHDRAWN: "–",
}  # fmt: skip

TO = ["member_name", "constituency_name", "constituency_gss", "member_party", "salutation"]
SENDER = ["sender_name", "on_behalf_of", "sender_address", "sender_postcode", "sender_email", "sender_phone"]
HAPPENED = ["shown_timeline", "attempts", "next_attempt_at", "last_answer"]
DATES = [
    *("created_at", "confirmed_at", "sent_at", "posted_at", "answered_at"),
    *("shown_text_erased", "shown_person_erased"),
]


def list_fieldsets(*, with_person: bool) -> list[tuple[Any, Any]]:
    """Return the fieldsets of a letter's page; without personal data, none that needs decryption."""
    about = ["reference", "shown_status", "campaign", "shown_rehearsal", "show_recipient"]
    if with_person:
        said = [(_("From"), {"fields": SENDER}), (_("Letter"), {"fields": ["shown_text"]})]
        about.append("shown_pdf")
    else:
        said = [(_("From"), {"fields": ["hidden_sender"]}), (_("Letter"), {"fields": ["shown_choice", "hidden_text"]})]
    return [
        (None, {"fields": about}),
        (_("To"), {"fields": TO}),
        *said,
        (_("What happened"), {"fields": HAPPENED}),
        (_("Dates"), {"fields": DATES}),
    ]


def show_moment(at: dt.datetime | None) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


class LetterFields:
    """Computed fields of the list and the page."""

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, letter: Letter) -> SafeString:
        shape, word = SHAPES[Status(letter.status)], letter.get_status_display()
        if hasattr(letter, "refusal"):
            word = _("Failed: refused")
        elif letter.given_up_at:
            word = _("Failed: given up")
        return format_html(
            '<span class="letter-status is-{}"><b aria-hidden="true">{}</b> {}</span>', letter.status, shape, word
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

    @admin.display(description=gettext_lazy("text"))
    def shown_text(self, letter: Letter) -> str | SafeString:
        if letter.text_erased_at:
            return _("Erased.")
        return format_html('<pre class="letter-text">{}</pre>', write_plain_text(read_letter(letter)))

    @admin.display(description=gettext_lazy("name, address and email"))
    def hidden_sender(self, letter: Letter) -> str:
        return _("Erased.") if letter.scrubbed_at else _("Hidden: your role cannot see personal data.")

    @admin.display(description=gettext_lazy("text and PDF"))
    def hidden_text(self, letter: Letter) -> str:
        return _("Erased.") if letter.text_erased_at else _("Hidden: your role cannot see personal data.")

    @admin.display(description=gettext_lazy("arguments chosen"))
    def shown_choice(self, letter: Letter) -> str:
        keys = letter.paragraphs.exclude(argument_key="").values_list("argument_key", flat=True)
        return ", ".join(keys) or "–"

    @admin.display(description=gettext_lazy("timeline"))
    def shown_timeline(self, letter: Letter) -> str:
        events = letter.events.select_related("actor")
        return render_to_string("admin/letters/letter/timeline.html", {"events": events})

    @admin.display(description=gettext_lazy("PDF"))
    def shown_pdf(self, letter: Letter) -> str | SafeString:
        if letter.text_erased_at:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:letters_letter_pdf", args=[letter.pk]), _("Open the PDF")
        )
