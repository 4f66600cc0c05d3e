"""The letter without a trace: as a PDF, as plain text, and what its writer does with the paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.text import slugify
from django.utils.translation import gettext as _

from letters.forms.journey import DetailsForm
from letters.models import DownloadCount, StepCount
from letters.rendering.pdf import LetterTooLongError, render_letter_pdf
from letters.rendering.plain_text import write_plain_text
from letters.views.journey import show_check, show_details
from letters.views.journey_base import MOST_MARKS, Desk, journey_step
from letters.views.throttling import Act, costly, refuse_if_too_often
from letters.writing.compose import MOST_PAGES
from letters.writing.session import drop_draft

DOWNLOADED, POSTED = "downloaded", "posted"  # session keys: the drafts that are counted, so that each counts once


def count_once(desk: Desk, what: str) -> bool:
    """Return whether this draft has not been counted for that yet, and remember it."""
    counted: list[str] = desk.request.session.get(what, [])
    if desk.draft.id in counted:
        return False
    desk.request.session[what] = [*counted, desk.draft.id][-MOST_MARKS:]
    return True


@costly
@journey_step(needs_member=True, needs_arguments=True)
def download_letter(desk: Desk) -> HttpResponse:
    """Give the letter as a PDF. Name and address make the PDF and are not stored; a count remains."""
    if desk.request.method != "POST":
        return desk.go("write-details")
    form = DetailsForm(desk.request.POST, seat=desk.seat, member=desk.member)
    if not form.is_valid():
        return show_details(desk, form)
    if page := refuse_if_too_often(Act.PRINT, desk.request, desk.campaign):
        return page
    large_print = "large_print" in desk.request.POST
    try:
        pdf = render_letter_pdf(desk.write(form.sender()), large_print=large_print, most_pages=MOST_PAGES)
    except LetterTooLongError:
        return show_check(desk, form)  # which says so
    if not desk.campaign.is_draft and count_once(desk, DOWNLOADED):
        DownloadCount.add_one(desk.campaign, desk.seat.gss)
        desk.count_step(StepCount.Step.DOWNLOADED)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{slugify(desk.seat.name)}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@costly
@journey_step(needs_member=True, needs_arguments=True)
def show_text(desk: Desk) -> HttpResponse:
    """Show the letter as plain text, to paste elsewhere. Nothing is stored or counted."""
    if desk.request.method != "POST":
        return desk.go("write-details")
    form = DetailsForm(desk.request.POST, seat=desk.seat, member=desk.member)
    if not form.is_valid():
        return show_details(desk, form)
    context = {"form": form, "plain": write_plain_text(desk.write(form.sender()))}
    response = desk.render("write-check", "letters/text.html", context)
    patch_cache_control(response, no_store=True)
    return response


@journey_step()
def show_posting(desk: Desk) -> HttpResponse:
    """Say what to do with the downloaded letter; a POST says that it is done, and counts one, once a draft."""
    if desk.request.method == "POST":
        if desk.found_seat and not desk.campaign.is_draft and count_once(desk, POSTED):
            DownloadCount.add_posted(desk.campaign, desk.found_seat.gss)
        messages.success(desk.request, _("Thank you for telling us. It is counted, without your name."))
        return desk.go("write-posting")
    posted = desk.draft.id in desk.request.session.get(POSTED, [])
    return desk.render("write-check", "letters/posting.html", {"posted": posted})


@journey_step()
def finish(desk: Desk) -> HttpResponse:
    """Forget the draft and say thanks."""
    if desk.request.method != "POST":
        return desk.go("campaign")
    drop_draft(desk.request.session, desk.campaign.slug)
    return desk.render("write-sent", "letters/finished.html", {})
