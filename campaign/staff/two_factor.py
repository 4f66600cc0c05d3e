"""The second factor: an authenticator app on a phone, and recovery codes on paper."""

from __future__ import annotations

import base64
import datetime as dt
import logging
import math
import secrets
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from campaign.core.ciphers import UndecryptableError, decrypt, encrypt
from campaign.core.keyed_hash import list_digests
from campaign.core.qr import render_qr
from campaign.staff.models import TOTPDevice, match_code

if TYPE_CHECKING:
    from django_otp.models import Device

logger = logging.getLogger(__name__)

PENDING_KEY = "staff_pending_key"  # session key: the phone's key, until a first code shows that the phone has it
PENDING = "pending phones"  # the purpose for which it is encrypted
KEY_BYTES = 20  # RFC 4226, section 4: 160 bits
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10  # of 31 characters: 49 bits, and wrong ones count towards the lockout
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no characters that look alike
TOKEN_LENGTH = 16  # as long as a StaticToken can be
# Each wrong code doubles the wait before the next, up to this many times: 256 seconds. Without a limit, somebody who
# knows the password could keep the owner out for days; with it they have some 340 attempts a day at a million codes.
MAX_DOUBLED = 9


@dataclass(frozen=True)
class Checked:
    """The result of a code: the device that accepted it, or the seconds to wait before the next attempt counts."""

    device: Device | None
    wait: int = 0
    unreadable: bool = False  # FIELD_KEYS lacks the key with which the phone's was encrypted


def has_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def clean_code(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").lower()


def check_code(user: User, typed: str) -> Checked:
    """Check a code from the phone, or a recovery code. Each works once, even if it arrives twice at the same time."""
    code = clean_code(typed)
    from_phone = len(code) == 6 and code.isascii() and code.isdigit()
    wait = 0
    try:
        with transaction.atomic():
            kind = TOTPDevice if from_phone else StaticDevice
            for device in kind.objects.select_for_update().filter(user=user, confirmed=True):
                device.throttling_failure_count = min(device.throttling_failure_count, MAX_DOUBLED)
                allowed, why_not = device.verify_is_allowed()
                if not allowed:
                    wait = _count_seconds(why_not)
                elif device.verify_token(code if from_phone else find_recovery_hash(user, code)):
                    return Checked(device)
    except UndecryptableError:
        logger.error("the key of an organiser's phone cannot be decrypted: FIELD_KEYS lacks the key it was kept under")
        return Checked(None, unreadable=True)
    return Checked(None, wait)


def _count_seconds(why_not: dict[str, object] | None) -> int:
    until = (why_not or {}).get("locked_until")
    return max(1, math.ceil((until - timezone.now()).total_seconds())) if isinstance(until, dt.datetime) else 1


def make_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def read_pending_key(session: MutableMapping[str, Any], user: User) -> str:
    """Return the key with which this user sets up a phone in this session.

    It is kept in the session, so that nobody else who knows the password can have seen it. Sessions are database
    rows, so it is encrypted there for this user.
    """
    with suppress(UndecryptableError):
        if kept := session.get(PENDING_KEY):
            return decrypt(kept, PENDING, str(user.pk))
    key = make_key()
    session[PENDING_KEY] = encrypt(key, PENDING, str(user.pk))
    return key


def write_key(key: str) -> str:
    letters = base64.b32encode(bytes.fromhex(key)).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def write_key_url(user: User, key: str) -> str:
    issuer = settings.OTP_TOTP_ISSUER.replace(":", "")
    asked = {"secret": base64.b32encode(bytes.fromhex(key)).decode(), "issuer": issuer}
    asked |= {"algorithm": "SHA1", "digits": "6", "period": "30"}
    return f"otpauth://totp/{quote(f'{issuer}:{user.get_username()}')}?{urlencode(asked, quote_via=quote)}"


def render_key(user: User, key: str) -> str:

    return render_qr(write_key_url(user, key))


def set_up_phone(user: User, key: str, typed: str) -> TOTPDevice | None:
    clock = match_code(bytes.fromhex(key), clean_code(typed))
    if clock is None:
        return None
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        TOTPDevice.objects.filter(user=user).delete()
        # last_t: the code that was just typed cannot be used again.
        phone: TOTPDevice = TOTPDevice.objects.create(
            user=user, name="phone", key=key, drift=clock.drift, last_t=clock.t()
        )
        log_factor(user, user, "Set up the second factor.")
    return phone


def make_recovery_codes(user: User) -> list[str]:
    """Return new recovery codes; earlier ones are void, and so are sign-ins by one of them.

    The database keeps only their hashes.
    """
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery codes")
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=list_recovery_hashes(user, code)[0]) for code in codes
        )
        log_factor(user, user, "Made new recovery codes.")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def list_recovery_hashes(user: User, code: str) -> list[str]:
    """Return the hash of a recovery code (96 bits, keyed and bound to its owner), and those under the keys before."""
    digests = list_digests("staff.recovery", f"{user.pk}:{code}")
    return [base64.urlsafe_b64encode(digest).decode()[:TOKEN_LENGTH] for digest in digests]


def find_recovery_hash(user: User, code: str) -> str:
    """Return that of the code's hashes which is stored, or the first if none is."""
    hashes = list_recovery_hashes(user, code)
    stored = StaticToken.objects.filter(device__user=user, token__in=hashes).values_list("token", flat=True).first()
    return str(stored or hashes[0])


def count_recovery_codes(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def reset_factor(user: User, *, by: User | None) -> bool:
    """Delete phone and recovery codes, so that the next sign-in sets them up again; return whether there were any."""
    with transaction.atomic():
        found = TOTPDevice.objects.filter(user=user).delete()[0] + StaticDevice.objects.filter(user=user).delete()[0]
        if found:
            log_factor(by or user, user, "Reset the second factor" + ("." if by else " on the server."))
    return bool(found)


def log_factor(actor: User, user: User, message: str) -> None:
    LogEntry.objects.create(
        user_id=actor.pk,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=str(user),
        action_flag=CHANGE,
        change_message=message,
    )
