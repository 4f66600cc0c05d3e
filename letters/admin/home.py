"""The organisers' first page: a card for each campaign."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from letters.admin.desk import STATES, list_campaigns_once
from letters.admin.permissions import may_moderate, may_see_figures, may_see_letters
from letters.admin.tabs import CAMPAIGN, TABS, may_see
from letters.models import Status, Tally
from letters.statistics.charts import Area, draw_area
from letters.statistics.figures import count_now

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAYS = 28  # in the small chart
WEEK = 7


@dataclass
class Card:
    """A campaign on the first page. Letters are those confirmed, rehearsed ones only while it has no others."""

    campaign: Campaign
    state: tuple[str, StrOrPromise, StrOrPromise]
    url: str  # of the first of its tabs that the person may open
    days: list[int] = field(default_factory=lambda: [0] * DAYS)  # letters by day, today last
    held: int = 0
    held_url: str = ""
    due: int = 0  # arguments
    due_url: str = ""

    @property
    def week(self) -> int:
        return sum(self.days[-WEEK:])

    @property
    def change(self) -> int:
        """By how much the last seven days have more letters than the seven before."""
        return self.week - sum(self.days[-2 * WEEK : -WEEK])

    @property
    def fewer(self) -> int:
        return max(0, -self.change)

    @property
    def chart(self) -> Area | None:
        return draw_area(self.days, max(self.days)) if any(self.days) else None


def list_cards(request: HttpRequest) -> list[Card]:
    """Return a card for each campaign, with only what the person may see; takes four queries at most."""
    pages = [page for tab in TABS.values() for page in tab if page.may(request)]
    if not pages:
        return []
    cards = {
        one.pk: Card(one, STATES[one.mode], pages[0].make_url(one))
        for one in sort_campaigns(list_campaigns_once(request))
    }
    if may_see_figures(request):
        add_letters(cards)
    if may_see_letters(request):
        for card in cards.values():
            card.held_url = find_held_url(request, card.campaign)
    if may_see(request, "argument"):
        due = count_due()
        for pk, card in cards.items():
            card.due = due.get(pk, 0)
            query = urlencode({CAMPAIGN: pk, "state": "due"})
            card.due_url = f"{reverse('admin:content_argument_changelist')}?{query}"
    return list(cards.values())


ORDER = [*map(str, (Campaign.Mode.LIVE, Campaign.Mode.PAUSED, Campaign.Mode.REHEARSAL, Campaign.Mode.DRAFT))]


def sort_campaigns(campaigns: list[Campaign]) -> list[Campaign]:
    """Return what runs first and what is closed last; by title within."""
    return sorted(campaigns, key=lambda one: ORDER.index(one.mode) if one.mode in ORDER else len(ORDER))


def find_held_url(request: HttpRequest, campaign: Campaign) -> str:
    if may_moderate(request):
        return f"{reverse('admin:letters_letter_moderation')}?{urlencode({'campaign': campaign.slug})}"
    query = urlencode({CAMPAIGN: campaign.pk, "status__exact": Status.HELD.value})
    return f"{reverse('admin:letters_letter_changelist')}?{query}"


def is_rehearsed(campaign: Campaign) -> bool:
    return campaign.is_draft or campaign.is_rehearsal


def add_letters(cards: dict[int, Card]) -> None:
    count_now()
    today = timezone.localdate()
    first = today - dt.timedelta(days=DAYS - 1)
    confirmed = Q(kind=Tally.Kind.CONFIRMED, key__gte=first.isoformat())
    held = Q(kind=Tally.Kind.CONSTITUENCY, status=Status.HELD)
    rows = Tally.objects.filter(confirmed | held, count__gt=0).order_by()
    for pk, rehearsal, kind, key, count in rows.values_list("campaign_id", "rehearsal", "kind", "key", "count"):
        card = cards.get(pk)
        if card is None:
            continue
        if kind == Tally.Kind.CONSTITUENCY:
            card.held += count
        elif rehearsal == is_rehearsed(card.campaign) and key <= today.isoformat():
            card.days[(dt.date.fromisoformat(key) - first).days] += count


def count_due() -> dict[int, int]:
    """Count the arguments due for review by campaign."""
    due: Any = Argument.objects.due_for_review().order_by().values_list("campaign_id").annotate(count=Count("pk"))
    return dict(due)
