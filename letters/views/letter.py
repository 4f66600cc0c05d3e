"""Pages behind secret links: confirming a letter, and following it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign.content.hours import describe_opening, find_opening, is_open
from letters.actions.confirm import confirm_now
from letters.actions.correct import WENT
from letters.actions.erase import erase_letter
from letters.actions.follow_up import find_question_date, stop_question
from letters.actions.note import note_by_supporter
from letters.actions.withdraw import withdraw_letter
from letters.mail.messages import name_domain
from letters.models import WITHDRAWABLE, EventCode, EventType, Letter, LetterEvent, Status
from letters.privacy.newsletter import unsubscribe, wants_newsletter
from letters.privacy.tokens import CONFIRM_WITHIN, hash_token, make_confirm_token, make_letter_token
from letters.rendering.pdf import LetterTooLongError, render_letter_pdf
from letters.rendering.plain_text import write_plain_text
from letters.tasks import wake_worker
from letters.views.corrections import show_corrections
from letters.views.throttling import Action, refuse_if_too_often, require_room
from letters.writing.compose import read_letter
from letters.writing.session import drop_draft_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


# What a supporter reads of the letter's life; moves between machines are left out.
EVENT_LABELS: dict[str, StrOrPromise] = {
    EventType.CREATED: gettext_lazy("You wrote your letter."),
    Status.HELD: gettext_lazy("On hold: someone from the campaign will read your letter before it is sent."),
    Status.SENT: gettext_lazy("Your letter was sent."),
    Status.BOUNCED: gettext_lazy(
        "Your letter came back: it could not be delivered to your MP’s address. Please print and post it."
    ),
    Status.FAILED: gettext_lazy("Your letter could not be delivered. Please print and post it. The organisers know."),
    Status.UNKNOWN: gettext_lazy(
        "We cannot tell whether your letter arrived. An organiser is finding out. We will not send it again "
        "before they know."
    ),
    Status.WITHDRAWN: gettext_lazy("You withdrew your letter. It will not be sent."),
    EventType.POSTED: gettext_lazy("You posted it."),
    EventType.ANSWERED: gettext_lazy("Your MP answered."),
    EventType.CORRECTED: gettext_lazy("You corrected your details."),
    EventType.OUTDATED: gettext_lazy("The campaign corrected a fact in your letter."),
    EventType.RENEWED: gettext_lazy("You chose what your letter says instead."),
    EventType.TEXT_ERASED: gettext_lazy("We deleted your address and words, because we no longer need them."),
    EventType.ERASED: gettext_lazy("We deleted your name, address and words."),
}


def secret_page(show: Callable[[HttpRequest, Letter], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Make a function of a letter into a view of its secret link (`core/headers.py` keeps it out of caches)."""

    @wraps(show)
    def view(request: HttpRequest, token: str) -> HttpResponse:
        kind = "confirm_token_hash" if request.path.startswith("/confirm/") else "letter_token_hash"
        letter = Letter.objects.select_related("campaign").filter(**{kind: hash_token(token)}).first()
        expired = (
            letter is not None
            and letter.status == Status.UNCONFIRMED
            and (letter.created_at < timezone.now() - CONFIRM_WITHIN)
        )
        if letter is None or expired:
            return render(request, "letters/no_letter.html", {"expired": expired}, status=404)
        return show(request, letter)

    # Under "no-referrer" browsers send "Origin: null" with the page's own forms, which Django's CSRF check refuses. The
    # check guards what a cookie allows; here no cookie allows anything. Who can make such a request knows the secret.
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def confirm_letter(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Show the letter; only a POST confirms it, because mail scanners follow links."""
    letter_url = redirect("letter", make_letter_token(letter))
    closed = letter.campaign.mode == letter.campaign.Mode.CLOSED
    if letter.status == Status.WITHDRAWN:
        messages.info(request, _("You have withdrawn this letter, so it will not be sent. You can write a new one."))
        return letter_url
    if request.method == "POST" and not closed:
        if page := refuse_if_too_often(Action.CONFIRM, request, letter.campaign):
            return page
        if confirm_now(letter):
            wake_worker()
        else:
            messages.info(request, _("You have already confirmed this letter. We will send it only once."))
        return letter_url
    if letter.status != Status.UNCONFIRMED:
        messages.info(request, _("You have already used this link. Here is what has happened to your letter."))
        return letter_url
    context = {"campaign": letter.campaign, "letter": letter, "text": read_letter(letter), "closed": closed}
    context |= {"goes_at": say_when_it_goes(letter), "wants_newsletter": wants_newsletter(letter)}
    context |= show_corrections(letter)
    context["token"] = make_confirm_token(letter)
    context["rehearsal"] = letter.would_rehearse()
    context["domain"] = name_domain(letter.campaign.test_address if context["rehearsal"] else letter.member_email)
    return render(request, "letters/confirm.html", context)


def say_when_it_goes(letter: Letter) -> str:
    now = timezone.now()
    if letter.status not in (Status.UNCONFIRMED, Status.QUEUED) or is_open(letter.campaign, now):
        return ""
    return describe_opening(find_opening(letter.campaign, now))


def tell_timeline(letter: Letter) -> list[tuple[LetterEvent, StrOrPromise]]:
    told = []
    confirmed = went = False
    refused = hasattr(letter, "refusal")
    for event in letter.events.all():
        words: StrOrPromise | None = EVENT_LABELS.get(event.type)
        if event.type == Status.FAILED and refused:
            words = _("The campaign decided not to send your letter.")
        went = went or event.type in WENT
        if event.code == EventCode.CORRECTED:
            continue  # the correction is told
        if event.code == EventCode.OUTDATED:  # it is where it was, and the correction is what the supporter has to know
            told.append((event, EVENT_LABELS[EventType.OUTDATED]))
            continue
        if event.type == EventType.CORRECTED and went:
            words = _("You corrected the copy here. We cannot change what was sent.")
        if event.type == Status.HELD:
            confirmed = True
        if event.type == Status.QUEUED:
            words = (
                _("The mail server asked us to wait. We will try again.")
                if confirmed
                else _("You confirmed it. It is queued.")
            )
            if confirmed and event.actor_id:
                words = _("An organiser has put your letter back in the queue.")
            confirmed = True
        if words:
            told.append((event, words))
    return told


@require_safe
@secret_page
def show_letter(request: HttpRequest, letter: Letter) -> HttpResponse:
    context = {
        "campaign": letter.campaign,
        "letter": letter,
        "token": make_letter_token(letter),
        "text": None if letter.text_erased_at else read_letter(letter),
        "timeline": tell_timeline(letter),
        "can_withdraw": letter.status in WITHDRAWABLE,
        "goes_at": say_when_it_goes(letter),
        "moving": letter.status in (Status.QUEUED, Status.CLAIMED, Status.SENDING) and not letter.outdated_at,
        "paused": letter.campaign.mode == letter.campaign.Mode.PAUSED,
        "refusal": getattr(letter, "refusal", None),
        "needs_post": letter.status in (Status.FAILED, Status.BOUNCED),
        "acts": list_acts(letter),
        "asked_on": find_question_date(letter),
        "wants_newsletter": wants_newsletter(letter),
    } | show_corrections(letter)
    return render(request, "letters/letter_page.html", context)


def list_acts(letter: Letter) -> set[EventType]:
    """Return what the supporter can tell of a letter: posted if it did not go by email, answered if it went at all."""
    acts = set()
    went = letter.status in (Status.SENT, Status.UNKNOWN)
    if not letter.posted_at and letter.status in (Status.HELD, Status.FAILED, Status.BOUNCED, Status.UNKNOWN):
        acts.add(EventType.POSTED)
    if not letter.answered_at and (went or letter.posted_at):
        acts.add(EventType.ANSWERED)
    return acts


@require_room
@require_safe
@secret_page
def download_own_letter(request: HttpRequest, letter: Letter) -> HttpResponse:
    if letter.text_erased_at:
        return redirect("letter", make_letter_token(letter))
    if page := refuse_if_too_often(Action.PRINT, request, letter.campaign):
        return page
    try:
        pdf = render_letter_pdf(read_letter(letter), large_print="large" in request.GET)
    except LetterTooLongError:
        messages.info(request, _("Your letter is too long to print. Here it is as plain text."))
        return redirect("letter-text", make_letter_token(letter))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="letter-{letter.reference}.pdf"'
    return response


@require_safe
@secret_page
def show_own_text(request: HttpRequest, letter: Letter) -> HttpResponse:
    token = make_letter_token(letter)
    if letter.text_erased_at:
        return redirect("letter", token)
    context = {"campaign": letter.campaign, "token": token, "plain": write_plain_text(read_letter(letter))}
    return render(request, "letters/text.html", context)


@require_POST
@secret_page
def act_on_letter(request: HttpRequest, letter: Letter) -> HttpResponse:
    action = request.POST.get("action")
    if action == "withdraw":
        done = withdraw_letter(letter)
        too_late = _("It is too late to withdraw your letter: it is on its way or has arrived.")
        messages.info(request, _("You have withdrawn your letter. It will not be sent.") if done else too_late)
    elif action == "erase":
        draft = tell_of_draft(request, letter)  # first: then it is not known any more which was the letter's
        done = erase_letter(letter)
        moment = _("Your letter is being sent right now. We will delete your data as soon as that is done.")
        messages.info(
            request, f"{_('We have deleted your name, address and words.') if done else moment} {draft}".strip()
        )
    elif action == "stop-news":
        unsubscribe(letter)
        messages.success(
            request, _("We will not send you any more campaign news. You will still get emails about your letter.")
        )
    elif action == "do-not-ask":
        stop_question(letter)
        messages.success(request, _("We will not ask you about an answer."))
    elif action in list_acts(letter):
        note_by_supporter(letter, EventType(action))
        messages.success(request, _("Thank you for telling us."))
    return redirect("letter", make_letter_token(letter))


def tell_of_draft(request: HttpRequest, letter: Letter) -> str:
    if letter.draft_id is None:
        return ""
    if drop_draft_of(request.session, letter):
        return _("We have deleted the draft in this browser too.")
    return _(
        "If you wrote the letter in another browser, we will keep that draft for up to %(hours)d hours after you last "
        "changed it. To delete it now, open %(url)s in that browser and press “Delete my draft”."
    ) % {"hours": settings.DRAFT_HOURS, "url": settings.SITE_URL + reverse("write-sent", args=[letter.campaign.slug])}
