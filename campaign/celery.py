"""The Celery application: the muscle; the database row is the truth (docs/states.md)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def check_worker(**_signal: Any) -> None:
    """Stop a worker that could not make letters. Raises SystemExit, the one error that Celery's signals let through."""
    from campaign.startup import refuse_to_start_on_errors

    refuse_to_start_on_errors()
