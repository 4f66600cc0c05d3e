"""The moderation queue, and the page on which a person reads a held letter and decides."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import slug_re
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from letters.actions.decide import REFUSE, refuse, release_read
from letters.admin.permissions import may_moderate
from letters.forms.decisions import ReasonForm, RefuseForm
from letters.models import Finding, Letter, LetterParagraph, Part, Rule, Status
from letters.moderation.diff import Stretch, find_changed, split_text
from letters.moderation.rules import Passage, list_passages, list_sender
from letters.tasks import wake_worker
from letters.writing.originality import find_alike

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Row:
    """A passage side by side: the campaign's or another letter's, and the supporter's."""

    place: StrOrPromise
    supplied: list[Stretch]
    sent: list[Stretch]
    found: list[Finding]


def lay_out(passage: Passage, findings: Iterable[Finding]) -> Row:
    mine = [one for one in findings if (one.part, one.paragraph) == (passage.part, passage.paragraph)]
    base = passage.base
    place = Finding(part=passage.part, paragraph=passage.paragraph).place
    # Without a text of the campaign all would be marked as changed, which helps nobody.
    changed = find_changed(passage.text, base) if base else []
    return Row(
        place=place,
        supplied=split_text(base, find_changed(base, passage.text)) if base else [],
        sent=split_text(passage.text, changed, [(one.start, one.end) for one in mine]),
        found=mine,
    )


MAX_SHOWN = 3
SAME = 0.3  # of a paragraph's characters must be in the other for the two to be shown together


@dataclass(frozen=True)
class Alike:
    """Another letter to the same MP, how much of this one's own words it has, and both side by side."""

    letter: Letter
    percent: int
    rows: list[Row] = field(default_factory=list)


def list_alike(letter: Letter, passages: Iterable[Passage], findings: Iterable[Finding]) -> list[Alike] | None:
    """Return the most similar letters, nearest first; None unless a rule held it for that."""
    if not any(finding.rule == Rule.NEAR_COPY for finding in findings):
        return None
    found = find_alike(letter, MAX_SHOWN)
    texts: dict[object, list[str]] = {}
    for paragraph in LetterParagraph.objects.filter(letter__in=[one for one, _near in found]):
        texts.setdefault(paragraph.letter_id, []).append(paragraph.text)
    own = [one for one in passages if one.part == Part.TEXT and one.text not in one.bases]
    return [
        Alike(other, round(100 * nearness.share), [*compare_with(own, texts.get(other.pk, []))])
        for other, nearness in found
    ]


def compare_with(passages: Iterable[Passage], texts: list[str]) -> Iterable[Row]:
    for passage in passages:
        beside = Passage(passage.part, passage.text, passage.paragraph, tuple(texts))
        changed = sum(end - start for start, end in find_changed(passage.text, beside.base))
        if passage.text and changed <= (1 - SAME) * len(passage.text):
            yield lay_out(beside, [])


SHOWN = 50
OTHER = "other"  # held by a person, or because the MP has changed


def list_moderation_urls(admin_site: admin.AdminSite) -> list[URLPattern]:

    def page(route: str, name: str, show: Callable[..., HttpResponse]) -> URLPattern:
        return path(route, admin_site.admin_view(show), {"admin_site": admin_site}, name=name)

    return [
        page("moderation/", "letters_letter_moderation", show_queue),
        page("<uuid:pk>/review/", "letters_letter_review", review_letter),
    ]


def list_held(rule: str = "", among: Mapping[str, Any] | None = None) -> QuerySet[Letter]:
    """Return held letters, longest waiting first: of one rule, or of none (`OTHER`); `among` filters them."""
    held = Letter.objects.filter(status=Status.HELD, **(among or {})).order_by("created_at", "pk")
    if rule == OTHER:
        return held.filter(findings=None)
    found = Finding.objects.filter(rule=rule)
    return held.filter(pk__in=found.values("letter")) if rule else held


def filter_queue(request: HttpRequest) -> tuple[dict[str, Any], str]:
    among: dict[str, Any] = {}
    if slug_re.match(slug := request.GET.get("campaign", "")):
        among["campaign__slug"] = slug
    if (of := request.GET.get("of")) in ("live", "rehearsal"):
        among["rehearsal"] = of == "rehearsal"
    return among, urlencode({name: request.GET[name] for name in ("campaign", "of") if among and name in request.GET})


