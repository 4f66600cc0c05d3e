"""Is the site well? What is due, who is at work, and what holds letters up: nothing is ever silently stuck.

Every query goes through an index of open rows, so that asking often costs little however many letters were sent.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import asdict, dataclass, field
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Count, DateTimeField, FloatField, Max, Min, Q, Value
from django.utils import timezone
from django.utils.formats import date_format
from redis.backoff import NoBackoff
from redis.retry import Retry

from campaign.content.hours import Hours, find_last_opening
from letters.actions.decide import list_decided
from letters.delivery.circuit_breaker import MAIL
from letters.delivery.lease import lease_length
from letters.models import CLOCK, LEASED, PACED, SWEEP, Breaker, Heartbeat, Letter, Notice, Status

MAX_DUE = dt.timedelta(minutes=10)  # what is due for longer is stuck
MAX_SILENCE = dt.timedelta(minutes=5)  # beat asks for a sweep every 15 seconds
MAX_SILENCE_WITH_WORK = dt.timedelta(seconds=90)
BROKER_SECONDS = 2
UNDECIDED = (Status.HELD, Status.FAILED, Status.UNKNOWN)
DECIDED = "decided"  # no status: these have failed, and a person has refused or given them up


@dataclass
class Health:
    """What was measured. Ages are in seconds; None where there is nothing to measure."""

    database: bool = True
    broker: bool | None = None  # None: not asked
    heartbeat_age: float | None = None  # since the last sweep began
    at_work_age: float | None = None  # since the last sign of any worker: a sweep, or a letter in hand
    due: int = 0
    oldest_due_age: float | None = None
    paced: bool = False  # whether the pace keeps letters back
    clock_ahead: float | None = None  # of the database's: a worker's clock that is wrong; negative: behind
    paused_since: dt.datetime | None = None  # by the circuit breaker
    next_probe_at: dt.datetime | None = None
    failing_since: dt.datetime | None = None  # the mail server: it has taken nothing since then
    server_words: str = ""  # what it said when it failed last
    past_lease: int = 0
    oldest_past_lease_age: float | None = None
    unreached: int = 0
    oldest_unreached_age: float | None = None
    retrying: bool = False  # whether there are letters that the mail server could not take, and that are not due yet
    due_notices: int = 0
    retrying_notices: int = 0
    oldest_notice_age: float | None = None
    held: int = 0
    failed: int = 0  # without those that a person has refused or given up: nothing is to be decided about them
    unknown: int = 0
    last_sent_at: dt.datetime | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """The measurements as plain data, "ok" first."""
        return {"ok": self.ok} | asdict(self)


def measure_health(*, brief: bool = False) -> Health:
    """Measure everything and say what is wrong; never raises because something is down.

    `brief` is for pages of the site: four queries, and no waiting for the broker.
    """
    health = Health()
    try:
        _measure_queue(health)
        if not brief:
            sent = Letter.objects.filter(sent_at__isnull=False).order_by("-sent_at")
            health.last_sent_at = sent.values_list("sent_at", flat=True).first()
    except DatabaseError:
        health.database = False
    if not brief:
        health.broker = reach_broker()
    health.problems = find_problems(health)
    return health


def reach_broker() -> bool:
    """Whether Redis answers within seconds or, without Redis, the folder of messages can be written to."""
    if not settings.REDIS_URL:
        try:
            with tempfile.TemporaryFile(dir=settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]) as probe:
                probe.write(b"probe")
        except OSError:
            return False
        return True
    # redis-py tries three more times by default, which would keep whoever asks waiting.
    limits: dict[str, Any] = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **limits) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def _measure_queue(health: Health) -> None:
    """Fill in what the database tells, in four queries."""
    now = timezone.now()

    def age(moment: dt.datetime | None) -> float | None:
        return None if moment is None else max((now - moment).total_seconds(), 0)

    hours = [f"campaign__{name}" for name in ("send_from", "send_until", "send_days")]
    due = list(Letter.objects.due().order_by().values_list(*hours).annotate(Count("pk"), Min("next_attempt_at")))
    health.due = sum(count for *_hours, count, _oldest in due)
    # What came due outside its campaign's hours is due since they began.
    since = (max(oldest, find_last_opening(Hours(*hours), now) or oldest) for *hours, _count, oldest in due)
    health.oldest_due_age = age(min(since, default=None))

    lost = Q(lease_until__lt=now)
    # Put back because the mail server could not be reached: each time due again a little later, so never due for long.
    unreached = Q(attempts=0, confirmed_at__lt=now - MAX_DUE)
    retrying = Q(status=Status.QUEUED, next_attempt_at__gt=now) & ~Q(last_answer="")
    # One query, each part through its own index; of those that wait for a person no row is read, only the index.
    no_moment = Value(None, output_field=DateTimeField())
    letters = Letter.objects.order_by().values("status")
    waiting = letters.filter(status__in=UNDECIDED).annotate(count=Count("*"), oldest=no_moment, newest=no_moment)
    decided = [rows.annotate(decided=Value(DECIDED)).values("decided") for rows in list_decided().values()]
    parts = waiting.union(
        letters.filter(status__in=LEASED).annotate(
            count=Count("pk", filter=lost), oldest=Min("lease_until", filter=lost), newest=Max("lease_until")
        ),
        letters.filter(retrying).annotate(
            count=Count("pk", filter=unreached),
            oldest=Min("confirmed_at", filter=unreached),
            newest=Max("next_attempt_at"),
        ),
        # Last: two parts without a moment at the beginning PostgreSQL would take for text.
        *(rows.annotate(count=Count("*"), oldest=no_moment, newest=no_moment) for rows in decided),
        all=True,
    )
    counted = list(parts)
    found = {row["status"]: row for row in counted}
    leased = [found[status] for status in LEASED if status in found]
    health.past_lease = sum(row["count"] for row in leased)
    health.oldest_past_lease_age = age(min((row["oldest"] for row in leased if row["oldest"]), default=None))
    newest_lease = max((row["newest"] for row in leased if row["newest"]), default=None)
    if Status.QUEUED in found:
        health.unreached = found[Status.QUEUED]["count"]
        health.retrying = found[Status.QUEUED]["newest"] is not None
        health.oldest_unreached_age = age(found[Status.QUEUED]["oldest"])
    health.held, failed, health.unknown = (found[one]["count"] if one in found else 0 for one in UNDECIDED)
    health.failed = max(0, failed - sum(row["count"] for row in counted if row["status"] == DECIDED))

    is_due = Q(due_at__lte=now)
    notices = Notice.objects.filter(due_at__isnull=False).aggregate(
        count=Count("pk", filter=is_due),
        oldest=Min("due_at", filter=is_due),
        retrying=Count("pk", filter=~is_due & ~Q(last_answer="")),
    )
    health.due_notices, health.retrying_notices = notices["count"], notices["retrying"]
    health.oldest_notice_age = age(notices["oldest"])

    # The few rows that say how those fare who work unseen, in one query: a name, a moment, since when, words.
    beating = Heartbeat.objects.annotate(since=no_moment, failing=no_moment, words=Value(""))
    told = beating.values_list("name", "at", "since", "failing", "words", "seconds_ahead")
    failing = Breaker.objects.filter(failures__gt=0).annotate(ahead=Value(None, output_field=FloatField()))
    said = failing.values_list("name", "probe_at", "opened_at", "failing_since", "last_answer", "ahead")
    rows = {name: row for name, *row in told.union(said, all=True)}
    breaker = rows.pop(MAIL, (None, None, None, "", None))
    health.next_probe_at, health.paused_since, health.failing_since, health.server_words, _ahead = breaker
    beats = {name: at for name, (at, *_more) in rows.items()}
    beat = beats.get(SWEEP)
    if CLOCK in rows and abs(now - beats[CLOCK]) < MAX_SILENCE:
        health.clock_ahead = rows[CLOCK][-1]
    health.paced = bool(health.due) and PACED in beats and now - beats[PACED] < MAX_SILENCE_WITH_WORK
    health.heartbeat_age = age(beat)
    # While every thread of the worker drains a long queue, sweeps wait; the letter it has just begun shows it is alive.
    begun = newest_lease and newest_lease - lease_length()
    health.at_work_age = min((seconds for seconds in (age(beat), age(begun)) if seconds is not None), default=None)


def find_problems(health: Health) -> list[str]:
    """Say in plain sentences what is wrong; an empty list means healthy."""
    if not health.database:
        problems = ["The database does not answer."]
    else:
        finders = (_find_silence, _find_pause, _find_dead_mail, _find_stuck, _find_clock)
        problems = [problem for find in finders for problem in find(health)]
    if health.broker is False:
        problems.append("The broker cannot be reached: wake-ups are lost, and letters wait.")
    return problems


def _find_silence(health: Health) -> list[str]:
    """Say whether no worker is at work."""
    work = health.due + health.past_lease + health.due_notices
    limit = MAX_SILENCE_WITH_WORK if work else MAX_SILENCE
    if health.at_work_age is None:
        return ["No worker has ever swept the queue. Are worker and beat running?"]
    if health.at_work_age > limit.total_seconds():
        return [f"No worker has swept the queue for {say_age(health.at_work_age)}. Are worker and beat running?"]
    return []


def _find_clock(health: Health) -> list[str]:
    """Say whether a worker goes by a wrong clock."""
    if health.clock_ahead is None:
        return []
    differs = f"{say_age(abs(health.clock_ahead))} {'ahead of' if health.clock_ahead > 0 else 'behind'}"
    return [
        f"A worker's clock is {differs} the database's: it sends letters too early or too late, and takes them for "
        "stuck in other workers, or not. Have NTP set the clocks of all machines."
    ]


def _find_pause(health: Health) -> list[str]:
    """Say whether the circuit breaker holds everything up, and until when."""
    if health.paused_since is None or health.next_probe_at is None:
        return []
    since, probe = (
        date_format(timezone.localtime(moment), "H:i, j F") for moment in (health.paused_since, health.next_probe_at)
    )
    return [
        f"The queue has been paused since {since}: the mail server failed again and again. It said: "
        f"“{health.server_words}”. One message tries it again at {probe}; if it is taken, all go on by themselves."
    ]


def _find_dead_mail(health: Health) -> list[str]:
    """Say whether the mail server has taken nothing for too long while something waits for it."""
    waiting = health.due + health.due_notices + health.retrying_notices or health.retrying
    if health.failing_since is None or health.paused_since or not waiting:
        return []
    seconds = (timezone.now() - health.failing_since).total_seconds()
    if seconds <= MAX_DUE.total_seconds():
        return []
    return [
        f"The mail server has taken nothing for {say_age(seconds)}, and mails are waiting. It said: "
        f"“{health.server_words}”. `manage.py doctor` tries it."
    ]


def _find_stuck(health: Health) -> list[str]:
    """Say what has been waiting for too long."""
    limit = MAX_DUE.total_seconds()
    due = f"The oldest letter has been due for {{age}} ({{count}} due){say_why(health)}"
    stuck = [
        (health.oldest_due_age, due, health.due),
        (
            health.oldest_past_lease_age,
            "A letter lost its sender {age} ago and nobody has taken it back ({count} in all)",
            health.past_lease,
        ),
        (
            health.oldest_unreached_age,
            "The mail server cannot be reached: a letter confirmed {age} ago has not been offered yet ({count} in all)",
            health.unreached,
        ),
        (
            health.oldest_notice_age,
            f"The oldest mail to a supporter has been due for {{age}} ({{count}} due){say_failure(health)}",
            health.due_notices,
        ),
    ]
    return [
        words.format(age=say_age(age), count=count) + "."
        for age, words, count in stuck
        if age is not None and age > limit
    ]


def say_failure(health: Health) -> str:
    """Say that the mail server failed last time, as the end of a sentence; empty if it did not."""
    return f": the mail server failed last time, saying “{health.server_words}”" if health.server_words else ""


def say_why(health: Health) -> str:
    """Say what keeps due letters from going, as the end of a sentence; empty if nothing is known to."""
    if health.server_words:
        return say_failure(health)
    rates = {"a domain": settings.PACE_PER_DOMAIN, "an MP": settings.PACE_PER_MP}
    limits = " and ".join(f"{rate} to {whom}" for whom, rate in rates.items() if rate)
    return f": the pace keeps letters back, {limits}" if health.paced and limits else ""


def say_age(seconds: float) -> str:
    """Say how long that is: 45 seconds, 14 minutes, 3 hours, 5 days."""
    for unit, length, least in (("day", 86_400, 2), ("hour", 3600, 2), ("minute", 60, 2)):
        if seconds >= least * length:
            return f"{int(seconds // length)} {unit}s"
    whole = max(0, int(seconds))  # clocks differ a little
    return f"{whole} second" if whole == 1 else f"{whole} seconds"
