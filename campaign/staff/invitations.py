"""Invites people: an account that nobody can sign in to, and a signed link by which its owner chooses a password.

The link is not stored. It holds the account's key and a fingerprint of the account as it was when the link was made, so
it ends with any change of the account. Part of that is the random string that Django stores for "no password": a new
one, by inviting again, ends the link before it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from campaign.staff.models import Invitation

DAYS = 7
MAX_AGE = timedelta(days=DAYS)
# With `user`, `link`, `role` and `by`, a name. A receiver mails the link; it returns what went wrong, or nothing.
invited = Signal()


@dataclass(frozen=True)
class Guest:
    """What is known of somebody who is invited."""

    email: str
    name: str
    role: Group


def make_username(email: str) -> str:
    """Return the name to sign in with: the address, with a dash for each character that no name may have."""
    return re.sub(r"[^\w.@+-]", "-", email.lower())


def is_pending(user: User) -> bool:
    """Whether the account has never been used: its owner has yet to choose a password."""
    return user.last_login is None and not user.has_usable_password()


def list_roles(giver: User) -> list[Group]:
    """Return the roles that this person may give: those that allow nothing they may not do themselves."""
    groups = Group.objects.order_by("name").prefetch_related("permissions__content_type")
    if giver.is_superuser:
        return list(groups)
    held = giver.get_all_permissions()
    return [group for group in groups if list_group_rights(group) <= held]


def list_group_rights(group: Group) -> set[str]:
    return {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()}


def prepare(guest: Guest, user: User | None = None) -> User:
    """Return a new account for the guest, or this one changed, which ends its links. Raises IntegrityError."""
    user = user or User(is_staff=True)
    user.username, user.email = make_username(guest.email), guest.email
    user.first_name, _space, user.last_name = guest.name.rpartition(" ")
    if not user.first_name:
        user.first_name, user.last_name = user.last_name, ""
    user.set_unusable_password()
    with transaction.atomic():
        user.save()
        user.groups.set([guest.role])
        Invitation.objects.update_or_create(user=user, defaults={"sent_at": None})
    return user


def send(user: User, role: Group, by: User) -> str:
    """Have the invitation mailed; return what went wrong, or nothing. Not for use within a transaction."""
    name = by.get_full_name() or by.get_username()
    answers = invited.send(Invitation, user=user, link=make_link(user), role=role, by=name)
    problem = " ".join(words for _receiver, words in answers if words) if answers else _("No mail server is set up.")
    if not problem:
        Invitation.objects.filter(user=user).update(sent_at=timezone.now())
    return problem


def void(user: User) -> None:
    """End the links of an account that is invited. The caller saves it."""
    if not user.has_usable_password():
        user.set_unusable_password()
    Invitation.objects.filter(user=user).update(sent_at=None)


def make_link(user: User) -> str:
    token = _make_signer().sign_object([user.pk, _take_fingerprint(user)])
    return settings.SITE_URL + reverse("invitation", args=[token])


def find_invited(token: str, *, lock: bool = False) -> User | None:
    """Return whose link this is; None for a link that is used, old, altered or of an account changed since."""
    try:
        pk, fingerprint = _make_signer().unsign_object(token, max_age=MAX_AGE)
    except BadSignature:
        return None
    accounts = User.objects.select_for_update() if lock else User.objects
    user: User | None = accounts.filter(pk=pk, is_active=True, is_staff=True, last_login=None).first()
    if user is None or user.has_usable_password() or not constant_time_compare(fingerprint, _take_fingerprint(user)):
        return None
    return user


def accept(token: str, password: str) -> User | None:
    """Set the password, which uses up the link; None if the link has ended meanwhile."""
    with transaction.atomic():
        user = find_invited(token, lock=True)
        if user is None:
            return None
        user.set_password(password)
        user.save(update_fields=["password"])
        Invitation.objects.filter(user=user).delete()
        said = "Accepted the invitation and chose a password."
        LogEntry.objects.log_actions(user.pk, [user], CHANGE, change_message=said, single_object=True)
    return user


def _make_signer() -> TimestampSigner:
    return TimestampSigner(salt="campaign.staff.invitations", sep=".")


def _take_fingerprint(user: User) -> str:
    fields = [user.password, user.username, user.email, user.first_name, user.last_name, user.is_superuser]
    given = [sorted(rows.values_list("pk", flat=True)) for rows in (user.groups, user.user_permissions)]
    return hashlib.sha256(json.dumps([*fields, *given]).encode()).hexdigest()[:32]