def show_queue(request: HttpRequest, admin_site: admin.AdminSite) -> HttpResponse:
    """Show the held letters by rule, without personal data."""
    if not may_moderate(request):
        raise PermissionDenied
    rule = request.GET.get("rule", "")
    rule = rule if rule in (*Rule.values, OTHER) else ""
    among, narrowed = filter_queue(request)
    findings = Finding.objects.filter(letter__in=list_held(among=among).order_by().values("pk"))
    found = Counter(one for _letter, one in set(findings.values_list("letter", "rule")))
    all_held = list_held(among=among).count()
    found[OTHER] = list_held(OTHER, among).count()
    labels = [*Rule.choices, (OTHER, _("Held by someone, or the MP has changed"))]
    held: Any = list_held(rule, among)
    letters = list(held.defer_encrypted().select_related("campaign").prefetch_related("findings")[: SHOWN + 1])
    context = admin_site.each_context(request) | {
        "title": _("Held letters"),
        "rule": rule,
        "rules": [(value, label, found[value]) for value, label in labels if found[value] or value == rule],
        "all_held": all_held,
        "narrowed": narrowed,
        "letters": [
            (one, dict.fromkeys(found.get_rule_display() for found in one.findings.all())) for one in letters[:SHOWN]
        ],
        "more": len(letters) > SHOWN,
        "may_change_rules": request.user.has_perm("letters.view_holdrules"),
    }
    return TemplateResponse(request, "admin/letters/letter/moderation.html", context)


def review_letter(request: HttpRequest, pk: uuid.UUID, admin_site: admin.AdminSite) -> HttpResponse:
    if not may_moderate(request):
        raise PermissionDenied
    letter = get_object_or_404(Letter.objects.select_related("campaign"), pk=pk)
    if letter.status != Status.HELD:
        if request.method == "POST":
            messages.warning(request, _("Nothing has changed: this letter is no longer held."))
        return redirect("admin:letters_letter_change", letter.pk)
    deciding = request.POST.get("decision", "")
    release = ReasonForm(request.POST if deciding == "release" else None, prefix="release")
    refusal = RefuseForm(request.POST if deciding == "refuse" else None, prefix="refuse")
    if request.method == "POST" and (answer := settle_one(request, letter, deciding, release, refusal)):
        return answer
    findings = list(letter.findings.all())
    email = Passage(Part.EMAIL, letter.sender_email)
    passages = [] if letter.text_erased_at else [*list_passages(letter), *list_sender(letter), email]
    context = admin_site.each_context(request) | {
        "title": _("Read and decide: %s") % letter.reference,
        "opts": Letter._meta,
        "letter": letter,
        "reasons": dict.fromkeys((one.get_rule_display(), str(one.place)) for one in findings),
        "threat": any(one.rule == Rule.THREAT for one in findings),
        "held_note": letter.events.filter(type=Status.HELD).values_list("note", flat=True).last(),
        "rows": [lay_out(passage, findings) for passage in passages],
        "alike": list_alike(letter, passages, findings) if passages else None,
        "release": release,
        "refusal": refusal,
        "refuse_warning": REFUSE.warning,
    }
    return TemplateResponse(request, "admin/letters/letter/review.html", context)


def settle_one(
    request: HttpRequest, letter: Letter, deciding: str, release: ReasonForm, refusal: RefuseForm
) -> HttpResponse | None:
    """Carry out the decision and go on to the next letter; None if something is missing."""
    actor: Any = request.user
    if deciding == "release" and release.is_valid():
        done = release_read(letter, reason=release.cleaned_data["reason"], actor=actor)
        said = _("%s is released: it will be sent automatically.")
    elif deciding == "refuse" and refusal.is_valid():
        done = refuse(letter, reason=refusal.cleaned_data["reason"], actor=actor)
        said = _("%s is refused. We will email your reason to the supporter.")
    else:
        return None
    if done:
        wake_worker()
        messages.success(request, said % letter.reference)
    else:
        messages.warning(
            request, _("%s was not changed: someone else has decided about it in the meantime.") % letter.reference
        )
    after = list_held().filter(Q(created_at__gt=letter.created_at) | Q(created_at=letter.created_at, pk__gt=letter.pk))
    following = after.values_list("pk", flat=True).first()
    if following:
        return redirect("admin:letters_letter_review", following)
    return redirect("admin:letters_letter_moderation")
