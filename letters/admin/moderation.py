"""Letters that are held: which rule found what, and a page on which a person reads one and decides."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from letters.admin.powers import may_moderate
from letters.comparing import Stretch, find_changed, split_text
from letters.decisions import REFUSE, refuse, release_read
from letters.findings import Finding, Part, Rule
from letters.forms.decisions import ReasonForm, RefuseForm
from letters.models import Letter, Status
from letters.moderation import Passage, list_passages, list_sender
from letters.tasks import wake_worker

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 50
OTHER = "other"  # held by a person, or because the MP has changed


@dataclass(frozen=True)
class Row:
    """A passage side by side: what the campaign supplied, what the writer sends."""

    place: StrOrPromise
    supplied: list[Stretch]
    sent: list[Stretch]
    found: list[Finding]


def list_moderation_urls(admin_site: admin.AdminSite) -> list[URLPattern]:
    """Return the pages, for staff only."""

    def page(route: str, name: str, show: Callable[..., HttpResponse]) -> URLPattern:
        return path(route, admin_site.admin_view(show), {"admin_site": admin_site}, name=name)

    return [
        page("moderation/", "letters_letter_moderation", show_queue),
        page("<uuid:pk>/review/", "letters_letter_review", review_letter),
    ]


def find_held(rule: str = "") -> QuerySet[Letter]:
    """Return the held letters, longest waiting first; of one rule, or of none (`OTHER`)."""
    held = Letter.objects.filter(status=Status.HELD).order_by("created_at", "pk")
    if rule == OTHER:
        return held.filter(findings=None)
    found = Finding.objects.filter(rule=rule)
    return held.filter(pk__in=found.values("letter")) if rule else held


def show_queue(request: HttpRequest, admin_site: admin.AdminSite) -> HttpResponse:
    """Show the held letters by rule. Nothing of a writer is on this page."""
    if not may_moderate(request):
        raise PermissionDenied
    rule = request.GET.get("rule", "")
    rule = rule if rule in (*Rule.values, OTHER) else ""
    found: Counter[str] = Counter()
    for _letter, one in set(Finding.objects.filter(letter__status=Status.HELD).values_list("letter", "rule")):
        found[one] += 1
    all_held = find_held().count()
    found[OTHER] = find_held(OTHER).count()
    labels = [*Rule.choices, (OTHER, _("Held by a person, or the MP has changed"))]
    held = find_held(rule)
    letters = list(held.sealed().select_related("campaign").prefetch_related("findings")[: SHOWN + 1])  # type: ignore[attr-defined]
    context = admin_site.each_context(request) | {
        "title": _("Held letters"),
        "rule": rule,
        "rules": [(value, label, found[value]) for value, label in labels if found[value] or value == rule],
        "all_held": all_held,
        "letters": [
            (one, dict.fromkeys(found.get_rule_display() for found in one.findings.all())) for one in letters[:SHOWN]
        ],
        "more": len(letters) > SHOWN,
        "may_change_rules": request.user.has_perm("letters.view_holdrules"),
    }
    return TemplateResponse(request, "admin/letters/letter/moderation.html", context)


def review_letter(request: HttpRequest, pk: uuid.UUID, admin_site: admin.AdminSite) -> HttpResponse:
    """Show a held letter side by side with the campaign's texts, and release or refuse it with a reason."""
    if not may_moderate(request):
        raise PermissionDenied
    letter = get_object_or_404(Letter.objects.select_related("campaign"), pk=pk)
    if letter.status != Status.HELD:
        if request.method == "POST":
            messages.warning(request, _("Nothing was done: this letter is no longer held."))
        return redirect("admin:letters_letter_change", letter.pk)
    deciding = request.POST.get("decision", "")
    release = ReasonForm(request.POST if deciding == "release" else None, prefix="release")
    refusal = RefuseForm(request.POST if deciding == "refuse" else None, prefix="refuse")
    if request.method == "POST" and (answer := settle_one(request, letter, deciding, release, refusal)):
        return answer
    findings = list(letter.findings.all())
    context = admin_site.each_context(request) | {
        "title": _("Read and decide: %s") % letter.reference,
        "opts": Letter._meta,
        "letter": letter,
        "reasons": dict.fromkeys((one.get_rule_display(), str(one.place)) for one in findings),
        "threat": any(one.rule == Rule.THREAT for one in findings),
        "held_note": letter.events.filter(what=Status.HELD).values_list("note", flat=True).last(),
        "rows": [] if letter.text_erased_at else list_rows(letter, findings),
        "release": release,
        "refusal": refusal,
        "refuse_warning": REFUSE.warning,
    }
    return TemplateResponse(request, "admin/letters/letter/review.html", context)


def settle_one(
    request: HttpRequest, letter: Letter, deciding: str, release: ReasonForm, refusal: RefuseForm
) -> HttpResponse | None:
    """Carry out what was decided and go on to the next letter; None if something is missing."""
    actor: Any = request.user
    if deciding == "release" and release.is_valid():
        done = release_read(letter, reason=release.cleaned_data["reason"], actor=actor)
        said = _("%s is released: it goes out by itself.")
    elif deciding == "refuse" and refusal.is_valid():
        done = refuse(letter, reason=refusal.cleaned_data["reason"], actor=actor)
        said = _("%s is refused. Its writer gets your reason by mail.")
    else:
        return None
    if done:
        wake_worker()
        messages.success(request, said % letter.reference)
    else:
        messages.warning(request, _("%s was not changed: somebody has moved it meanwhile.") % letter.reference)
    after = find_held().filter(Q(created_at__gt=letter.created_at) | Q(created_at=letter.created_at, pk__gt=letter.pk))
    following = after.values_list("pk", flat=True).first()
    if following:
        return redirect("admin:letters_letter_review", following)
    return redirect("admin:letters_letter_moderation")


def list_rows(letter: Letter, findings: list[Finding]) -> list[Row]:
    """Return the letter's passages side by side, marked where a rule found something."""
    email = Passage(Part.EMAIL, letter.sender_email)
    return [lay_out(passage, findings) for passage in (*list_passages(letter), *list_sender(letter), email)]


def lay_out(passage: Passage, findings: list[Finding]) -> Row:
    """Return one passage as a row."""
    mine = [one for one in findings if (one.part, one.paragraph) == (passage.part, passage.paragraph)]
    base = passage.base
    place = Finding(part=passage.part, paragraph=passage.paragraph).place
    # Without a text of the campaign's all would be marked as changed, which says nothing.
    changed = find_changed(passage.text, base) if base else []
    return Row(
        place=place,
        supplied=split_text(base, find_changed(base, passage.text)) if base else [],
        sent=split_text(passage.text, changed, [(one.start, one.end) for one in mine]),
        found=mine,
    )
