"""A campaign's figures for one week, as the weekly digest says them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from letters.models import DownloadCount, Letter, Status, Tally

WEEK = dt.timedelta(days=7)
DUE_WITHIN = dt.timedelta(days=30)
QUARTERS = ((4, "all"), (3, "three quarters"), (2, "half"), (1, "a quarter"))  # of a goal, the most first


@dataclass(frozen=True)
class Week:
    """What happened to a campaign's letters from a Monday to the Sunday after it, and what needs a person now."""

    campaign: Campaign
    rehearsal: bool
    confirmed: int
    confirmed_before: int  # in the week before
    answered: int  # marked in this week by their supporters
    with_mps: int  # now, sent and not returned
    held: int  # now
    due: int  # arguments that will no longer be offered in DUE_WITHIN, or already are not
    on_their_way: int  # now, towards the goal: with MPs, and posted by supporters
    milestone: str  # the share of the goal reached in this week; empty if none

    @property
    def change(self) -> int:
        return self.confirmed - self.confirmed_before

    @property
    def fewer(self) -> int:
        return max(-self.change, 0)


def count_week(campaign: Campaign, monday: dt.date) -> Week:
    """Count the week that begins on this Monday, in Parley's own time zone. The roll-up may be some seconds behind."""
    rehearsal = campaign.is_rehearsal
    letters = Letter.objects.filter(campaign=campaign, rehearsal=rehearsal)
    first, end = (timezone.make_aware(dt.datetime.combine(day, dt.time.min)) for day in (monday, monday + WEEK))
    tallies = Tally.objects.filter(campaign=campaign, rehearsal=rehearsal)

    def count_days(kind: Tally.Kind, since: dt.date) -> int:
        days = [str(since + dt.timedelta(days=number)) for number in range(7)]
        return tallies.filter(kind=kind, key__in=days).aggregate(total=Sum("count"))["total"] or 0

    with_mps = tallies.filter(kind=Tally.Kind.CONSTITUENCY, status=Status.SENT).aggregate(total=Sum("count"))
    posted = DownloadCount.objects.filter(campaign=campaign).aggregate(total=Sum("posted"))
    sent = with_mps["total"] or 0
    reached = sent + (posted["total"] or 0)
    soon = Argument.objects.filter(campaign=campaign, published=True)
    return Week(
        campaign=campaign,
        rehearsal=rehearsal,
        confirmed=count_days(Tally.Kind.CONFIRMED, monday),
        confirmed_before=count_days(Tally.Kind.CONFIRMED, monday - WEEK),
        answered=letters.filter(answered_at__gte=first, answered_at__lt=end).count(),
        with_mps=sent,
        held=letters.filter(status=Status.HELD).count(),
        due=soon.filter(Q(review_by__lt=timezone.localdate() + DUE_WITHIN)).count(),
        on_their_way=reached,
        milestone=find_milestone(campaign.goal, reached - count_days(Tally.Kind.SENT, monday), reached),
    )


def find_milestone(goal: int | None, before: int, now: int) -> str:
    """Return the largest share of the goal that was not reached before and is now, in words."""
    if not goal:
        return ""
    return next((words for part, words in QUARTERS if before * 4 < goal * part <= now * 4), "")
