"""Behind the secret link: correcting name and address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from letters.actions.correct import CorrectionResult, correct_letter
from letters.forms.correcting import CorrectForm
from letters.models import WITHDRAWABLE, Letter, Status
from letters.privacy.tokens import make_confirm_token, make_letter_token
from letters.tasks import wake_worker
from letters.views.letter import secret_page
from letters.views.throttling import Action, refuse_if_too_often

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MESSAGES: dict[CorrectionResult, StrOrPromise] = {
    CorrectionResult.UNCHANGED: _("Nothing was changed."),
    CorrectionResult.GOES: _("Corrected. Your letter will go out with the new details."),
    CorrectionResult.KEPT: _("Corrected. The copy here now has your new details."),
    CorrectionResult.WENT: _(
        "Corrected. The copy here now has your new details. We cannot change what was sent. If it matters to "
        "your MP, tell their office when they answer."
    ),
    CorrectionResult.BUSY: _(
        "Your letter is being sent right now, so nothing was changed. Please try again in a minute."
    ),
    CorrectionResult.GONE: _("Your data has been deleted, so there is nothing to correct."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def correct_details(request: HttpRequest, letter: Letter) -> HttpResponse:
    confirming = request.path.startswith("/confirm/") and letter.status == Status.UNCONFIRMED
    token = make_confirm_token(letter) if confirming else make_letter_token(letter)
    back = redirect("confirm" if confirming else "letter", token)
    if letter.scrubbed_at or letter.erase_requested_at:
        messages.info(request, MESSAGES[CorrectionResult.GONE])
        return back
    form = CorrectForm(request.POST if request.method == "POST" else None, letter=letter)
    if request.method == "POST":
        if page := refuse_if_too_often(Action.CONFIRM, request, letter.campaign):
            return page
        if form.is_valid():
            outcome = correct_letter(letter.pk, form.get_given())
            if outcome is CorrectionResult.GOES:
                wake_worker()  # the letter may have been taken back from a worker
            messages.info(request, MESSAGES[outcome])
            return back
    context = {
        "campaign": letter.campaign,
        "letter": letter,
        "form": form,
        "back": back["Location"],
        "goes": letter.status in WITHDRAWABLE,
    }
    return render(request, "letters/correct.html", context)
