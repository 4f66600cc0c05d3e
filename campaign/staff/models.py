"""What signing in needs: organisers' phones, which passwords are temporary, and who is invited."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, DeviceManager, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from campaign.core.encrypted import EncryptedTextField

if TYPE_CHECKING:
    from django.db.models import QuerySet

TOLERANCE = 1  # steps of 30 seconds by which a phone's clock may differ, either way


def match_code(key: bytes, code: str, *, drift: int = 0, last_t: int = -1) -> TOTP | None:
    """Return the clock of the phone with this key at which it shows the code, or None.

    `drift` is how many steps its clock was off last time; codes up to step `last_t` are used up.
    """
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    clock = TOTP(key, drift=drift)
    clock.time = time.time()
    return clock if clock.verify(int(code), tolerance=TOLERANCE, min_t=last_t + 1) else None


class TemporaryPassword(models.Model):
    """Somebody else chose this account's password: all it allows is to choose another."""

    user = models.OneToOneField("auth.User", on_delete=models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """The account's owner is to choose its first password, by a link that is mailed to them.

    The link is not stored: campaign/staff/invitations.py signs it.
    """

    user = models.OneToOneField("auth.User", on_delete=models.CASCADE, primary_key=True, related_name="invitation")
    sent_at = models.DateTimeField(null=True, help_text="Empty: no mail server has taken it.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)


def delete_unread(collector: Any, field: Any, phones: QuerySet[TOTPDevice], using: str) -> None:
    """Delete an account's phones without reading their keys, so that an undecryptable one does not block it."""
    models.CASCADE(collector, field, phones.defer("key"), using)


delete_unread.lazy_sub_objs = True  # type: ignore[attr-defined] # else Django reads them to see if there are any


class TOTPDeviceManager(DeviceManager):  # type: ignore[misc] # django-otp has no types
    """Defers the keys: only checking a code reads one."""

    def get_queryset(self) -> QuerySet[TOTPDevice]:
        phones: QuerySet[TOTPDevice] = super().get_queryset().defer("key")
        return phones


class TOTPDevice(TimestampMixin, ThrottlingMixin, Device):  # type: ignore[misc] # django-otp has no types
    """An app that shows a new code of six digits every 30 seconds (TOTP, RFC 6238).

    Its key is encrypted, so that a stolen database does not give the second factor away. django-otp's own TOTPDevice
    has 80 characters for the key, too few for an encrypted one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=delete_unread)
    key = EncryptedTextField(bound_to=["user_id"])  # in hex
    drift = models.SmallIntegerField(default=0)  # steps by which its clock was off last time
    last_t = models.BigIntegerField(default=-1)  # the step of the last accepted code

    objects = TOTPDeviceManager()

    class Meta:
        db_table = "staff_phone"  # do not change: the keys are encrypted for it
        default_permissions = ()  # no page of the admin shows phones
        constraints = [models.CheckConstraint(condition=~models.Q(key=""), name="phone_has_key")]
        verbose_name = _("phone")
        verbose_name_plural = _("phones")

    def get_throttle_factor(self) -> int:
        """Return the wait after the first wrong code, in seconds; it doubles with each further one."""
        return 1

    def verify_token(self, token: str) -> bool:
        """Accept the code if it is right, unused and not too soon after a wrong one. Raises UndecryptableError.

        The caller locks the row, for codes that arrive at the same time.
        """
        allowed, _why_not = self.verify_is_allowed()
        if not allowed:
            return False
        clock = match_code(bytes.fromhex(self.key), token, drift=self.drift, last_t=self.last_t)
        if clock is None:
            self.throttle_increment(commit=True)
            return False
        self.drift, self.last_t = clock.drift, clock.t()
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True
