"""The queue of held letters: threats first, then the longest held, each with the passage to look at."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.validators import slug_re
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from letters.admin.permissions import may_moderate
from letters.models import Finding, Letter, LetterParagraph, Part, Rule, Status
from letters.moderation.diff import Stretch, split_text

SHOWN = 50
MAX_ORDERED = 2000  # letters among which a page finds its neighbours
OTHER = "other"  # held by a person, or because the MP has changed
PREVIEW = 240  # characters
BEFORE = 60  # of them before what was found


@dataclass(frozen=True)
class QueueFilter:
    """Which held letters are looked through: of one rule, or of none (`OTHER`); of one campaign."""

    rule: str = ""
    among: Mapping[str, Any] = field(default_factory=dict)
    campaign_query: str = ""

    @classmethod
    def read(cls, request: HttpRequest) -> QueueFilter:
        among: dict[str, Any] = {}
        if slug_re.match(slug := request.GET.get("campaign", "")):
            among["campaign__slug"] = slug
        if (of := request.GET.get("of")) in ("live", "rehearsal"):
            among["rehearsal"] = of == "rehearsal"
        asked = {name: request.GET[name] for name in ("campaign", "of") if among and name in request.GET}
        rule = request.GET.get("rule", "")
        return cls(rule if rule in (*Rule.values, OTHER) else "", among, urlencode(asked))

    @property
    def query(self) -> str:
        """The query string that keeps it from page to page."""
        parts = [*([urlencode({"rule": self.rule})] if self.rule else []), self.campaign_query]
        return f"?{'&'.join(filter(None, parts))}" if any(parts) else ""

    def list_held(self) -> QuerySet[Letter]:
        threats = Finding.objects.filter(letter=OuterRef("pk"), rule=Rule.THREAT)
        held = Letter.objects.filter(status=Status.HELD, **self.among).annotate(is_threat=Exists(threats))
        held = held.order_by("-is_threat", "created_at", "pk")
        if self.rule == OTHER:
            return held.filter(findings=None)
        found = Finding.objects.filter(rule=self.rule)
        return held.filter(pk__in=found.values("letter")) if self.rule else held

    def list_keys(self) -> list[uuid.UUID]:
        return list(self.list_held().values_list("pk", flat=True)[:MAX_ORDERED])


@dataclass(frozen=True)
class Neighbours:
    """Where a letter is in the queue, and which are before and after it."""

    number: int
    count: int
    before: uuid.UUID | None
    after: uuid.UUID | None


def find_neighbours(letter: Letter, chosen: QueueFilter) -> Neighbours:
    """Return its neighbours; a letter that the filter leaves out is before all others."""
    keys = chosen.list_keys()
    at = keys.index(letter.pk) if letter.pk in keys else -1
    before = keys[at - 1] if at > 0 else None
    after = keys[at + 1] if at + 1 < len(keys) else None
    return Neighbours(at + 1, len(keys), before, after)


@dataclass(frozen=True)
class HeldLetter:
    """A letter of the queue, as its list shows it."""

    letter: Letter
    rules: list[str]
    is_threat: bool
    age: str
    preview: list[Stretch]


def show_queue(request: HttpRequest, admin_site: admin.AdminSite) -> HttpResponse:
    """Show the held letters by rule."""
    if not may_moderate(request):
        raise PermissionDenied
    chosen = QueueFilter.read(request)
    everything = QueueFilter(among=chosen.among)
    findings = Finding.objects.filter(letter__in=everything.list_held().order_by().values("pk"))
    found = Counter(one for _letter, one in set(findings.values_list("letter", "rule")))
    all_held = everything.list_held().count()
    found[OTHER] = QueueFilter(OTHER, chosen.among).list_held().count()
    labels = [*Rule.choices, (OTHER, _("Held by someone, or the MP has changed"))]
    held: Any = chosen.list_held()
    letters = list(held.defer_encrypted().select_related("campaign").prefetch_related("findings")[: SHOWN + 1])
    context = admin_site.each_context(request) | {
        "title": _("Held letters"),
        "rule": chosen.rule,
        "rules": [(value, label, found[value]) for value, label in labels if found[value] or value == chosen.rule],
        "all_held": all_held,
        "narrowed": chosen.campaign_query,
        "query": chosen.query,
        "letters": list_rows(letters[:SHOWN]),
        "more": len(letters) > SHOWN,
        "may_change_rules": request.user.has_perm("letters.view_holdrules"),
    }
    return TemplateResponse(request, "admin/letters/letter/moderation.html", context)


def list_rows(letters: list[Letter]) -> list[HeldLetter]:
    paragraphs: dict[object, list[LetterParagraph]] = {}
    for one in LetterParagraph.objects.filter(letter__in=letters):
        paragraphs.setdefault(one.letter_id, []).append(one)
    rows = []
    for letter in letters:
        found = list(letter.findings.all())
        rules = [str(rule) for rule in dict.fromkeys(one.get_rule_display() for one in found)]
        is_threat = any(one.rule == Rule.THREAT for one in found)
        preview = make_preview(paragraphs.get(letter.pk, []), found)
        rows.append(HeldLetter(letter, rules, is_threat, say_age(letter.confirmed_at), preview))
    return rows


def say_age(since: dt.datetime | None) -> str:
    """Say for how long it has been confirmed, and so held at most."""
    if since is None:
        return ""
    waited = timezone.now() - since
    if waited.days:
        return ngettext("%d day", "%d days", waited.days) % waited.days
    hours = waited.seconds // 3600
    return ngettext("%d hour", "%d hours", hours) % hours if hours else _("less than an hour")


def make_preview(paragraphs: list[LetterParagraph], findings: Iterable[Finding]) -> list[Stretch]:
    """Return some lines of the passage that was found, marked; without one, of the supporter's own words."""
    texts = {one.position: one.text for one in paragraphs}
    in_text = [one for one in findings if one.part == Part.TEXT and one.paragraph in texts]
    in_text.sort(key=lambda one: one.rule != Rule.THREAT)
    if in_text:
        first = in_text[0]
        text = texts[first.paragraph or 0]
        marked = [(one.start, one.end) for one in in_text if one.paragraph == first.paragraph]
        start = max(0, first.start - BEFORE)
    else:
        own = [one.text for one in paragraphs if not one.argument_key]
        text, marked, start = max(own or list(texts.values()), key=len, default=""), [], 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = start + PREVIEW
    shown = text[start:end].rpartition(" ")[0] or text[start:end] if end < len(text) else text[start:]
    stretches = split_text(shown, [], [(max(0, a - start), b - start) for a, b in marked if b > start])
    ends = [Stretch("… ")] if start else [], [Stretch(" …")] if start + len(shown) < len(text) else []
    return [*ends[0], *stretches, *ends[1]]
