"""Turns the measurements of letters.delivery.health into problems in plain sentences."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

if TYPE_CHECKING:
    from letters.delivery.health import Health

MAX_DUE = dt.timedelta(minutes=10)  # anything due for longer is stuck
MAX_SILENCE = dt.timedelta(minutes=5)  # beat asks for a sweep every 15 seconds
MAX_SILENCE_WITH_WORK = dt.timedelta(seconds=90)


def find_problems(health: Health) -> list[str]:
    """Describe the problems in sentences; an empty list means healthy."""
    if not health.database:
        problems = ["The database does not answer."]
    else:
        finders = (_find_silence, _find_pause, _find_dead_mail, _find_stuck, _find_clock, _find_old_members)
        problems = [problem for find in finders for problem in find(health)]
    if health.broker is False:
        problems.append("The broker cannot be reached: wake-ups are lost, and letters are delayed.")
    return problems


def _find_silence(health: Health) -> list[str]:
    work = health.due + health.past_lease + health.due_notices
    limit = MAX_SILENCE_WITH_WORK if work else MAX_SILENCE
    if health.at_work_age is None:
        return ["No worker has ever swept the queue. Are worker and beat running?"]
    if health.at_work_age > limit.total_seconds():
        return [f"No worker has swept the queue for {say_age(health.at_work_age)}. Are worker and beat running?"]
    return []


def _find_clock(health: Health) -> list[str]:
    problems = []
    if health.clock_jumped is not None:
        problems.append(
            f"The clock jumped by {say_age(abs(health.clock_jumped))}, or the site was off for that long, and no old "
            "data have been deleted since. If the clock is right, run manage.py purge_personal_data --clock-is-right."
        )
    if health.clock_ahead is None:
        return problems
    differs = f"{say_age(abs(health.clock_ahead))} {'ahead of' if health.clock_ahead > 0 else 'behind'}"
    return [
        *problems,
        f"A worker's clock is {differs} the database's: it sends letters too early or too late, and misjudges "
        "whether other workers are stuck. Let NTP set the clocks of all machines.",
    ]


def _find_pause(health: Health) -> list[str]:
    if health.paused_since is None or health.next_probe_at is None:
        return []
    since, probe = (
        date_format(timezone.localtime(moment), "H:i, j F") for moment in (health.paused_since, health.next_probe_at)
    )
    return [
        f"The queue has been paused since {since}: the mail server failed again and again. It said: "
        f"“{health.server_words}”. We will try one message at {probe}; if it is accepted, sending will resume "
        "automatically."
    ]


def _find_dead_mail(health: Health) -> list[str]:
    waiting = health.due + health.due_notices + health.retrying_notices or health.retrying
    if health.failing_since is None or health.paused_since or not waiting:
        return []
    seconds = (timezone.now() - health.failing_since).total_seconds()
    if seconds <= MAX_DUE.total_seconds():
        return []
    return [
        f"The mail server has accepted nothing for {say_age(seconds)}, and emails are due. It said: "
        f"“{health.server_words}”. `manage.py doctor` tests it."
    ]


def _find_old_members(health: Health) -> list[str]:
    known = health.members_as_of
    days = (timezone.localdate() - known).days if known else 0
    if known is None or days <= settings.MEMBERS_DAYS:
        return []
    return [
        f"The newest data about MPs are {days} days old ({date_format(known, 'j F Y')}), and letters go to them. "
        "Import a newer list with manage.py import_members FILE."
    ]


def _find_stuck(health: Health) -> list[str]:
    limit = MAX_DUE.total_seconds()
    due = f"The oldest letter has been due for {{age}} ({{count}} due){say_why(health)}"
    stuck = [
        (health.oldest_due_age, due, health.due),
        (
            health.oldest_past_lease_age,
            "A letter lost its sender {age} ago and has not been put back into the queue ({count} in all)",
            health.past_lease,
        ),
        (
            health.oldest_unreached_age,
            "The mail server cannot be reached: a letter confirmed {age} ago has not been offered yet ({count} in all)",
            health.unreached,
        ),
        (
            health.oldest_notice_age,
            f"The oldest email to a supporter has been due for {{age}} ({{count}} due){say_failure(health)}",
            health.due_notices,
        ),
    ]
    return [
        words.format(age=say_age(age), count=count) + "."
        for age, words, count in stuck
        if age is not None and age > limit
    ]


def say_failure(health: Health) -> str:
    """Return the end of a sentence about the mail server's last failure; empty without one."""
    return f": the mail server failed last time, saying “{health.server_words}”" if health.server_words else ""


def say_why(health: Health) -> str:
    """Return the end of a sentence about what holds due letters up; empty if unknown."""
    if health.server_words:
        return say_failure(health)
    rates = {"a domain": settings.PACE_PER_DOMAIN, "an MP": settings.PACE_PER_MP}
    limits = " and ".join(f"{rate} to {whom}" for whom, rate in rates.items() if rate)
    return f": the rate limit holds letters back, {limits}" if health.paced and limits else ""


def say_age(seconds: float) -> str:
    for unit, length, least in (("day", 86_400, 2), ("hour", 3600, 2), ("minute", 60, 2)):
        if seconds >= least * length:
            return f"{int(seconds // length)} {unit}s"
    whole = max(0, int(seconds))  # clocks may differ slightly
    return f"{whole} second" if whole == 1 else f"{whole} seconds"
