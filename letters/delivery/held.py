"""Tells organisers once a day that letters are held: nobody opens the admin every day."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone

from letters.models import Alert, Finding, Letter, Rule, Status
from letters.writing.text import clean_line

FROM_HOUR = 7  # of local time, so that it is there in the morning


def queue_held_notice(at: dt.datetime | None = None) -> bool:
    """Queue a mail about the held letters if there are any and none was queued today; return whether one was."""
    now = timezone.localtime(at)
    begin = now.replace(hour=FROM_HOUR, minute=0, second=0, microsecond=0)
    if now < begin or Alert.objects.filter(kind=Alert.Kind.TO_READ, at__gte=begin).exists():
        return False
    threats = Finding.objects.filter(letter=OuterRef("pk"), rule=Rule.THREAT)
    held = Letter.objects.filter(status=Status.HELD).order_by().annotate(is_threat=Exists(threats))
    counted = held.values("campaign__title").annotate(
        count=Count("pk"), threats=Count("pk", filter=Q(is_threat=True)), oldest=Min("created_at")
    )
    lines = [
        clean_line(say_held(row["campaign__title"], row["count"], row["threats"], (now - row["oldest"]).days))
        for row in counted.order_by("campaign__title")
    ]
    if not lines:
        return False
    Alert.objects.create(kind=Alert.Kind.TO_READ, words="\n".join(lines))
    return True


def say_held(campaign: str, count: int, threats: int, days: int) -> str:
    letters = f"{count} letter{'s' * (count != 1)}"
    threatening = f", {threats} of them because of threatening words" if threats else ""
    age = f"; the oldest is {days} day{'s' * (days != 1)} old" if days else ""
    return f"{campaign}: {letters}{threatening}{age}."
