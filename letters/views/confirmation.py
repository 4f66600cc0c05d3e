"""After sending: the confirmation mail again, or to another address, within the supporter's session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from letters.actions.resend import MAX_ADDRESSES, redirect_confirmation, resend_confirmation
from letters.forms.journey import AddressForm
from letters.models import Letter, Status
from letters.tasks import wake_worker
from letters.views.journey_base import Journey, journey_step
from letters.views.throttling import Action, TooOftenError, count_mail, refuse_if_too_often, show_too_many


def find_letter(journey: Journey) -> Letter | None:
    return Letter.objects.filter(draft_id=journey.draft.id).first()


def show_waiting(journey: Journey, letter: Letter | None, form: AddressForm) -> HttpResponse:
    waiting = letter is not None and letter.status == Status.UNCONFIRMED
    context = {
        "mailbox": settings.MAILBOX_DIR is not None,
        "letter": letter,
        "waiting": waiting,
        "can_change": letter is not None and letter.confirm_generation < MAX_ADDRESSES,
        "form": form,
    }
    return journey.render("write-sent", "letters/sent.html", context)


def send_again(journey: Journey, address: str, owe: Callable[[], bool]) -> bool:
    """Queue another confirmation notice; False if none is due. Raises TooOftenError."""
    with transaction.atomic():
        owed = owe()
        if owed:
            count_mail(journey.request, journey.campaign, email=address)
            wake_worker()
    return owed


@journey_step()
def show_sent(journey: Journey) -> HttpResponse:
    return show_waiting(journey, find_letter(journey), AddressForm())


@journey_step()
def resend(journey: Journey) -> HttpResponse:
    """Send the confirmation mail again, within limits. The response does not reveal whether it was sent."""
    if journey.request.method == "POST":
        if letter := find_letter(journey):
            if page := refuse_if_too_often(Action.ASK, journey.request, journey.campaign):
                return page
            try:
                send_again(journey, letter.sender_email, partial(resend_confirmation, letter))
            except TooOftenError as error:
                return show_too_many(journey.request, error.refusal, Action.ASK, journey.campaign)
        messages.info(
            journey.request,
            _(
                "If your letter is still waiting to be confirmed, we have sent the message again. It can take "
                "a few minutes. We send it three more times at most, and not twice in the same minute."
            ),
        )
    return journey.go("write-sent")


@journey_step()
def change_address(journey: Journey) -> HttpResponse:
    """Send the confirmation mail to another address; the link in the previous one stops working."""
    if journey.request.method != "POST":
        return journey.go("write-sent")
    letter = find_letter(journey)
    form = AddressForm(journey.request.POST)
    if letter is None or letter.status != Status.UNCONFIRMED:
        return journey.go("write-sent")
    if not form.is_valid():
        return show_waiting(journey, letter, form)
    if page := refuse_if_too_often(Action.ASK, journey.request, journey.campaign):
        return page
    address = form.cleaned_data["email"]
    try:
        changed = send_again(journey, address, partial(redirect_confirmation, letter, address))
    except TooOftenError as error:
        return show_too_many(journey.request, error.refusal, Action.ASK, journey.campaign)
    if changed:
        messages.success(
            journey.request,
            _("We have sent the message to the new address. The link in the earlier message no longer works."),
        )
    else:
        messages.warning(
            journey.request,
            _("You can change the address %(most)d times. To use a different one, enter your details again.")
            % {"most": MAX_ADDRESSES},
        )
    return journey.go("write-sent")
