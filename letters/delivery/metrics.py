"""The site's measurements in Prometheus' text format. No label names a person, a letter or a campaign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils import timezone

from campaign.parliament.models import Constituency
from letters.delivery.health import Health, measure_health
from letters.models import TASKS, Heartbeat, Notice, Tally

Samples = Iterable[tuple[dict[str, str], float | None]]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def write_metrics() -> str:
    """Return all metrics; those of the database are left out while it does not answer."""
    health = measure_health()
    lines = [*_write_health(health)]
    if health.database:
        lines += _write_database()
    return "\n".join([*lines, ""])


def _write(name: str, told: str, samples: Samples) -> Iterator[str]:
    """Yield a gauge; a sample without a value is left out."""
    yield f"# HELP parley_{name} {told}"
    yield f"# TYPE parley_{name} gauge"
    for labels, value in samples:
        if value is not None:
            inside = ",".join(f'{key}="{label}"' for key, label in labels.items())
            yield f"parley_{name}{f'{{{inside}}}' if inside else ''} {float(value):.15g}"


def _write_health(health: Health) -> Iterator[str]:
    since = health.failing_since and timezone.now() - health.failing_since
    yield from _write("up", "Whether /health/ is ok.", [({}, health.ok)])
    yield from _write("database_up", "Whether the database answers.", [({}, health.database)])
    yield from _write("broker_up", "Whether the broker answers.", [({}, bool(health.broker))])
    if not health.database:
        return
    yield from _write("letters_due", "Letters that could be sent now.", [({}, health.due)])
    ages: Samples = [
        ({"of": "letters"}, health.oldest_due_age or 0),
        ({"of": "notices"}, health.oldest_notice_age or 0),
        ({"of": "retried letters"}, health.oldest_unreached_age or 0),
    ]
    yield from _write("oldest_due_seconds", "How long the oldest mail that is due has been so.", ages)
    yield from _write("letters_past_lease", "Letters whose sender has vanished.", [({}, health.past_lease)])
    yield from _write(
        "breaker_open", "Whether the queue has paused automatically.", [({}, health.paused_since is not None)]
    )
    failing = since.total_seconds() if since else 0
    yield from _write(
        "mail_server_failing_seconds", "Since the mail server last took mail, while it fails.", [({}, failing)]
    )
    yield from _write("worker_silent_seconds", "Since a worker's last sign of life.", [({}, health.at_work_age)])
    yield from _write(
        "clock_ahead_seconds", "A worker's clock, ahead of the database's.", [({}, health.clock_ahead or 0)]
    )


def _write_database() -> Iterator[str]:
    tallies = Tally.objects.filter(kind=Tally.Kind.CONSTITUENCY).order_by().values_list("status", "rehearsal")
    letters: Samples = [
        ({"status": status, "rehearsal": str(rehearsal).lower()}, count)
        for status, rehearsal, count in tallies.annotate(Sum("count"))
    ]
    yield from _write("letters", "Letters by status, as the last tally counted them.", letters)
    notices = Notice.objects.order_by().values_list("kind")
    counted = list(notices.annotate(owed=Count("pk", filter=Q(due_at__isnull=False)), sent=Count("sent_at")))
    for state, index in (("owed", 1), ("sent", 2)):
        samples: Samples = [({"kind": row[0]}, row[index]) for row in counted]
        yield from _write(f"notices_{state}", f"Emails to supporters that are {state}.", samples)
    now = timezone.now()
    last = dict(Heartbeat.objects.filter(name__in=TASKS).values_list("name", "at"))
    succeeded: Samples = [({"task": name}, (now - at).total_seconds()) for name, at in sorted(last.items())]
    yield from _write("task_success_age_seconds", "Since each periodic task last succeeded; backup too.", succeeded)
    allowed: Samples = [({"task": name}, minutes * 60) for name, minutes in TASKS.items()]
    yield from _write("task_success_max_age_seconds", "Within which it has to succeed again.", allowed)
    known = Constituency.objects.find_newest_fact()
    age = (timezone.localdate() - known) / dt.timedelta(days=1) if known else None
    yield from _write("members_age_days", "Of the newest data about MPs.", [({}, age)])
    yield from _write("members_max_age_days", "MEMBERS_DAYS.", [({}, settings.MEMBERS_DAYS)])
