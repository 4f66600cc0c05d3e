"""Rate limits of the public pages, and the page that says when to try again and keeps what was typed."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.log import log_response
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from campaign.content.models import Campaign
from campaign.core.bulkhead import BULKHEAD, RETRY_SECONDS, CrowdedError
from campaign.core.client_ip import get_client_ip
from campaign.core.identity import list_networks, name_mailbox
from campaign.core.rate_counters import Window, make_wider_rate, read_rate, reset_at, take_each

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


logger = logging.getLogger(__name__)


class Action(StrEnum):
    """What is counted."""

    START = "start"  # a session for a draft
    LOOK_UP = "look-up"  # a postcode
    SAVE = "save"  # show or save the builder, which compares and measures the letter
    PRINT = "print"  # lay out a letter, as PDF or to count its pages
    ASK = "ask"  # for a confirmation mail: the first, again, or to another address
    MAIL = "mail"  # a confirmation mail that is sent
    CONFIRM = "confirm"
    FIND = "find"  # lost links, by mail


class Scope(StrEnum):
    """By what it is counted."""

    IP = "ip"
    EMAIL = "email"
    PAIR = "pair"  # a visitor and a mailbox: a stranger cannot use up its mails
    POSTCODE = "postcode"
    CAMPAIGN = "campaign"


# The settings with the rates. Scopes shared by more people come last.
RULES: dict[Action, dict[Scope, str]] = {
    Action.START: {Scope.IP: "LIMIT_DRAFTS_PER_IP"},
    Action.LOOK_UP: {Scope.IP: "LIMIT_LOOKUPS_PER_IP"},
    Action.SAVE: {Scope.IP: "LIMIT_SAVES_PER_IP"},
    Action.PRINT: {Scope.IP: "LIMIT_PDFS_PER_IP"},
    Action.ASK: {Scope.IP: "LIMIT_LETTERS_PER_IP"},
    Action.MAIL: {
        Scope.PAIR: "LIMIT_LETTERS_PER_IP_AND_EMAIL",
        Scope.EMAIL: "LIMIT_LETTERS_PER_EMAIL",
        Scope.POSTCODE: "LIMIT_LETTERS_PER_POSTCODE",
        Scope.CAMPAIGN: "LIMIT_LETTERS_PER_CAMPAIGN",
    },
    Action.CONFIRM: {Scope.IP: "LIMIT_CONFIRMS_PER_IP"},
    Action.FIND: {
        Scope.PAIR: "LIMIT_LINKS_PER_IP_AND_EMAIL",
        Scope.IP: "LIMIT_LINKS_PER_IP",
    },  # per mailbox: letters.privacy.lost_links
}
SENDS_MAIL = {Action.ASK, Action.MAIL, Action.FIND}
UNCOUNTED_PAUSE = dt.timedelta(minutes=5)  # when counting is impossible


@dataclass(frozen=True)
class RateLimited:
    """A refusal: the scope whose limit is reached (None: counting failed), and when to try again."""

    by: Scope | None
    until: dt.datetime

    @property
    def seconds(self) -> int:
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)


def check_rate_limit(
    act: Action, request: HttpRequest, *, email: str = "", postcode: str = "", campaign: str = ""
) -> RateLimited | None:
    """Count one action and return None; or, at a limit, count nothing and return the refusal.

    Scopes whose value is not given do not count.
    """
    networks, mailbox = list_networks(get_client_ip(request)), name_mailbox(email)
    given = {
        Scope.IP: networks,
        Scope.EMAIL: [(mailbox, 1)],
        Scope.PAIR: [(f"{networks[-1][0]} {mailbox}" if mailbox else "", 1)],
        Scope.POSTCODE: [("".join(postcode.split()).upper(), 1)],
        Scope.CAMPAIGN: [(campaign, 1)],
    }
    counted = {
        (make_wider_rate(rate, times), make_key(act, by, value)): by
        for by, setting in RULES[act].items()
        if (rate := read_rate(getattr(settings, setting)))
        for value, times in given[by]
        if value
    }
    try:
        return _count(counted)
    except Exception as error:  # noqa: BLE001 whatever it is, a page has to answer
        # Neither the request nor the error's text, which might name somebody.
        logger.error("%s cannot be counted: %s", act, type(error).__name__)
        return RateLimited(None, timezone.now() + UNCOUNTED_PAUSE) if act in SENDS_MAIL else None


def _count(counted: dict[Window, Scope]) -> RateLimited | None:
    full = take_each(counted)
    return RateLimited(counted[full], dt.datetime.fromtimestamp(reset_at(*full), dt.UTC)) if full else None


def make_key(act: Action, by: Scope, value: str) -> str:
    """Return the counter's key: a keyed hash, so that Redis holds no address."""
    return f"{act}:{by}:{salted_hmac('letters.gate', f'{by}:{value}', algorithm='sha256').hexdigest()[:32]}"


