"""Celery's part: wake up, and sweep now and then. No promise depends on a message arriving."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.management import call_command
from django.db import transaction

from letters.delivery import drain_queue, recover_leases
from letters.models import Heartbeat
from letters.notices import send_notices
from letters.privacy import forget_unconfirmed

logger = logging.getLogger(__name__)


@shared_task
def wake() -> None:
    """Send what is due: notices first, for somebody waits for them; then letters, and the notices they gave rise to."""
    tell_supporters()
    if drain_queue():
        tell_supporters()


def tell_supporters() -> None:
    """Send the notices that are due; one that cannot be made holds up no letter."""
    try:
        send_notices()
    except Exception as error:  # noqa: BLE001 whatever breaks a notice, the letters go on
        # The kind of error only: its words might quote the letter.
        logger.error("notices could not be sent: %s", type(error).__name__)


@shared_task
def sweep() -> None:
    """The safety net, run by beat: take back lost claims, then send whatever is due."""
    Heartbeat.beat("sweep")  # first, for what follows may take minutes; letters.health reads it
    recovered = recover_leases()
    if recovered:
        logger.warning("recovered letters: %s", dict(recovered))
    wake()


@shared_task
def tidy() -> None:
    """Delete what has outlived its purpose: unconfirmed letters and expired drafts."""
    forgotten = forget_unconfirmed()
    if forgotten:
        logger.info("deleted %d letters that nobody confirmed", forgotten)
    call_command("clearsessions")


def wake_worker() -> None:
    """Wake a worker once the transaction has committed.

    The page answers even if the broker is down: `robust` logs the error, and beat finds the letter.
    """
    transaction.on_commit(lambda: wake.apply_async(retry=False, expires=60), robust=True)
