"""State shared by all processes: the circuit breaker, alerts, heartbeats."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class Breaker(models.Model):
    """The state of the circuit breaker: one row, shared by all workers (delivery.circuit_breaker)."""

    name = models.CharField(max_length=20, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text=_("In a row, for reasons of the server's."))
    failing_since = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField(null=True, help_text=_("The queue has been paused since then."))
    probe_at = models.DateTimeField(null=True, help_text=_("When one letter will test whether it works again."))
    probes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="breaker_open_has_probe", condition=Q(opened_at__isnull=True) | Q(probe_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {'open' if self.opened_at else 'closed'}"


class Alert(models.Model):
    """An alert owed to organisers and operator, by mail and by a second channel (letters.delivery.alerts)."""

    class Kind(models.TextChoices):
        """What happened."""

        PAUSED = "paused", _("The queue is paused")
        RESUMED = "resumed", _("The queue has resumed")
        UNWELL = "unwell", _("Something is wrong with the site")
        WELL = "well", _("The site is working again")
        REDIRECTED = "redirected", _("Where letters go has been changed")
        REVIEW = "review", _("Arguments to review")
        TO_READ = "to_read", _("Letters are held")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    words = models.TextField(
        blank=True, help_text=_("What is wrong; who changed what; or which arguments have to be reviewed.")
    )
    due_at = models.DateTimeField(
        null=True, default=timezone.now, help_text=_("Not set once it has been sent or given up.")
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    second_due_at = models.DateTimeField(
        null=True,
        default=timezone.now,
        help_text=_("By the second way. Not set once it has been sent or given up."),
    )
    second_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"


PACED = "paced"  # heartbeat of drains in which a rate limit held letters back
CLOCK = "clock"  # heartbeat of workers whose clock is wrong
SWEEP = "sweep"
JUMP = "jump"  # the last sweep before the clock jumped, or the site was off: until a person says that it is right
MAX_JUMP = dt.timedelta(days=1)
CLOCK_TOLERANCE = 10  # seconds
# Each periodic task, by the name of its heartbeat, with the minutes within which it must succeed again.
TASKS = {"sweep": 5, "tally": 10, "tidy": 150, "bounces": 60, "backup": 36 * 60}


class Heartbeat(models.Model):
    """When a background task last ran: one row each."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
    seconds_ahead = models.FloatField(null=True, help_text=_("Of the database's clock, where one was wrong."))

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"

    @staticmethod
    def beat(name: str, *, seconds_ahead: float | None = None) -> None:
        now = Heartbeat(name=name, at=Now(), seconds_ahead=seconds_ahead)
        Heartbeat.objects.bulk_create(
            [now], update_conflicts=True, unique_fields=["name"], update_fields=["at", "seconds_ahead"]
        )


def measure_clock() -> float:
    """Return by how many seconds this process's clock is ahead of the database's; negative if behind.

    The duration of the query does not count. Reads the row that the sweep has just written.
    """
    asked_at = timezone.now()
    told = Heartbeat.objects.annotate(now=Now()).values_list("now", flat=True).get(name=SWEEP)
    heard_at = timezone.now()
    if told < asked_at:
        return (asked_at - told).total_seconds()
    return min((heard_at - told).total_seconds(), 0.0)


def has_jumped() -> bool:
    """Whether the clock has jumped and nobody has yet confirmed that it is right. Call it before recording a sweep.

    A site that was switched off for that long cannot be told from one with a wrong clock.
    """
    last = Heartbeat.objects.filter(name=SWEEP).values_list("at", flat=True).first()
    now = timezone.now()
    if last is not None and abs(now - last) > MAX_JUMP:
        jump = Heartbeat(name=JUMP, at=last, seconds_ahead=(now - last).total_seconds())
        if Heartbeat.objects.bulk_create([jump], ignore_conflicts=True):
            logger.error(
                "the clock has jumped by %.0f hours: no old data are deleted", (now - last).total_seconds() / 3600
            )
    return Heartbeat.objects.filter(name=JUMP).exists()


def reset_clock() -> bool:
    """Trust the clock again, at a person's word; return whether it was in doubt."""
    return bool(Heartbeat.objects.filter(name=JUMP).delete()[0])


def check_clock() -> None:
    ahead = measure_clock()
    if abs(ahead) > CLOCK_TOLERANCE:
        Heartbeat.beat(CLOCK, seconds_ahead=ahead)
        logger.error("this worker's clock is %.0f seconds ahead of the database's (negative: behind)", ahead)
