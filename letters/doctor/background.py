"""What works unseen: database, broker, queue, the tasks that beat and timers start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from letters.delivery.health import measure_health
from letters.delivery.problems import say_age
from letters.doctor.finding import Finding, complain, warn, well
from letters.models import TASKS, Heartbeat

JOURNAL = "`systemctl status 'parley-*'` shows what is running; `journalctl -u parley-worker@1` shows why not."
CURES = {
    "sweep": f"Start worker and beat. {JOURNAL}",
    "tidy": f"Look for the error in the worker's log. {JOURNAL}",
    "tally": f"Look for the error in the worker's log, then run `manage.py check_tallies`. {JOURNAL}",
    "bounces": "Run `manage.py fetch_bounces` and read what it says. Set a timer to run it every few minutes.",
    "backup": "Run `manage.py backup FOLDER` and read what it says. Set a timer to run it every night.",
}


def examine_background() -> Iterator[Finding]:
    """Look at what the database knows, if it answers."""
    health = measure_health()
    if not health.database:
        cure = "Start PostgreSQL (`systemctl start postgresql`), or correct DATABASE_URL."
        yield complain("database", "The database does not answer.", cure)
    else:
        yield well("database", "It answers.")
    if not health.broker:
        cure = "Start Redis (`systemctl start redis-server`), or correct REDIS_URL."
        yield complain("broker", "The broker cannot be reached.", cure)
    else:
        yield well("broker", "It answers.")
    for problem in health.problems:
        if "database does not" not in problem and "broker cannot" not in problem:
            yield complain("queue", problem, "`manage.py queue` says what is held up, and why.")
    if health.database:
        yield examine_migrations()
        yield from examine_tasks()


def examine_migrations() -> Finding:
    """See whether the tables are those of this version."""
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if pending:
        return complain("migrations", f"{pending} have not been applied.", "Run `manage.py migrate`, then restart.")
    return well("migrations", "All have been applied.")


def examine_tasks() -> Iterator[Finding]:
    """See when each periodic task succeeded last."""
    now = timezone.now()
    last = dict(Heartbeat.objects.filter(name__in=TASKS).values_list("name", "at"))
    for name, minutes in TASKS.items():
        if name == "bounces" and not settings.BOUNCE_IMAP_URL:
            continue
        if name not in last:
            yield warn(name, "It has never succeeded.", CURES[name])
        elif now - last[name] > dt.timedelta(minutes=minutes):
            age = say_age((now - last[name]).total_seconds())
            yield complain(name, f"It last succeeded {age} ago.", CURES[name])
        else:
            yield well(name, f"It last succeeded {say_age((now - last[name]).total_seconds())} ago.")
