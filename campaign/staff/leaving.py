"""Deactivates the account of somebody who leaves, and ends their sessions; and takes that back."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from campaign.staff.invitations import is_pending, void

SLACK = timedelta(minutes=5)  # for clocks that differ, and requests that have begun


def deactivate(user: User) -> None:
    user.is_active = False
    if is_pending(user):
        void(user)
    with transaction.atomic():
        user.save(update_fields=["is_active", "password"])
        transaction.on_commit(lambda: end_sessions(user))


def reactivate(user: User) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])


def end_sessions(user: User) -> int:
    """Sign this person out wherever they are signed in; return how many sessions there were.

    A sign-in that can still be used was saved within STAFF_IDLE_MINUTES (access.py), so older sessions, most of which
    are supporters', are not read. A draft letter in the same browser is kept.
    """
    saved_since = timezone.now() - timedelta(minutes=settings.STAFF_IDLE_MINUTES) - SLACK
    recent = Session.objects.filter(expire_date__gt=saved_since + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    found = [row.session_key for row in recent.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    for key in found:
        session = SessionStore(key)
        for name in set(session.keys()) - set(settings.SESSION_KEPT_AT_LOGOUT):
            del session[name]
        if session.keys():
            session.save()
        else:
            session.delete()
    return len(found)
