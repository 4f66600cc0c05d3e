"""The Celery tasks: wake a worker, and sweep periodically. Nothing depends on a message arriving."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import transaction
from django.utils import timezone

from campaign.staff.lockout import forget_old_attempts
from letters.actions.erase import finish_erasures
from letters.actions.outdate import owe_corrections
from letters.actions.purge import purge_data
from letters.delivery.alerts import check_health, pass_alerts_on, send_alerts
from letters.delivery.held import queue_held_notice
from letters.delivery.leases import recover_leases
from letters.delivery.notices import send_notices
from letters.delivery.reviews import queue_reminders
from letters.delivery.worker import drain_queue
from letters.mail.messages import render_copy
from letters.models import SWEEP, Heartbeat, check_clock, has_jumped
from letters.privacy.lost_links import queue_link_notices
from letters.rendering.pdf import warm_up
from letters.statistics.digest import send_digests
from letters.statistics.rollup import roll_up_all

logger = logging.getLogger(__name__)

TALLY_SECONDS = 10  # what is left is counted next time


@worker_ready.connect
def get_ready(**_signal: Any) -> None:
    warm_up()


@shared_task
def wake() -> None:
    """Send what is due: notices first, as somebody is waiting for them, then letters and their notices."""
    queue_link_notices()
    owe_corrections()
    send_notices()
    sent = drain_queue()
    finish_erasures()  # of letters that were being sent when erasure was requested
    if sent:
        send_notices()


@shared_task
def sweep() -> None:
    """Recover expired leases, then send whatever is due. The safety net, run by beat."""
    has_jumped()
    Heartbeat.beat(SWEEP)  # first, since the rest may take minutes; read by letters.delivery.health
    check_clock()
    recovered = recover_leases()
    if recovered:
        logger.warning("recovered letters: %s", dict(recovered))
    wake()
    check_health()
    pass_alerts_on()  # first, since the mail server may have failed
    send_alerts()
    render_copy.cache_clear()  # letters should not stay in memory, even if their copies have not been sent yet


@shared_task
def tally() -> None:
    roll_up_all(until=timezone.now() + dt.timedelta(seconds=TALLY_SECONDS))
    Heartbeat.beat("tally")


@shared_task
def tidy() -> None:
    if has_jumped():
        logger.error(
            "no old data are deleted until you confirm the clock (manage.py purge_personal_data --clock-is-right)"
        )
    else:
        logger.info("purged: %s", dict(purge_data()))
        Heartbeat.beat("tidy")
    forget_old_attempts()
    queue_reminders()  # the next sweep sends them
    queue_held_notice()
    send_digests()


def wake_worker() -> None:
    """Wake a worker once the transaction has committed.

    The page responds even if the broker is down: `robust` logs the error, and beat finds the letter. Messages do not
    expire, since for a worker with a wrong clock all of them would.
    """
    transaction.on_commit(lambda: wake.apply_async(retry=False), robust=True)
