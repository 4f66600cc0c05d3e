"""Between "send" and the mail, in one's own session: have it sent again, or to another address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from letters.actions.resend import MOST_ADDRESSES, redirect_confirmation, repeat_confirmation
from letters.forms.journey import AddressForm
from letters.models import Letter, Status
from letters.tasks import wake_worker
from letters.views.journey_base import Desk, journey_step
from letters.views.throttling import Act, TooOftenError, count_mail, refuse_if_too_often, show_too_many


def find_letter(desk: Desk) -> Letter | None:
    """Return the letter that this session's draft has become, if it has."""
    return Letter.objects.filter(draft_id=desk.draft.id).first()


def hint_at_address(address: str) -> str:
    """Return the address with all but the first letter before the @ hidden: enough to see a typing error's domain."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def show_waiting(desk: Desk, letter: Letter | None, form: AddressForm) -> HttpResponse:
    """Show step 6 as it stands with this letter."""
    waiting = letter is not None and letter.status == Status.UNCONFIRMED
    context = {
        "mailbox": settings.MAILBOX_DIR is not None,
        "letter": letter,
        "waiting": waiting,
        "address": hint_at_address(letter.sender_email) if letter and waiting else "",
        "can_change": letter is not None and letter.confirm_generation < MOST_ADDRESSES,
        "form": form,
    }
    return desk.render("write-sent", "letters/sent.html", context)


def mail_again(desk: Desk, address: str, owe: Callable[[], bool]) -> bool:
    """Owe one more confirmation mail and have it sent; False if none was. Raises TooOftenError."""
    with transaction.atomic():
        owed = owe()
        if owed:
            count_mail(desk.request, desk.campaign, email=address)
            wake_worker()
    return owed


@journey_step()
def show_sent(desk: Desk) -> HttpResponse:
    """Step 6: look into your mail."""
    return show_waiting(desk, find_letter(desk), AddressForm())


@journey_step()
def resend(desk: Desk) -> HttpResponse:
    """Send the confirmation mail again, within limits. The answer is the same whether or not that was possible."""
    if desk.request.method == "POST":
        if letter := find_letter(desk):
            if page := refuse_if_too_often(Act.ASK, desk.request, desk.campaign):
                return page
            try:
                mail_again(desk, letter.sender_email, partial(repeat_confirmation, letter))
            except TooOftenError as error:
                return show_too_many(desk.request, error.refusal, Act.ASK, desk.campaign)
        messages.info(
            desk.request,
            _(
                "If your letter still waits for you, the message is on its way again. It can take a few minutes; "
                "we send it at most three times more, and not twice within a minute."
            ),
        )
    return desk.go("write-sent")


@journey_step()
def change_address(desk: Desk) -> HttpResponse:
    """Send the confirmation mail to another address; the link in the one before no longer works."""
    if desk.request.method != "POST":
        return desk.go("write-sent")
    letter = find_letter(desk)
    form = AddressForm(desk.request.POST)
    if letter is None or letter.status != Status.UNCONFIRMED:
        return desk.go("write-sent")
    if not form.is_valid():
        return show_waiting(desk, letter, form)
    if page := refuse_if_too_often(Act.ASK, desk.request, desk.campaign):
        return page
    address = form.cleaned_data["email"]
    try:
        changed = mail_again(desk, address, partial(redirect_confirmation, letter, address))
    except TooOftenError as error:
        return show_too_many(desk.request, error.refusal, Act.ASK, desk.campaign)
    if changed:
        messages.success(
            desk.request, _("The message goes to the new address. The link in the one before no longer works.")
        )
    else:
        messages.warning(
            desk.request,
            _("The address can be changed %(most)d times. To use yet another one, give your details again.")
            % {"most": MOST_ADDRESSES},
        )
    return desk.go("write-sent")
