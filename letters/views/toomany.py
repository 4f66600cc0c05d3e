"""The page for what was asked too often: when to try again, with everything that was typed ready to be sent again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from campaign.content.models import Campaign
from campaign.core.addresses import find_address
from campaign.core.identity import list_networks
from letters.gate import Act, By, Refusal, admit
from letters.views.bulkhead import BULKHEAD, CrowdedError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

P = ParamSpec("P")
CROWDED_PAUSE = dt.timedelta(seconds=3)  # until there is room again, most probably
CROWDED = _("Very many people are writing at this moment.")

REASONS: dict[By | None, StrOrPromise] = {
    By.IP: _(
        "A great deal has come from your internet connection in a short time. Perhaps you share it with many people: "
        "then your phone’s own connection may work at once."
    ),
    By.EMAIL: _(
        "Several messages have gone to this email address already. Please look for them, in the spam folder too."
    ),
    By.PAIR: _(
        "Several messages to this email address have been asked for from your internet connection already. Please look "
        "for them, in the spam folder too."
    ),
    By.POSTCODE: _("Many letters have come from your postcode in a short time."),
    By.CAMPAIGN: _("Very many people are writing at the moment, more than we can handle at once."),
    None: _("We cannot send messages at the moment. It is not your fault, and we have been told."),
}


class TooOftenError(Exception):
    """No mail may go. Raised where it was about to be owed, so that the transaction keeps nothing of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal


def refuse_if_too_often(
    act: Act, request: HttpRequest, campaign: Campaign | None, *, email: str = "", postcode: str = ""
) -> HttpResponse | None:
    """Count one act and return None, or return the page that says when to try again."""
    refusal = admit(act, request, email=email, postcode=postcode, campaign=campaign.slug if campaign else "")
    return show_too_many(request, refusal, act, campaign) if refusal else None


def count_mail(request: HttpRequest, campaign: Campaign, *, email: str, postcode: str = "") -> None:
    """Count a confirmation mail that is owed. Raises TooOftenError if it is one too many.

    What makes no mail is not counted, or a stranger could use up what a mailbox may get without anybody noticing.
    """
    if refusal := admit(Act.MAIL, request, email=email, postcode=postcode, campaign=campaign.slug):
        raise TooOftenError(refusal)


def costly(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Have a view that takes long wait until there is room for it (letters.views.bulkhead), or say to try again: 503.

    It stands outermost, so that nothing is read before there is room: a session might be another one by then.
    """

    @wraps(view)
    def enter(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        visitor, _times = list_networks(find_address(request))[0]
        try:
            with BULKHEAD.enter(visitor):
                return view(request, *args, **kwargs)
        except CrowdedError:
            return show_too_many(request, Refusal(None, timezone.now() + CROWDED_PAUSE), reason=CROWDED)

    return enter


def show_too_many(
    request: HttpRequest,
    refusal: Refusal,
    act: Act | None = None,
    campaign: Campaign | None = None,
    *,
    reason: StrOrPromise = "",
) -> HttpResponse:
    """Say why and until when, and keep what was typed: 429, or 503 if it could not be counted or there is no room.

    A script that saves has all of it on its page, and tries again.
    """
    status = 429 if refusal.by else 503
    if HtmxDetails(request):
        response = HttpResponse(status=status)
    else:
        context = {
            "campaign": campaign,
            "act": act.value if act else "",
            "reason": reason or REASONS[refusal.by],
            "until": refusal.until,
            "seconds": refusal.seconds,
            "typed": [
                (name, value)
                for name, values in request.POST.lists()
                if name != "csrfmiddlewaretoken"
                for value in values
            ],
        }
        response = render(request, "429.html", context, status=status)
    response["Retry-After"] = str(refusal.seconds)
    response["Cache-Control"] = "no-store, private"
    return response
