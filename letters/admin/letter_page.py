"""A letter's page: the letter as a sheet, what its status means, and what a person can do about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from letters.admin.display import SHAPES
from letters.admin.permissions import may_decide, may_see_letters, may_see_person
from letters.forms.decisions import NoteForm
from letters.models import EventType, Letter, Refusal, Status
from letters.writing.compose import read_letter

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_OTHERS = 5


@dataclass(frozen=True)
class Meaning:
    """What a status means, and what a person can do; the server's last words belong to some of them."""

    sentence: StrOrPromise
    todo: StrOrPromise = ""
    with_answer: bool = False


MEANINGS: dict[str, Meaning] = {
    Status.UNCONFIRMED: Meaning(
        gettext_lazy("Its supporter has not confirmed it yet."),
        gettext_lazy("Nothing to do. It is sent once they press the link in their email, or deleted if they do not."),
    ),
    Status.QUEUED: Meaning(gettext_lazy("It will be sent automatically."), "", True),
    Status.HELD: Meaning(
        gettext_lazy("It is not sent until someone has read it and decided."),
        gettext_lazy("Read it, then release or refuse it."),
    ),
    Status.CLAIMED: Meaning(gettext_lazy("It is being prepared for sending.")),
    Status.SENDING: Meaning(gettext_lazy("It is being sent now.")),
    Status.SENT: Meaning(gettext_lazy("The mail server has taken it.")),
    Status.BOUNCED: Meaning(
        gettext_lazy("It was sent and came back."),
        gettext_lazy("Its supporter was asked to print and post it. Check the MP’s email address."),
        True,
    ),
    Status.FAILED: Meaning(
        gettext_lazy("It could not be sent."),
        gettext_lazy("If the cause below has gone, retry it. If not, there is nothing to do: its supporter knows."),
        True,
    ),
    Status.UNKNOWN: Meaning(
        gettext_lazy("It may or may not have arrived: the mail server did not say."),
        gettext_lazy(
            "Find out first. Ask the operator to look for the message ID below in the mail server’s log, or ask the "
            "MP’s office. Then decide."
        ),
        True,
    ),
    Status.WITHDRAWN: Meaning(gettext_lazy("Its supporter withdrew it. It is never sent.")),
}
GIVEN_UP = Meaning(gettext_lazy("Someone decided not to send it any more. Its supporter knows."))
REFUSED = Meaning(gettext_lazy("It was refused and is never sent. Its supporter was told why."))


def find_meaning(letter: Letter) -> Meaning:
    if Refusal.objects.filter(letter=letter).exists():
        return REFUSED
    return GIVEN_UP if letter.given_up_at else MEANINGS[letter.status]


def list_sender(letter: Letter) -> list[tuple[StrOrPromise, str]]:
    fields = [
        (_("Name"), letter.sender_name),
        (_("On behalf of"), letter.on_behalf_of),
        (_("Address"), letter.sender_address),
        (_("Postcode"), letter.sender_postcode),
        (_("Email"), letter.sender_email),
        (_("Phone"), letter.sender_phone),
    ]
    return [(label, value) for label, value in fields if value]


def make_letter_context(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    """Return what the page shows besides the decisions; without the permission nothing that needs decryption."""
    with_person = may_see_person(request)
    meaning = find_meaning(letter)
    same_mp = Letter.objects.filter(constituency_gss=letter.constituency_gss, member_name=letter.member_name)
    others = same_mp.exclude(pk=letter.pk).defer_encrypted().order_by("-created_at")[: MAX_OTHERS + 1]
    events = list(letter.events.select_related("actor"))
    why = next((event.note for event in reversed(events) if event.type == letter.status and event.note), "")
    others_url = f"{reverse('admin:letters_letter_changelist')}?constituency_gss__exact={letter.constituency_gss}"
    return {
        "with_person": with_person,
        "sheet": read_letter(letter) if with_person and not letter.text_erased_at else None,
        "sender": list_sender(letter) if with_person and not letter.scrubbed_at else [],
        "shape": SHAPES[Status(letter.status)],
        "meaning": meaning,
        "why": why,
        "answer": letter.last_answer if meaning.with_answer else "",
        "message_id": letter.message_id if letter.status == Status.UNKNOWN else "",
        "events": events,
        "others": list(others),
        "others_url": others_url,
        "may_note": may_decide(request),
        "note_form": NoteForm(),
        "is_nav_sidebar_enabled": False,
    }


def add_note(request: HttpRequest, pk: uuid.UUID, admin_site: admin.AdminSite) -> HttpResponse:
    """Keep an organiser's note in the letter's timeline."""
    if not (may_see_letters(request) and may_decide(request)):
        raise PermissionDenied
    letter = get_object_or_404(Letter.objects.defer_encrypted(), pk=pk)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        letter.log_event(EventType.NOTE, note=form.cleaned_data["note"], actor=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Your note is in the timeline."))
        return redirect("admin:letters_letter_change", pk)
    context = admin_site.each_context(request) | {
        "title": _("Add a note: %s") % letter.reference,
        "opts": Letter._meta,
        "letter": letter,
        "note_form": form,
    }
    return TemplateResponse(request, "admin/letters/letter/note.html", context)


def list_note_urls(admin_site: admin.AdminSite) -> list[URLPattern]:
    view = admin_site.admin_view(add_note)
    return [path("<uuid:pk>/note/", view, {"admin_site": admin_site}, name="letters_letter_note")]
