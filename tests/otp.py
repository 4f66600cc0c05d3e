"""Signing in as an organiser with both factors: the session is as signing in leaves it."""

from __future__ import annotations

import time

from django.contrib.auth.models import User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from campaign.staff.access import PROVED, SEEN, SINCE
from campaign.staff.models import TOTPDevice
from campaign.staff.two_factor import make_key


def make_phone(user: User) -> TOTPDevice:
    """A phone of the user's, set up."""
    phone: TOTPDevice = TOTPDevice.objects.create(user=user, name="phone", key=make_key())
    return phone


def otp_login(client: Client, user: User, *, seconds_ago: float = 0) -> TOTPDevice:
    """Sign the user in, a while ago if told, with a phone of theirs; return it."""
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    device = TOTPDevice.objects.filter(user=user).first() or make_phone(user)
    session = client.session
    moment = time.time() - seconds_ago
    session.update({SINCE: moment, SEEN: moment, PROVED: moment, DEVICE_ID_SESSION_KEY: device.persistent_id})
    session.save()
    return device
