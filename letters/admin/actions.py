"""The list's actions: each asks for a reason, and says how many letters it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import ngettext

from letters.actions.decide import REFUSE, Decision, KeptBack, decide, refuse, sort_kept_back
from letters.admin.permissions import may_decide, may_moderate
from letters.forms.decisions import ReasonForm, RefuseForm
from letters.models import Letter, Status
from letters.tasks import wake_worker

MAX_AT_ONCE = 1000  # letters per request
MAX_NAMED = 50
FILTERS = "_changelist_filters"  # in which Django's admin passes a list's filters to its pages


def ask_for_decision(decision: Decision) -> Callable[..., HttpResponse | None]:

    def act(
        admin_page: admin.ModelAdmin[Letter], request: HttpRequest, letters: QuerySet[Letter]
    ) -> HttpResponse | None:
        if not may_carry_out(decision, request):
            raise PermissionDenied
        asked = RefuseForm if decision is REFUSE else ReasonForm
        form = asked(request.POST if "reason" in request.POST else None)
        page = find_page(request, letters)
        if form.is_valid():
            settle(admin_page, request, letters, decision, form.cleaned_data["reason"])
            return redirect(page) if page else None
        chosen = letters.count()
        context = admin_page.admin_site.each_context(request) | {
            "title": decision.label,
            "opts": Letter._meta,
            "decision": decision,
            "letters": letters[:MAX_NAMED],
            "chosen": chosen,
            "more": max(0, chosen - MAX_NAMED),
            "across": request.POST.get("select_across") == "1",
            "marked": request.POST.getlist("_selected_action"),
            "movable": letters.filter(status=decision.origin).count(),
            "kept_back": [said for _count, said in say_kept_back(letters[:MAX_AT_ONCE], request)]
            if decision.to == Status.QUEUED
            else [],
            "most": MAX_AT_ONCE,
            "page": page,
            "filters": request.POST.get(FILTERS, ""),
            "form": form,
        }
        return TemplateResponse(request, "admin/letters/letter/decide.html", context)

    return act


def say_kept_back(letters: Iterable[Letter], request: HttpRequest) -> list[tuple[int, str]]:
    """Return how many of these letters cannot be put back into the queue together, a sentence for each reason."""
    found = sort_kept_back(letters, may_moderate=may_moderate(request))
    counts = {reason: len(kept) for reason, kept in found.items() if kept}

    def say(reason: KeptBack, count: int) -> str:
        match reason:
            case KeptBack.REFUSED:
                return ngettext(
                    "%d letter is kept back: it was refused, and is never sent.",
                    "%d letters are kept back: they were refused, and are never sent.",
                    count,
                )
            case KeptBack.RULE:
                return ngettext(
                    "%d letter is kept back: a rule holds it, and a moderator has to release it.",
                    "%d letters are kept back: rules hold them, and a moderator has to release them.",
                    count,
                )
        return ngettext(
            "%d letter is kept back: it may threaten someone. Read it, and release it on that page.",
            "%d letters are kept back: they may threaten someone. Read each, and release it on that page.",
            count,
        )

    return [(count, say(reason, count) % count) for reason, count in counts.items()]


def find_page(request: HttpRequest, letters: QuerySet[Letter]) -> str:
    """Return the URL of the letter's page, with the list's filters, if the action came from there; else empty."""
    letter = letters.first() if request.POST.get("from") == "page" else None
    if letter is None:
        return ""
    filters = request.POST.get(FILTERS, "")
    query = f"?{urlencode({FILTERS: filters})}" if filters else ""
    return reverse("admin:letters_letter_change", args=[letter.pk]) + query


def may_carry_out(decision: Decision, request: HttpRequest) -> bool:
    return may_moderate(request) if decision is REFUSE else may_decide(request)


def settle(
    admin_page: admin.ModelAdmin[Letter],
    request: HttpRequest,
    letters: QuerySet[Letter],
    decision: Decision,
    reason: str,
) -> None:
    # Letters that it can change come first, so that repeating it works through a flood.
    movable = list(letters.filter(status=decision.origin)[:MAX_AT_ONCE])
    rest = letters.count() - len(movable)
    actor: Any = request.user
    if decision is REFUSE:
        moved = sum(refuse(letter, reason=reason, actor=actor) for letter in movable)
    else:
        moved = decide(decision, movable, reason=reason, actor=actor, may_moderate=may_moderate(request))
    if moved:
        said = ngettext("%d letter: %s.", "%d letters: %s.", moved) % (moved, decision.done)
        admin_page.message_user(request, said, messages.SUCCESS)
        wake_worker()
    kept_back = 0
    if decision.to == Status.QUEUED:
        waiting = [letter for letter in movable if letter.status == decision.origin]
        for count, said in say_kept_back(waiting, request):
            kept_back += count
            admin_page.message_user(request, said, messages.WARNING)
    if left := rest + len(movable) - moved - kept_back:
        said = ngettext(
            "%(count)d letter was left as it is: this works only for letters that are “%(status)s” and not "
            "erased%(most)s.",
            "%(count)d letters were left as they are: this works only for letters that are “%(status)s” and not "
            "erased%(most)s.",
            left,
        )
        most = f", {MAX_AT_ONCE:,} at a time" if len(movable) == MAX_AT_ONCE else ""
        words = {"count": left, "status": decision.origin.label, "most": most}
        admin_page.message_user(request, said % words, messages.WARNING)
