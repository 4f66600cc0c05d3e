"""A campaign's overview: what needs attention and the figures on one screen, then the details."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaign.parliament.hexes import read_hexes
from letters.admin.attention import list_needs, may_do_all
from letters.admin.display import SHAPES
from letters.admin.filters import ConfirmedFilter, StageFilter
from letters.admin.pages import open_page
from letters.delivery.health import measure_health
from letters.delivery.problems import say_age
from letters.models import Status, StepCount
from letters.statistics.charts import (
    Bar,
    Columns,
    count_between,
    draw_area,
    get_bar_length,
    get_step,
    make_bars,
    make_columns,
    make_steps,
    place_hex,
)
from letters.statistics.figures import Figures, Named, list_campaigns, name_arguments, read_figures
from letters.statistics.periods import Numbers, sum_days

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from letters.delivery.health import Health

MAX_PAIRS, MAX_ARGUMENTS = 10, 5
WORD_EDGES = (0, 20, 50, 100, 200)
SHARE_EDGES = (0, 0.2, 0.4, 0.6, 0.8)
FUNNEL: list[tuple[str, StrOrPromise, StrOrPromise]] = [
    ("started", gettext_lazy("Started"), gettext_lazy("chose their MP")),
    ("made", gettext_lazy("Made"), gettext_lazy("saw their finished letter")),
    ("downloaded", gettext_lazy("Downloaded"), gettext_lazy("to print and post")),
    ("confirmed", gettext_lazy("Confirmed"), gettext_lazy("for the site to send")),
    ("sent", gettext_lazy("Sent"), gettext_lazy("by the site")),
]
MakeUrl = Callable[..., str]  # of the list with more filters; empty for those who may not see letters


def show_dashboard(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site, list_campaigns())
    campaign = context["campaign"]
    figures = read_figures(campaign, rehearsal=context["rehearsal"])
    health = measure_health(brief=True)
    named, due_arguments = name_arguments(campaign)

    def make_url(**query: str) -> str:
        if not context["may_see_letters"]:
            return ""
        return f"{context['letters_url']}&{urlencode(query)}" if query else context["letters_url"]

    context |= {
        "title": _("Overview"),
        "figures": figures,
        "problems": health.problems,
        "needs": list_needs(request, figures, due_arguments, context),
        "does_all": may_do_all(request),
        "totals": list_totals(figures, make_url),
        "sum": list_sum(figures, make_url),
        "queue": list_queue(figures, health),
        "statuses": list_statuses(figures, make_url),
        "funnel": list_funnel(figures),
        **draw_days(figures, make_url),
        **draw_map(figures, slug, context),
        **list_arguments(figures, named, make_url),
        **list_reach(figures, make_url),
        **list_spread(figures),
    }
    return TemplateResponse(request, "admin/letters/dashboard.html", context)


@dataclass(frozen=True)
class Figure:
    """A number with its words and the list that it counts."""

    label: StrOrPromise
    count: int
    url: str
    numbers: Numbers | None = None
    note: StrOrPromise = ""


def list_totals(figures: Figures, make_url: MakeUrl) -> list[Figure]:
    """Return the four large figures. A letter is written when it is confirmed, or not confirmed yet."""
    today = timezone.localdate()
    confirmed, left = sum_days(figures.confirmed, today), sum_days(figures.sent, today)
    started = figures.unconfirmed
    written = Numbers(figures.written, confirmed.week + started.week, confirmed.before + started.before)
    waiting = ngettext("%s not confirmed yet", "%s not confirmed yet", started.count) % f"{started.count:,}"
    stage = StageFilter.parameter_name
    return [
        Figure(_("Written"), figures.written, make_url(), written, waiting if started.count else ""),
        Figure(_("Confirmed"), confirmed.count, make_url(**{stage: StageFilter.CONFIRMED}), confirmed),
        Figure(
            _("With MPs"),
            figures.statuses.get(Status.SENT, 0),
            make_url(status__exact=Status.SENT.value),
            left,
            _("%s came back") % f"{figures.returned:,}" if figures.returned else "",
        ),
        Figure(_("Answered"), figures.answered.count, make_url(**{stage: StageFilter.ANSWERED}), figures.answered),
    ]


def list_sum(figures: Figures, make_url: MakeUrl) -> dict[str, Figure]:
    """Return the parts of the sentence that adds up."""
    stage = StageFilter.parameter_name
    sent = figures.statuses.get(Status.SENT, 0)
    withdrawn = make_url(status__exact=Status.WITHDRAWN.value, **{stage: StageFilter.CONFIRMED})
    return {
        "confirmed": Figure(_("confirmed"), figures.confirmed_in_all, make_url(**{stage: StageFilter.CONFIRMED})),
        "standing": Figure(_("standing"), figures.standing, make_url(**{stage: StageFilter.STANDING})),
        "withdrawn": Figure(_("withdrawn"), figures.withdrawn, withdrawn),
        "left": Figure(_("left us"), figures.left, make_url(**{stage: StageFilter.LEFT})),
        "returned": Figure(_("came back"), figures.returned, make_url(status__exact=Status.BOUNCED.value)),
        "arrived": Figure(_("with MPs"), sent, make_url(status__exact=Status.SENT.value)),
    }


def draw_days(figures: Figures, make_url: MakeUrl) -> dict[str, Any]:
    """Return the chart of letters confirmed, with the days or weeks as links, and the same as a table."""
    days = make_columns(figures.confirmed, figures.sent, timezone.localdate())
    step = 6 if days.weekly else 0
    name = ConfirmedFilter.parameter_name
    urls = [make_url(**{name: ConfirmedFilter.write(column.start, step)}) for column in days.columns]
    return {
        "days": days,
        "area": draw_area([column.first for column in days.columns], days.top),
        "day_links": list(zip(days.columns, urls, strict=True)),
        "ticks": list_ticks(days),
    }


def list_ticks(days: Columns) -> dict[str, Any]:
    """Return the values beside the chart from the top down, and the first, middle and last column below it."""
    middle = days.columns[len(days.columns) // 2]
    values = [days.top, days.top // 2, 0] if days.top % 2 == 0 else [days.top, 0]
    return {"values": values, "columns": [days.columns[0], middle, days.columns[-1]]}


def draw_map(figures: Figures, slug: str, context: dict[str, Any]) -> dict[str, Any]:
    placed = [hexagon for hexagon in read_hexes() if hexagon.gss in figures.names]
    counts = [figures.by_constituency[hexagon.gss] for hexagon in placed]
    steps = make_steps(counts)
    return {
        "steps": steps,
        "hexes": [
            (*place_hex(hexagon), get_step(steps, count), hexagon.gss, figures.names[hexagon.gss], count)
            for hexagon, count in zip(placed, counts, strict=True)
        ],
        "map_url": reverse("admin:letters_dashboard_map", args=[slug]),
    }


def list_statuses(figures: Figures, make_url: MakeUrl) -> list[tuple[Status, str, int, float, str]]:
    most = max(figures.statuses.values(), default=0) or 1
    return [
        (status, SHAPES[status], count, get_bar_length(count, most), make_url(status__exact=status.value))
        for status in Status
        if (count := figures.statuses.get(status, 0)) or status in (Status.QUEUED, Status.SENT)
    ]


def list_funnel(figures: Figures) -> list[Bar]:
    """Return how many drafts reached each step. They are not separated into rehearsal and live."""
    counts = figures.steps | {"confirmed": figures.confirmed_in_all, "sent": figures.left}
    assert set(StepCount.Step.values) < {name for name, _label, _note in FUNNEL}
    return make_bars((label, counts[name], note) for name, label, note in FUNNEL)


def list_queue(figures: Figures, health: Health) -> list[str]:
    """Say in a few words how the queue of all campaigns is, and what this campaign has sent."""
    due = ngettext("%s letter due now", "%s letters due now", health.due) % f"{health.due:,}"
    if health.oldest_due_age is not None:
        due = _("%(due)s, the oldest for %(age)s") % {"due": due, "age": say_age(health.oldest_due_age)}
    sent = _("%s sent in the last hour") % f"{figures.sent_in_an_hour:,}"
    if last := figures.last_sent_at:
        ago = say_age((timezone.now() - last).total_seconds())
        return [due, sent, _("the last one %(age)s ago") % {"age": ago}]
    return [due, sent]


def list_arguments(figures: Figures, named: dict[str, Named], make_url: MakeUrl) -> dict[str, Any]:
    def share(count: int) -> str:
        return _("in %(percent)s of letters") % {"percent": f"{round(100 * count / max(1, figures.standing))} %"}

    def name(key: str) -> str:
        return named[key].title if key in named else key

    def find_url(key: str) -> str:
        standing = {StageFilter.parameter_name: StageFilter.STANDING}
        return make_url(argument=str(named[key].pk), **standing) if key in named else ""

    used = [(name(key), count, share(count), find_url(key)) for key, count in figures.arguments.most_common()]
    pairs = figures.pairs.most_common(MAX_PAIRS)
    together = [(f"{name(one)} + {name(other)}", n, share(n)) for (one, other), n in pairs]
    arguments = make_bars(used)
    return {
        "top_arguments": arguments[:MAX_ARGUMENTS],
        "arguments": arguments,
        "unused": [title for key, (_pk, title) in named.items() if key not in figures.arguments],
        "pairs": make_bars(together),
    }


def list_reach(figures: Figures, make_url: MakeUrl) -> dict[str, Any]:
    standing = {StageFilter.parameter_name: StageFilter.STANDING}

    def say_reach(reached: int) -> str:
        return ngettext("in %d constituency", "in %d constituencies", reached) % reached

    by_party = sorted(figures.parties.items(), key=lambda row: (-row[1][0], row[0]))
    parties = [
        (party or "–", letters, say_reach(reached), make_url(party=party, **standing) if party else "")
        for party, (letters, reached) in by_party
    ]
    regions = [
        (
            region,
            letters,
            _("reached %(reached)d of %(all)d") % {"reached": reached, "all": total},
            make_url(region=region, **standing),
        )
        for region, (letters, reached, total) in figures.regions.items()
    ]
    return {"parties": make_bars(parties), "regions": make_bars(regions)}


def list_spread(figures: Figures) -> dict[str, Any]:
    words = [f"{low}–{high - 1}" for low, high in pairwise(WORD_EDGES)] + ["200 +"]
    shares = [f"{round(edge * 100)}–{round(edge * 100) + 20} %" for edge in SHARE_EDGES]
    own = zip(words, count_between(figures.own_words, WORD_EDGES), strict=True)
    distinct = zip(shares, count_between(figures.own_scores, SHARE_EDGES), strict=True)
    return {
        "own_words": make_bars((label, count, "") for label, count in own),
        "distinct": make_bars((label, count, "") for label, count in distinct),
    }
