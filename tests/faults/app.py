"""Parley's own Celery application with the harness's short pauses: `celery -A tests.faults.app worker`."""

import django

from campaign.celery import app as app
from tests.faults.quick import quicken

django.setup()
quicken()
