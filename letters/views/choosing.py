"""Behind the secret link: a supporter chooses about words of the campaign's that were corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from letters.actions.renew import Choice, RenewalResult, renew_letter
from letters.models import Letter, Status
from letters.privacy.tokens import make_confirm_token, make_letter_token
from letters.tasks import wake_worker
from letters.views.letter import secret_page
from letters.views.throttling import Action, refuse_if_too_often

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MESSAGES: dict[RenewalResult, StrOrPromise] = {
    RenewalResult.DONE: _("Thank you. Your letter no longer has the old words."),
    RenewalResult.MORE: _("Thank you. Please choose about the next part as well."),
    RenewalResult.NOTHING: _("Nothing was changed. Please look at the page again."),
    RenewalResult.BUSY: _("Your letter is being sent right now, so nothing was changed."),
    RenewalResult.GONE: _("Your letter has already gone, so nothing was changed."),
}


@require_POST
@secret_page
def choose_words(request: HttpRequest, letter: Letter) -> HttpResponse:
    confirming = request.path.startswith("/confirm/") and letter.status == Status.UNCONFIRMED
    token = make_confirm_token(letter) if confirming else make_letter_token(letter)
    back = redirect("confirm" if confirming else "letter", token)
    if page := refuse_if_too_often(Action.CONFIRM, request, letter.campaign):
        return page
    choice = request.POST.get("choice", "")
    if choice in list(Choice):
        result = renew_letter(letter.pk, request.POST.get("place", ""), Choice(choice))
        if result is RenewalResult.DONE:
            wake_worker()
        messages.info(request, MESSAGES[result])
    return back
