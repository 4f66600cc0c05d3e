"""What needs attention, in a campaign and on the whole site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from campaign.parliament.models import Member
from letters.admin.display import SHAPES
from letters.admin.filters import NeedsFilter
from letters.admin.permissions import may_decide, may_moderate, may_see_letters
from letters.delivery.health import Health, measure_health
from letters.models import Status, Tally
from letters.statistics.figures import WAITING, Figures


class Need(NamedTuple):
    """What a person has to do, where, and in a few words."""

    sign: str
    words: str
    url: str
    short: str


MAX_NAMED = 200  # constituencies in a URL, which may have some 4,000 characters; an election empties all 650
UNDECIDED = (Status.UNKNOWN, Status.FAILED, Status.HELD)


def ask_for(status: Status) -> str:
    undecided = {NeedsFilter.parameter_name: NeedsFilter.PERSON} if status == Status.FAILED else {}
    return urlencode({"status__exact": status.value} | undecided)


def say_undecided(status: Status, count: int) -> str:
    words = {
        Status.UNKNOWN: ngettext(
            "%s letter may or may not have arrived: find out, then decide",
            "%s letters may or may not have arrived: find out, then decide",
            count,
        ),
        Status.FAILED: ngettext(
            "%s letter failed: see what the mail server said, then retry it or leave it",
            "%s letters failed: see what the mail server said, then retry them or leave them",
            count,
        ),
        Status.HELD: ngettext(
            "%s letter is held: read it, then decide whether to release it",
            "%s letters are held: read them, then decide whether to release them",
            count,
        ),
    }[status]
    return words % f"{count:,}"


def list_undecided(counts: Mapping[Status, int], find_url: Callable[[Status], str]) -> list[Need]:
    short = {
        Status.UNKNOWN: ngettext("%s letter in doubt", "%s letters in doubt", counts.get(Status.UNKNOWN, 0)),
        Status.FAILED: ngettext("%s letter failed", "%s letters failed", counts.get(Status.FAILED, 0)),
        Status.HELD: ngettext("%s letter held", "%s letters held", counts.get(Status.HELD, 0)),
    }
    return [
        Need(
            SHAPES[status],
            say_undecided(status, counts[status]),
            find_url(status),
            short[status] % f"{counts[status]:,}",
        )
        for status in UNDECIDED
        if counts.get(status)
    ]


def make_vacant(count: int, letters: int, url: str) -> Need:
    words = ngettext("%d constituency without an MP", "%d constituencies without an MP", count) % count
    waiting = ngettext("%s letter is on hold", "%s letters are on hold", letters) % f"{letters:,}"
    return Need("○", f"{words}: {waiting}", url, words)


def make_due(count: int, **query: Any) -> list[Need]:
    words = ngettext(
        "%d argument is due for review: live campaigns do not offer it until it is reviewed",
        "%d arguments are due for review: live campaigns do not offer them until they are reviewed",
        count,
    )
    address = reverse("admin:content_argument_changelist")
    short = ngettext("%d argument due", "%d arguments due", count) % count
    return [Need("◷", words % count, f"{address}?{urlencode(query | {'state': 'due'})}", short)] if count else []


def list_own_statuses(request: HttpRequest) -> list[Status]:
    """Return the statuses about which this person may decide."""
    decides = may_decide(request)
    return [one for one in UNDECIDED if decides or (one == Status.HELD and may_moderate(request))]


def may_do_all(request: HttpRequest) -> bool:
    """Whether nothing is left out of what this person is told to do."""
    return len(list_own_statuses(request)) == len(UNDECIDED) and may_fill_seats(request) and may_review(request)


def may_fill_seats(request: HttpRequest) -> bool:
    return request.user.has_perm("parliament.change_member")


def may_review(request: HttpRequest) -> bool:
    return request.user.has_perm("content.change_argument")


def list_needs(request: HttpRequest, figures: Figures, due_arguments: int, context: dict[str, Any]) -> list[Need]:
    """List what this person has to do about a campaign, with links to where."""
    campaign, letters_url = context["campaign"], context["letters_url"]
    of = {"of": "rehearsal" if context["rehearsal"] else "live"}

    def find_url(status: Status) -> str:
        if status == Status.HELD and may_moderate(request):
            return f"{reverse('admin:letters_letter_moderation')}?{urlencode({'campaign': campaign.slug} | of)}"
        return f"{letters_url}&{ask_for(status)}"

    failed = max(0, figures.statuses.get(Status.FAILED, 0) - figures.decided)
    counts = figures.statuses | {Status.FAILED: failed}
    needs = list_undecided({one: counts.get(one, 0) for one in list_own_statuses(request)}, find_url)
    if (vacant := figures.vacant_waiting) and may_fill_seats(request):
        constituencies_url = reverse("admin:letters_dashboard_constituencies", args=[campaign.slug])
        query = urlencode({"show": "vacant", "by": "waiting"} | (of if context["rehearsal"] else {}))
        needs.append(make_vacant(len(vacant), sum(vacant.values()), f"{constituencies_url}?{query}"))
    return needs + make_due(due_arguments if may_review(request) else 0, campaign__id__exact=campaign.pk)


def list_site_needs(request: HttpRequest, due_arguments: int) -> tuple[list[str], list[Need]] | None:
    """List the problems and what this person has to do, in all campaigns; None without the permission.

    Takes five queries, none of which reads all letters.
    """
    if not may_see_letters(request):
        return None
    health = measure_health(brief=True)
    letters = reverse("admin:letters_letter_changelist")

    def find_url(status: Status) -> str:
        if status == Status.HELD and may_moderate(request):
            return reverse("admin:letters_letter_moderation")
        return f"{letters}?{ask_for(status)}"

    counts = count_undecided(health)
    needs = list_undecided({one: counts[one] for one in list_own_statuses(request)}, find_url)
    vacant = (
        Tally.objects.filter(kind=Tally.Kind.CONSTITUENCY, status__in=WAITING, count__gt=0)
        .exclude(key__in=Member.objects.filter(sitting=True).values("constituency"))
        .values_list("key")
        .annotate(waiting=Sum("count"))
    )
    if may_fill_seats(request) and (waiting := dict(vacant)):
        query = {"status__in": ",".join(WAITING)}
        if len(waiting) <= MAX_NAMED:  # else link to all that wait, as hardly any has an MP
            query = {"constituency_gss__in": ",".join(sorted(waiting))} | query
        needs.append(make_vacant(len(waiting), sum(waiting.values()), f"{letters}?{urlencode(query)}"))
    return health.problems, needs + make_due(due_arguments if may_review(request) else 0)


def count_undecided(health: Health) -> dict[Status, int]:
    return {Status.UNKNOWN: health.unknown, Status.FAILED: health.failed, Status.HELD: health.held}
