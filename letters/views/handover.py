"""Taking a draft to another device with a link."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.content.preview import find_campaign
from campaign.core.qr import render_qr
from letters.views.journey_base import Journey, journey_step
from letters.views.throttling import Action, refuse_if_too_often
from letters.writing.handover import find_draft, make_draft_token
from letters.writing.session import load_draft, save_draft


@journey_step(needs_member=True, needs_arguments=True)
def offer_handover(journey: Journey) -> HttpResponse:
    """Show the link, to send to oneself or scan as a QR code."""
    token = make_draft_token(journey.request.session, journey.campaign.slug)
    link = f"{settings.SITE_URL}{reverse('continue', args=[token])}"
    subject = _("My letter: %(campaign)s") % {"campaign": journey.campaign.title}
    context = {"link": link, "code": render_qr(link), "mail": f"mailto:?subject={quote(subject)}&body={quote(link)}"}
    response = journey.render("write-words", "letters/handover.html", context)
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link leads to; a POST copies the draft to this browser."""
    found = find_draft(token)
    if found is None:
        return render(request, "letters/take_over.html", status=404)
    slug, draft = found
    campaign = find_campaign(request, slug)
    here = load_draft(request.session, slug)
    if request.method == "POST":
        if request.session.session_key is None and (page := refuse_if_too_often(Action.START, request, campaign)):
            return page
        if here.id != draft.id:
            draft.id = str(uuid.uuid4())  # another draft, which must not find the first one's letter and address
        save_draft(request.session, slug, draft)
        return redirect("easy-words" if draft.easy else "write-words", slug)
    replaces = here.id != draft.id and bool(here.pieces or here.own_words)
    return render(request, "letters/take_over.html", {"campaign": campaign, "draft": draft, "replaces": replaces})
