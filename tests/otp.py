"""Signing in as an organiser with both factors, without weakening the door: the session is as the door leaves it."""

from __future__ import annotations

import time

from django.contrib.auth.models import User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from campaign.staff.access import PROVED, SEEN, SINCE


def otp_login(client: Client, user: User, *, seconds_ago: float = 0) -> TOTPDevice:
    """Sign the user in, a while ago if told, with a phone of theirs; return it."""
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    device, _created = TOTPDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": "phone"})
    session = client.session
    moment = time.time() - seconds_ago
    session.update({SINCE: moment, SEEN: moment, PROVED: moment, DEVICE_ID_SESSION_KEY: device.persistent_id})
    session.save()
    return device
