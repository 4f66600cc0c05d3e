"""The view with which a supporter asks the site to send the letter."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from letters.actions.submit import submit_letter
from letters.forms.honeypot import suspect_bot
from letters.forms.journey import SendForm
from letters.rendering.pdf import count_letter_pages
from letters.tasks import wake_worker
from letters.views.details import ask_for, show_details
from letters.views.journey import show_check
from letters.views.journey_base import Journey, journey_step
from letters.views.throttling import Action, TooOftenError, count_mail, refuse_if_too_often, require_room, show_too_many
from letters.writing.compose import MAX_PAGES


@require_room
@journey_step(needs_member=True, needs_arguments=True)
def send_letter(journey: Journey) -> HttpResponse:
    if journey.request.method != "POST":
        return journey.go("write-check")
    form = SendForm(journey.request.POST, offers_news=journey.campaign.offers_news, **ask_for(journey))
    if not form.is_valid():
        only_consent = set(form.errors) == {"consent"}
        return show_check(journey, form) if only_consent else show_details(journey, form)
    if form.cleaned_data["channel"] != "email":
        return show_check(journey, form)
    if journey.request.POST.get("seen", seen := journey.hash_words()) != seen:
        changed = _("Your letter has changed since you saw it: the organisers have changed a text. Read it once more.")
        messages.warning(journey.request, changed)
        return show_check(journey, form)
    if journey.campaign.is_draft:
        messages.info(journey.request, _("This is a preview: the letter will not be stored or sent."))
        return show_check(journey, form)
    if doubt := suspect_bot(form):
        messages.warning(journey.request, doubt)
        return show_check(journey, form)
    sender = form.get_sender()
    if count_letter_pages(journey.write(sender)) > MAX_PAGES:
        return show_check(journey, form)
    if page := refuse_if_too_often(Action.ASK, journey.request, journey.campaign):
        return page
    try:
        stored = submit_letter(
            journey.campaign,
            journey.draft,
            journey.arguments,
            journey.constituency,
            journey.member,
            sender,
            news=form.cleaned_data.get("news", False),
            count_mail=partial(
                count_mail, journey.request, journey.campaign, email=sender.email, postcode=sender.postcode
            ),
        )
    except TooOftenError as error:
        return show_too_many(journey.request, error.refusal, Action.ASK, journey.campaign)
    if stored:
        wake_worker()
    else:
        messages.info(journey.request, _("You have already confirmed this letter. To write another, start again."))
    return journey.go("write-sent")
