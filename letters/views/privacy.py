"""What supporters may ask for: all their data, and links that they have lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from letters.forms.journey import AddressForm
from letters.models import Letter
from letters.privacy.lost_links import ask_for_links
from letters.tasks import wake_worker
from letters.views.letter import secret_page
from letters.views.throttling import Action, refuse_if_too_often

FIELDS = (
    *("reference", "language", "rehearsal", "constituency_name", "constituency_gss", "member_name", "member_party"),
    *("member_email", "salutation", "sender_name", "sender_address", "sender_postcode", "sender_email", "subject"),
    *("sender_phone", "on_behalf_of", "reply_by", "own_case"),
    *("ask_text", "source_style", "dated", "own_word_count", "own_share", "own_score", "status", "created_at"),
    *("confirmed_at", "sent_at", "posted_at", "answered_at", "outdated_at"),
    *("text_erased_at", "scrubbed_at", "erase_requested_at"),
    "given_up_at",
    *("next_attempt_at", "attempts", "last_answer", "message_id", "envelope_sender", "pdf_sha256"),
)
OF_PART = ("position", "argument_key", "text", "sources", "age")
AGREED = ("version", "text_sha256", "given_at", "withdrawn_at")


@require_safe
@secret_page
def download_data(_request: HttpRequest, letter: Letter) -> HttpResponse:
    response = JsonResponse(tell_everything(letter), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="letter-{letter.reference}.json"'
    return response


def tell_everything(letter: Letter) -> dict[str, Any]:
    """Return everything stored about a letter and its supporter, except the site's secrets."""
    consent = {"consent": getattr(letter, "consent", None), "news": getattr(letter, "news_consent", None)}
    return {
        "campaign": letter.campaign.title,
        "letter": {name: getattr(letter, name) for name in FIELDS},
        "paragraphs": [{name: getattr(part, name) for name in OF_PART} for part in letter.paragraphs.all()],
        "events": list(letter.events.values("at", "type", "note")),
        "mails": list(letter.notices.values("kind", "due_at", "sent_at", "attempts", "last_answer")),
        "fingerprint_held": hasattr(letter, "fingerprint"),
        "held_for": list(letter.findings.values("rule", "part", "paragraph", "start", "end")),
        "refused_because": letter.refusal.reason if hasattr(letter, "refusal") else None,
        **{
            name: one and {what: getattr(one, what) for what in AGREED if hasattr(one, what)}
            for name, one in consent.items()
        },
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find_lost_links(request: HttpRequest) -> HttpResponse:
    """Take the address of somebody who has lost their link. The response is the same for every address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Counted for whoever asks, and for known and unknown addresses alike: what others have asked for shuts nobody
        # out, and this page tells nobody of it.
        if page := refuse_if_too_often(Action.FIND, request, None, email=form.cleaned_data["email"]):
            return page
        ask_for_links(form.cleaned_data["email"])
        wake_worker()
        messages.success(
            request,
            _(
                "If any letters were written from that address, an email with the links is on its way or has "
                "already been sent. It can take a few minutes. Check your spam folder too. We send one email "
                "an hour at most."
            ),
        )
        return redirect("lost-link")
    return render(request, "letters/lost_link.html", {"form": form})