P = ParamSpec("P")
CROWDED_PAUSE = dt.timedelta(seconds=RETRY_SECONDS)
CROWDED = _("A lot of people are writing at the moment.")

REASONS: dict[Scope | None, StrOrPromise] = {
    Scope.IP: _(
        "We have had a lot of requests from your internet connection. If you share it with other people, try mobile "
        "data instead."
    ),
    Scope.EMAIL: _(
        "We have already sent several messages to this email address. Please look for them, and check the spam "
        "folder too."
    ),
    Scope.PAIR: _(
        "Several messages to this email address have already been requested from your internet connection. Please look "
        "for them, and check the spam folder too."
    ),
    Scope.POSTCODE: _("We have had a lot of letters from your postcode in a short time."),
    Scope.CAMPAIGN: _("A lot of people are writing at the moment, more than we can handle at once."),
    None: _("We cannot send messages at the moment. This is a fault on our side, and we have been told about it."),
}


class TooOftenError(Exception):
    """No mail may be sent. Raised where it would be queued, so that the transaction is rolled back."""

    def __init__(self, refusal: RateLimited) -> None:
        super().__init__()
        self.refusal = refusal


def refuse_if_too_often(
    act: Action, request: HttpRequest, campaign: Campaign | None, *, email: str = "", postcode: str = ""
) -> HttpResponse | None:
    """Count one action; return None, or the page that says when to try again."""
    refusal = check_rate_limit(act, request, email=email, postcode=postcode, campaign=campaign.slug if campaign else "")
    return show_too_many(request, refusal, act, campaign) if refusal else None


def count_mail(request: HttpRequest, campaign: Campaign, *, email: str, postcode: str = "") -> None:
    """Count a confirmation mail. Raises TooOftenError if it is one too many.

    Only mails that are sent count; otherwise a stranger could silently use up a mailbox's limit.
    """
    if refusal := check_rate_limit(Action.MAIL, request, email=email, postcode=postcode, campaign=campaign.slug):
        raise TooOftenError(refusal)


def require_room(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Make a slow view wait for room (campaign.core.bulkhead), or answer 503 and ask to try again.

    Use it as the outermost decorator, so that nothing is read before there is room: the session might change meanwhile.
    """

    @wraps(view)
    def enter(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        visitor, _times = list_networks(get_client_ip(request))[0]
        try:
            with BULKHEAD.enter(visitor):
                return view(request, *args, **kwargs)
        except CrowdedError:
            page = show_too_many(request, RateLimited(None, timezone.now() + CROWDED_PAUSE), reason=CROWDED)
            # Django logs every 503 as an error, but this is intended and needs no attention.
            log_response("No room yet: %s", request.path, response=page, request=request, level="warning")
            return page

    return enter


def show_too_many(
    request: HttpRequest,
    refusal: RateLimited,
    act: Action | None = None,
    campaign: Campaign | None = None,
    *,
    reason: StrOrPromise = "",
) -> HttpResponse:
    """Say why, and when to try again, and keep what was typed: 429, or 503 if counting failed or there is no room.

    A script that saves still has it on its page, and tries again.
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
