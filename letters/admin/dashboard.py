"""A campaign's dashboard: what needs attention, then the figures."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from letters.admin.attention import list_needs, may_do_all
from letters.admin.display import SHAPES
from letters.admin.pages import open_page
from letters.delivery.health import measure_health
from letters.delivery.problems import say_age
from letters.models import Status, StepCount
from letters.statistics.charts import Bar, count_between, get_bar_length, make_bars, make_columns
from letters.statistics.figures import Figures, name_arguments, read_figures

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_PAIRS = 10
WORD_EDGES = (0, 20, 50, 100, 200)
SHARE_EDGES = (0, 0.2, 0.4, 0.6, 0.8)
FUNNEL: list[tuple[str, StrOrPromise, StrOrPromise]] = [
    ("started", gettext_lazy("Started"), gettext_lazy("chose their MP")),
    ("made", gettext_lazy("Made"), gettext_lazy("saw their finished letter")),
    ("downloaded", gettext_lazy("Downloaded"), gettext_lazy("to print and post")),
    ("confirmed", gettext_lazy("Confirmed"), gettext_lazy("for the site to send")),
    ("sent", gettext_lazy("Sent"), gettext_lazy("by the site")),
]


def show_dashboard(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    campaign = context["campaign"]
    figures = read_figures(campaign, rehearsal=context["rehearsal"])
    health = measure_health(brief=True)
    titles, due_arguments = name_arguments(campaign)
    context |= {
        "title": _("Overview: %(campaign)s") % {"campaign": campaign},
        "figures": figures,
        "problems": health.problems,
        "needs": list_needs(request, figures, due_arguments, context),
        "does_all": may_do_all(request),
        "statuses": list_statuses(figures, context["letters_url"]),
        "funnel": list_funnel(figures),
        "days": make_columns(figures.confirmed, figures.sent, timezone.localdate()),
        "queue": list_queue(figures, health.due, health.oldest_due_age),
        **list_arguments(figures, titles),
        **list_reach(figures),
        **list_spread(figures),
    }
    return TemplateResponse(request, "admin/letters/dashboard.html", context)


def list_statuses(figures: Figures, letters_url: str) -> list[tuple[Status, str, int, float, str]]:
    most = max(figures.statuses.values(), default=0) or 1
    return [
        (status, SHAPES[status], count, get_bar_length(count, most), f"{letters_url}&status__exact={status}")
        for status in Status
        if (count := figures.statuses.get(status, 0)) or status in (Status.QUEUED, Status.SENT)
    ]


def list_funnel(figures: Figures) -> list[Bar]:
    """Return how many drafts reached each step. They are not separated into rehearsal and live."""
    counts = figures.steps | {"confirmed": sum(figures.confirmed.values()), "sent": sum(figures.sent.values())}
    assert set(StepCount.Step.values) < {name for name, _label, _note in FUNNEL}
    return make_bars((label, counts[name], note) for name, label, note in FUNNEL)


def list_queue(figures: Figures, due: int, oldest: float | None) -> list[tuple[StrOrPromise, str]]:
    last = figures.last_sent_at
    age = _("%(age)s ago") % {"age": say_age((timezone.now() - last).total_seconds())} if last else _("none yet")
    return [
        (_("Letters due now, in all campaigns"), f"{due:,}"),
        (_("The oldest has been due for"), say_age(oldest) if oldest is not None else "–"),
        (_("Sent in the last hour"), f"{figures.sent_in_an_hour:,}"),
        (_("Last letter sent"), age),
    ]


def list_arguments(figures: Figures, titles: dict[str, str]) -> dict[str, Any]:

    def share(count: int) -> str:
        return _("in %(percent)s of letters") % {"percent": f"{round(100 * count / max(1, figures.written))} %"}

    used = [(titles.get(key, key), count, share(count)) for key, count in figures.arguments.most_common()]
    unused = [title for key, title in titles.items() if key not in figures.arguments]
    pairs = figures.pairs.most_common(MAX_PAIRS)
    together = [(f"{titles.get(one, one)} + {titles.get(other, other)}", n, share(n)) for (one, other), n in pairs]
    return {"arguments": make_bars(used), "unused": unused, "pairs": make_bars(together)}


def list_reach(figures: Figures) -> dict[str, Any]:

    def say_reach(reached: int) -> str:
        return ngettext("in %d constituency", "in %d constituencies", reached) % reached

    by_party = sorted(figures.parties.items(), key=lambda row: (-row[1][0], row[0]))
    parties = [(party or "–", letters, say_reach(reached)) for party, (letters, reached) in by_party]
    regions = [
        (region, letters, _("reached %(reached)d of %(all)d") % {"reached": reached, "all": total})
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
