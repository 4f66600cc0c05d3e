"""The page on which a person reads a held letter and decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from campaign.parliament.finding import look_up_constituency
from campaign.parliament.models import Constituency
from letters.actions.decide import refuse, release_read
from letters.admin.moderation_queue import QueueFilter, find_neighbours, say_age, show_queue
from letters.admin.permissions import may_moderate
from letters.forms.decisions import ReasonForm, RefuseForm
from letters.forms.ready_reasons import list_ready
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


def list_moderation_urls(admin_site: admin.AdminSite) -> list[URLPattern]:

    def page(route: str, name: str, show: Callable[..., HttpResponse]) -> URLPattern:
        return path(route, admin_site.admin_view(show), {"admin_site": admin_site}, name=name)

    return [
        page("moderation/", "letters_letter_moderation", show_queue),
        page("<uuid:pk>/review/", "letters_letter_review", review_letter),
    ]


def list_places(
    letter: Letter, passages: Iterable[Passage], findings: Iterable[Finding]
) -> list[tuple[str, str, bool]]:
    """Return the postcodes that a rule found and the supporter's own: each with its place, and whether it is theirs."""
    found = [one for one in findings if one.rule == Rule.POSTCODE]
    texts = {(str(one.part), one.paragraph): one.text for one in passages}
    others = [texts.get((one.part, one.paragraph), "")[one.start : one.end] for one in found]
    if not any(others):
        return []
    results = [look_up_constituency(text) for text in dict.fromkeys([*others, letter.sender_postcode]) if text]
    codes = [gss for result in results for gss in result.gss]
    names = dict(Constituency.objects.filter(pk__in=codes).values_list("pk", "name"))
    own = look_up_constituency(letter.sender_postcode).postcode
    return [
        (
            result.postcode,
            " or ".join(names[gss] for gss in result.gss if gss in names) or _("unknown"),
            result.postcode == own,
        )
        for result in results
        if result.postcode
    ]


def offer_reasons(request: HttpRequest, findings: Iterable[Finding], name: str) -> tuple[list[tuple[str, str]], str]:
    """Return the ready reasons of a decision, each with the address that fills it in, and the one filled in."""
    texts = list_ready([one.rule for one in findings], release=name == "release")
    asked = request.GET.copy()
    asked.pop("ready", None)
    offered = [
        (text, f"?{'&'.join(filter(None, [asked.urlencode(), urlencode({'ready': f'{name}-{number}'})]))}#{name}")
        for number, text in enumerate(texts)
    ]
    chosen = {f"{name}-{number}": text for number, text in enumerate(texts)}
    return offered, chosen.get(request.GET.get("ready", ""), "")


def review_letter(request: HttpRequest, pk: uuid.UUID, admin_site: admin.AdminSite) -> HttpResponse:
    if not may_moderate(request):
        raise PermissionDenied
    letter = get_object_or_404(Letter.objects.select_related("campaign"), pk=pk)
    if letter.status != Status.HELD:
        if request.method == "POST":
            messages.warning(request, _("Nothing has changed: this letter is no longer held."))
        return redirect("admin:letters_letter_change", letter.pk)
    chosen = QueueFilter.read(request)
    place = find_neighbours(letter, chosen)
    findings = list(letter.findings.all())
    deciding = request.POST.get("decision", "")
    release_ready, release_reason = offer_reasons(request, findings, "release")
    refuse_ready, refuse_reason = offer_reasons(request, findings, "refuse")
    posted = request.POST if request.method == "POST" else None
    release = ReasonForm(
        posted if deciding == "release" else None, prefix="release", initial={"reason": release_reason}
    )
    refusal = RefuseForm(posted if deciding == "refuse" else None, prefix="refuse", initial={"reason": refuse_reason})
    if posted is not None and (answer := settle_one(request, letter, deciding, release, refusal, place.after)):
        return answer
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
        "postcodes": list_places(letter, passages, findings),
        "release_ready": release_ready,
        "refuse_ready": refuse_ready,
        "place": place,
        "age": say_age(letter.confirmed_at),
        "query": chosen.query,
        "rule_label": dict(Rule.choices).get(chosen.rule, ""),
        "is_nav_sidebar_enabled": False,
    }
    return TemplateResponse(request, "admin/letters/letter/review.html", context)


def settle_one(
    request: HttpRequest,
    letter: Letter,
    deciding: str,
    release: ReasonForm,
    refusal: RefuseForm,
    following: uuid.UUID | None,
) -> HttpResponse | None:
    """Carry out the decision and go on to the next letter of the same kind; None if something is missing."""
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
    query = QueueFilter.read(request).query
    if following:
        return redirect(reverse("admin:letters_letter_review", args=[following]) + query)
    return redirect(reverse("admin:letters_letter_moderation") + query)
