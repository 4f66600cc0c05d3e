"""Print the state of the queue, and what holds it up, in plain words."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from campaign.content.hours import describe_opening, find_opening, open_now
from campaign.content.models import Campaign
from letters.actions.outdate import CHOOSING
from letters.delivery.health import Health, measure_health
from letters.delivery.problems import say_age, say_failure, say_why
from letters.models import LEASED, Letter, Status
from letters.privacy.redaction import ADDRESS

MAX_ANSWERS = 10


class Command(BaseCommand):
    """Say what is due, what waits and why, and what needs a person."""

    help = (
        "Shows the state of the queue and what holds it up, without personal data. "
        "Exit code 1 if something is wrong, so that a cron job or a monitor can use it."
    )
    requires_system_checks: list[str] = []  # it has to answer just when things are broken

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        health = measure_health()
        state = health.as_dict() | (describe_queue() if health.database else {})
        if options["json"]:
            self.stdout.write(json.dumps(state, cls=DjangoJSONEncoder, indent=2))
        else:
            self.stdout.write("\n".join(write_lines(health, state)))
        if not health.ok:
            sys.exit(1)


def describe_queue() -> dict[str, Any]:
    queued = Letter.objects.filter(status=Status.QUEUED, outdated_at=None).order_by()
    paused = queued.filter(campaign__mode=Campaign.Mode.PAUSED)
    moving = queued.exclude(campaign__mode=Campaign.Mode.PAUSED)
    barred = moving.none() if settings.LIVE_DELIVERY else moving.filter(rehearsal=False)
    in_hours = Q(campaign__in=Campaign.objects.filter(open_now()))
    closed, moving = moving.exclude(in_hours), moving.filter(in_hours)
    now = timezone.now()
    shut = {
        campaign: count
        for campaign in Campaign.objects.exclude(open_now())
        if (count := closed.filter(campaign=campaign).count())
    }
    retrying = moving.filter(next_attempt_at__gt=timezone.now()).exclude(pk__in=barred.values("pk"))
    counts = dict(Letter.objects.order_by().values_list("status").annotate(Count("pk")))
    times = retrying.aggregate(count=Count("pk"), first=Min("next_attempt_at"), last=Max("next_attempt_at"))
    return {
        "letters": {status.value: counts.get(status, 0) for status in Status},
        "waiting_for_retry": {
            "count": times["count"],
            "first_at": times["first"],
            "last_at": times["last"],
            "answers": group_answers(retrying),
        },
        "paused_campaigns": dict(paused.values_list("campaign__slug").annotate(Count("pk"))),
        "outside_hours": {
            campaign.slug: {"count": count, "opens_at": find_opening(campaign, now)} for campaign, count in shut.items()
        },
        "waiting_for_live_delivery": barred.count(),
        "waiting_for_their_writers": Letter.objects.filter(status__in=CHOOSING, outdated_at__isnull=False).count(),
        "in_hand": Letter.objects.filter(status__in=LEASED).count(),
    }


def group_answers(letters: QuerySet[Letter]) -> list[tuple[str, int]]:
    answers: Counter[str] = Counter()
    for words, count in letters.values_list("last_answer").annotate(Count("pk")):
        answers[ADDRESS.sub("…", words)] += count
    return answers.most_common(MAX_ANSWERS)


def write_lines(health: Health, state: dict[str, Any]) -> list[str]:
    lines = ["Healthy." if health.ok else "Something is wrong:", *(f"  - {words}" for words in health.problems), ""]
    if health.database:
        lines += [*_write_queue(health, state), "", *_write_people(health), ""]
        last = health.last_sent_at
        lines.append(f"Last letter sent: {_say_time(last) if last else 'never'}.")
        beat = health.heartbeat_age
        lines.append(f"Worker: {'has never swept' if beat is None else f'last swept {say_age(beat)} ago'}.")
    lines.append(f"Broker: {'answers' if health.broker else 'does not answer'}.")
    return lines


def _write_queue(health: Health, state: dict[str, Any]) -> list[str]:
    lines = ["Letters:"]
    lines += [f"  {count:>7,}  {Status(status).label}" for status, count in state["letters"].items() if count]
    if len(lines) == 1:
        lines = ["Letters: none yet."]
    oldest = "" if health.oldest_due_age is None else f", the oldest for {say_age(health.oldest_due_age)}"
    lines += ["", f"Due now: {health.due:,}{oldest}{say_why(health)}."]
    lost = f", {health.past_lease:,} of them without a sender" if health.past_lease else ""
    lines.append(f"In hand: {state['in_hand']:,}{lost}.")
    if health.due_notices:
        lines.append(f"Emails to supporters due: {health.due_notices:,}{say_failure(health)}.")
    if health.retrying_notices:
        lines.append(f"Emails to supporters to be tried again later: {health.retrying_notices:,}.")
    if retry := state["waiting_for_retry"]["count"]:
        first, last = (_say_time(state["waiting_for_retry"][key]) for key in ("first_at", "last_at"))
        lines.append(f"To be tried again later: {retry:,}, from {first} to {last}. The mail server said:")
        lines += [f"  {count:>7,}  {words or '(nothing)'}" for words, count in state["waiting_for_retry"]["answers"]]
    lines += [
        f"On hold because the campaign “{slug}” is paused: {count:,}."
        for slug, count in state["paused_campaigns"].items()
    ]
    lines += [
        f"On hold until the sending hours of the campaign “{slug}”: {shut['count']:,}, to be sent from "
        f"{describe_opening(shut['opens_at'])}."
        for slug, shut in state["outside_hours"].items()
    ]
    if barred := state["waiting_for_live_delivery"]:
        lines.append(f"On hold because LIVE_DELIVERY is off: {barred:,} live.")
    if choosing := state["waiting_for_their_writers"]:
        lines.append(f"Not sent until their supporters have chosen about words that were corrected: {choosing:,}.")
    return lines


def _write_people(health: Health) -> list[str]:
    undecided = {Status.UNKNOWN: health.unknown, Status.FAILED: health.failed, Status.HELD: health.held}
    if not any(undecided.values()):
        return ["Nobody needs to decide anything."]
    return [
        "Someone needs to decide, in the admin:",
        *(f"  {count:>7,}  {status.label}" for status, count in undecided.items() if count),
    ]


def _say_time(moment: Any) -> str:
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M}"
