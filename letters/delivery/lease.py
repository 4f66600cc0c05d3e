"""How long a worker may keep a letter before others take it back."""

from __future__ import annotations

import datetime as dt

from django.conf import settings


def lease_length() -> dt.timedelta:
    return max(dt.timedelta(minutes=10), dt.timedelta(seconds=8 * settings.EMAIL_TIMEOUT))
