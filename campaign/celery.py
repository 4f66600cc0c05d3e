"""The Celery application. Tasks do the work; the database says what is to be done (docs/states.md)."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.conf import settings

from campaign.core.broker import add_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

add_transport()
app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_django_does(**_signal: Any) -> None:
    """Use the settings' logging in worker and beat too: Celery's own neither hides secrets nor writes JSON."""
    dictConfig(settings.LOGGING)


@worker_init.connect
def check_worker(**_signal: Any) -> None:
    """Stop a worker that could not make letters. Raises SystemExit, the one error that Celery's signals let through."""
    from campaign.core.startup import refuse_to_start_on_errors

    refuse_to_start_on_errors()
