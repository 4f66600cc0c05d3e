"""The view by which a supporter asks the site to send the letter."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from letters.actions.submit import submit_letter
from letters.forms.honeypot import find_doubt
from letters.forms.journey import SendForm
from letters.rendering.pdf import count_letter_pages
from letters.tasks import wake_worker
from letters.views.journey import show_check, show_details
from letters.views.journey_base import Desk, journey_step
from letters.views.throttling import Act, TooOftenError, costly, count_mail, refuse_if_too_often, show_too_many
from letters.writing.compose import MOST_PAGES


@costly
@journey_step(needs_member=True, needs_arguments=True)
def send_letter(desk: Desk) -> HttpResponse:
    """Store the letter and ask its writer, by email, to confirm it."""
    if desk.request.method != "POST":
        return desk.go("write-details")
    form = SendForm(desk.request.POST, seat=desk.seat, member=desk.member, offers_news=desk.campaign.offers_news)
    if not form.is_valid():
        only_consent = set(form.errors) == {"consent"}
        return show_check(desk, form) if only_consent else show_details(desk, form)
    if form.cleaned_data["channel"] != "email" or not desk.has_enough_own_words():
        return show_check(desk, form)
    if desk.campaign.is_draft:
        messages.info(desk.request, _("This is a preview: the letter is neither stored nor sent."))
        return show_check(desk, form)
    if doubt := find_doubt(form):
        messages.warning(desk.request, doubt)
        return show_check(desk, form)
    sender = form.sender()
    if count_letter_pages(desk.write(sender)) > MOST_PAGES:
        return show_check(desk, form)
    if page := refuse_if_too_often(Act.ASK, desk.request, desk.campaign):
        return page
    try:
        stored = submit_letter(
            desk.campaign,
            desk.draft,
            desk.arguments,
            desk.seat,
            desk.member,
            sender,
            news=form.cleaned_data.get("news", False),
            count_mail=partial(count_mail, desk.request, desk.campaign, email=sender.email, postcode=sender.postcode),
        )
    except TooOftenError as error:
        return show_too_many(desk.request, error.refusal, Act.ASK, desk.campaign)
    if stored:
        wake_worker()
    else:
        messages.info(desk.request, _("You have already confirmed this letter. To write another, start again."))
    return desk.go("write-sent")
