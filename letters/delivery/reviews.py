"""Reminds organisers of arguments that will soon be due for review, before they are no longer offered."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaign.content.dates import say_date
from campaign.content.models import Argument, Campaign
from letters.models import Alert
from letters.writing.text import clean_line

DAYS_BEFORE = (7, 30)  # nearest first


def queue_reminders() -> int:
    """Queue a reminder of a live campaign's arguments once for each of DAYS_BEFORE; return the number of mails.

    Each argument records its last reminder, so that running this again repeats none.
    """
    today = timezone.localdate()
    live = Q(campaign__mode=Campaign.Mode.LIVE)
    live |= Q(campaign__mode=Campaign.Mode.PAUSED, campaign__paused_from=Campaign.Mode.LIVE)
    mails = 0
    for days in DAYS_BEFORE:
        untold = Q(reminded_days=None) | Q(reminded_days__gt=days)
        soon = Argument.objects.filter(live, untold, published=True, review_by__gte=today)
        soon = soon.filter(review_by__lte=today + dt.timedelta(days=days)).order_by("campaign", "review_by", "pk")
        with transaction.atomic():
            told: dict[Campaign, list[str]] = defaultdict(list)
            for argument in soon.select_related("campaign"):
                # A conditional UPDATE, as another worker may do the same.
                if Argument.objects.filter(untold, pk=argument.pk, review_by=argument.review_by).update(
                    reminded_days=days
                ):
                    line = f"{say_date(str(argument.review_by))}: {argument.title}. {argument.age}"
                    told[argument.campaign].append(clean_line(line))
            for campaign, lines in told.items():
                Alert.objects.create(kind=Alert.Kind.REVIEW, words="\n".join([campaign.title, "", *lines]))
        mails += len(told)
    return mails
