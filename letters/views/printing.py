"""The letter as PDF or plain text, without storing it, and how to post it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.text import slugify
from django.utils.translation import gettext as _

from letters.models import DownloadCount, StepCount
from letters.rendering.pdf import LetterTooLongError, render_letter_pdf
from letters.rendering.plain_text import write_plain_text
from letters.views.details import read_details, show_details
from letters.views.journey import show_check
from letters.views.journey_base import MAX_MARKS, Journey, journey_step
from letters.views.throttling import Action, refuse_if_too_often, require_room
from letters.writing.compose import MAX_PAGES
from letters.writing.session import drop_draft

DOWNLOADED, POSTED = "downloaded", "posted"  # session keys of the drafts already counted


def count_once(journey: Journey, what: str) -> bool:
    counted: list[str] = journey.request.session.get(what, [])
    if journey.draft.id in counted:
        return False
    journey.request.session[what] = [*counted, journey.draft.id][-MAX_MARKS:]
    return True


@require_room
@journey_step(needs_member=True, needs_arguments=True)
def download_letter(journey: Journey) -> HttpResponse:
    """Send the letter as a PDF. Name and address are not stored; only a count is."""
    if journey.request.method != "POST":
        return journey.go("write-check")
    form = read_details(journey)
    if not form.is_valid():
        return show_details(journey, form)
    if page := refuse_if_too_often(Action.PRINT, journey.request, journey.campaign):
        return page
    large_print = "large_print" in journey.request.POST
    try:
        pdf = render_letter_pdf(journey.write(form.get_sender()), large_print=large_print, most_pages=MAX_PAGES)
    except LetterTooLongError:
        return show_check(journey, form)  # it says so
    if not journey.campaign.is_draft and count_once(journey, DOWNLOADED):
        DownloadCount.add_one(journey.campaign, journey.constituency.gss)
        journey.count_step(StepCount.Step.DOWNLOADED)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{slugify(journey.constituency.name)}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@require_room
@journey_step(needs_member=True, needs_arguments=True)
def show_text(journey: Journey) -> HttpResponse:
    """Show the letter as plain text, to paste elsewhere, without storing or counting it."""
    if journey.request.method != "POST":
        return journey.go("write-check")
    form = read_details(journey)
    if not form.is_valid():
        return show_details(journey, form)
    context = {"form": form, "plain": write_plain_text(journey.write(form.get_sender()))}
    response = journey.render("write-check", "letters/text.html", context)
    patch_cache_control(response, no_store=True)
    return response


@journey_step()
def show_posting(journey: Journey) -> HttpResponse:
    """Say what to do with the downloaded letter; a POST says that it was posted, counted once per draft."""
    if journey.request.method == "POST":
        if journey.found_constituency and not journey.campaign.is_draft and count_once(journey, POSTED):
            DownloadCount.add_posted(journey.campaign, journey.found_constituency.gss)
        messages.success(journey.request, _("Thank you for telling us. We have counted it, without your name."))
        return journey.go("write-posting")
    posted = journey.draft.id in journey.request.session.get(POSTED, [])
    return journey.render("write-check", "letters/posting.html", {"posted": posted})


@journey_step()
def finish(journey: Journey) -> HttpResponse:
    if journey.request.method != "POST":
        return journey.go("campaign")
    drop_draft(journey.request.session, journey.campaign.slug)
    return journey.render("write-sent", "letters/finished.html", {})
