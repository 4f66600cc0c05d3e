"""Measures the site's health: what is due, who is working, what delays letters.

Every query uses an index of open rows, so that it is cheap however many letters were sent.
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
from redis.backoff import NoBackoff
from redis.retry import Retry

from campaign.content.hours import Hours, find_last_opening
from campaign.parliament.models import Constituency
from letters.actions.decide import list_decided
from letters.delivery.circuit_breaker import MAIL
from letters.delivery.leases import lease_length
from letters.delivery.problems import MAX_DUE, MAX_SILENCE, MAX_SILENCE_WITH_WORK, find_problems
from letters.models import CLOCK, JUMP, LEASED, PACED, SWEEP, Breaker, Heartbeat, Letter, Notice, Status

BROKER_SECONDS = 2
UNDECIDED = (Status.HELD, Status.FAILED, Status.UNKNOWN)
DECIDED = "decided"  # not a status: failed ones that a person has refused or given up


@dataclass
class Health:
    """The measurements. Ages are in seconds; None if there is nothing to measure."""

    database: bool = True
    broker: bool | None = None  # None: not asked
    heartbeat_age: float | None = None  # since the last sweep began
    at_work_age: float | None = None  # since any worker's last sign of life: a sweep, or a letter begun
    due: int = 0
    oldest_due_age: float | None = None
    paced: bool = False  # whether a rate limit holds letters back
    clock_ahead: float | None = None  # by which a worker's clock is ahead of the database's; negative: behind
    clock_jumped: float | None = None  # how far, while nobody has confirmed that the clock is right
    members_as_of: dt.date | None = None  # date of the newest facts about sitting members, while letters go to MPs
    paused_since: dt.datetime | None = None  # by the circuit breaker
    next_probe_at: dt.datetime | None = None
    failing_since: dt.datetime | None = None  # since then the mail server has taken nothing
    server_words: str = ""  # its words at the last failure
    past_lease: int = 0
    oldest_past_lease_age: float | None = None
    unreached: int = 0
    oldest_unreached_age: float | None = None
    retrying: bool = False  # whether letters that the mail server could not take are waiting for their next attempt
    due_notices: int = 0
    retrying_notices: int = 0
    oldest_notice_age: float | None = None
    held: int = 0
    failed: int = 0  # except those that a person has refused or given up, which need no decision
    unknown: int = 0
    last_sent_at: dt.datetime | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        return {"ok": self.ok} | asdict(self)


def measure_health(*, brief: bool = False) -> Health:
    """Measure everything and list problems; never raises because something is down.

    `brief` is for web pages: four queries, without asking the broker.
    """
    health = Health()
    try:
        _measure_queue(health)
        if settings.LIVE_DELIVERY:
            health.members_as_of = Constituency.objects.find_newest_fact()
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
    if not settings.REDIS_URL:
        try:
            with tempfile.TemporaryFile(dir=settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]) as probe:
                probe.write(b"probe")
        except OSError:
            return False
        return True
    # redis-py would retry three times by default.
    limits: dict[str, Any] = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **limits) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def _measure_queue(health: Health) -> None:
    now = timezone.now()

    def get_age(moment: dt.datetime | None) -> float | None:
        return None if moment is None else max((now - moment).total_seconds(), 0)

    hours = [f"campaign__{name}" for name in ("send_from", "send_until", "send_days")]
    due = list(Letter.objects.due().order_by().values_list(*hours).annotate(Count("pk"), Min("next_attempt_at")))
    health.due = sum(count for *_hours, count, _oldest in due)
    # Letters that came due outside the campaign's hours count as due since the hours began.
    since = (max(oldest, find_last_opening(Hours(*hours), now) or oldest) for *hours, _count, oldest in due)
    health.oldest_due_age = get_age(min(since, default=None))

    lost = Q(lease_until__lt=now)
    # Letters put back since the mail server could not be reached are due again shortly, so never due for long.
    unreached = Q(attempts=0, confirmed_at__lt=now - MAX_DUE)
    retrying = Q(status=Status.QUEUED, outdated_at=None, next_attempt_at__gt=now) & ~Q(last_answer="")
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
        # Last: PostgreSQL would take two leading parts without timestamps for text.
        *(rows.annotate(count=Count("*"), oldest=no_moment, newest=no_moment) for rows in decided),
        all=True,
    )
    counted = list(parts)
    found = {row["status"]: row for row in counted}
    leased = [found[status] for status in LEASED if status in found]
    health.past_lease = sum(row["count"] for row in leased)
    health.oldest_past_lease_age = get_age(min((row["oldest"] for row in leased if row["oldest"]), default=None))
    newest_lease = max((row["newest"] for row in leased if row["newest"]), default=None)
    if Status.QUEUED in found:
        health.unreached = found[Status.QUEUED]["count"]
        health.retrying = found[Status.QUEUED]["newest"] is not None
        health.oldest_unreached_age = get_age(found[Status.QUEUED]["oldest"])
    health.held, failed, health.unknown = (found[one]["count"] if one in found else 0 for one in UNDECIDED)
    health.failed = max(0, failed - sum(row["count"] for row in counted if row["status"] == DECIDED))

    is_due = Q(due_at__lte=now)
    notices = Notice.objects.filter(due_at__isnull=False).aggregate(
        count=Count("pk", filter=is_due),
        oldest=Min("due_at", filter=is_due),
        retrying=Count("pk", filter=~is_due & ~Q(last_answer="")),
    )
    health.due_notices, health.retrying_notices = notices["count"], notices["retrying"]
    health.oldest_notice_age = get_age(notices["oldest"])

    # The few rows about background work, in one query: name, time, since when, words.
    beating = Heartbeat.objects.annotate(since=no_moment, failing=no_moment, words=Value(""))
    told = beating.values_list("name", "at", "since", "failing", "words", "seconds_ahead")
    failing = Breaker.objects.filter(failures__gt=0).annotate(ahead=Value(None, output_field=FloatField()))
    said = failing.values_list("name", "probe_at", "opened_at", "failing_since", "last_answer", "ahead")
    rows = {name: row for name, *row in told.union(said, all=True)}
    breaker = rows.pop(MAIL, (None, None, None, "", None))
    health.next_probe_at, health.paused_since, health.failing_since, health.server_words, _ahead = breaker
    beats = {name: at for name, (at, *_more) in rows.items()}
    beat = beats.get(SWEEP)
    if JUMP in rows:
        health.clock_jumped = rows[JUMP][-1]
    if CLOCK in rows and abs(now - beats[CLOCK]) < MAX_SILENCE:
        health.clock_ahead = rows[CLOCK][-1]
    health.paced = bool(health.due) and PACED in beats and now - beats[PACED] < MAX_SILENCE_WITH_WORK
    health.heartbeat_age = get_age(beat)
    # While all threads drain a long queue sweeps wait; a letter just begun shows that the worker is alive.
    begun = newest_lease and newest_lease - lease_length()
    health.at_work_age = min(
        (seconds for seconds in (get_age(beat), get_age(begun)) if seconds is not None), default=None
    )
