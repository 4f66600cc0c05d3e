"""Let time pass without waiting for it: whatever the rows say of moments moves into the past."""

from __future__ import annotations

import datetime as dt

from django.db.models import DateTimeField, F

from letters.models import Alert, Breaker, Heartbeat, Letter, Notice


def pass_time(**length: float) -> None:
    """Move every moment of the queue, and of those who work unseen, back by so much."""
    step = dt.timedelta(**length)
    for model in (Letter, Notice, Breaker, Alert, Heartbeat):
        moments = [field.name for field in model._meta.concrete_fields if type(field) is DateTimeField]
        model.objects.update(**{name: F(name) - step for name in moments})
