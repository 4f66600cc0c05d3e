"""What must be there before letters can be made, and before a campaign goes live.

`manage.py check` and the worker's start say what is missing; going live asks for a rehearsed letter.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from campaign.content.models import Campaign
from campaign.content.modes import Requirement
from campaign.core.ciphers import UndecryptableError
from letters.bounces.webhooks import list_paths
from letters.models import Letter, Status
from letters.rendering.pdf import RenderingNotReadyError, require_fast_subsetting, require_fonts


@register("letters")
def check_letters_can_be_made(**kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for number, require in enumerate((require_fast_subsetting, require_fonts), start=1):
        try:
            require()
        except RenderingNotReadyError as missing:
            errors.append(Error(str(missing), id=f"letters.E00{number}"))
    return errors


@register("letters")
def check_webhooks(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a mail provider that is unknown, or whose webhooks could not be trusted."""
    if not settings.ANYMAIL_PROVIDER:
        return []
    if not re.fullmatch(r"[^:]+:.{16,}", settings.ANYMAIL["WEBHOOK_SECRET"]):
        hint = "Set it to a name, a colon and at least 16 random characters, and give the provider the same."
        words = "ANYMAIL_PROVIDER is set, but ANYMAIL_WEBHOOK_SECRET is missing or too short."
        return [Error(words, hint=hint, id="letters.E020")]
    if not list_paths():
        return [Error(f"django-anymail has no webhook for {settings.ANYMAIL_PROVIDER!r}.", id="letters.E021")]
    return []


@register("letters")
def check_letters_can_be_read(**kwargs: Any) -> list[CheckMessage]:
    kept = Letter.objects.exclude(sender_email_index="").order_by("-created_at")
    try:
        for newest in kept.only("sender_email")[:1]:
            newest.sender_email  # noqa: B018 it is decrypted when it is read
    except UndecryptableError as error:
        hint = "Put back into FIELD_KEYS the keys that this site had until now, after the new one."
        if error.unbound:
            hint = "After an update, or after restoring an older backup, run `manage.py migrate` first."
        return [Error(str(error), hint=hint, id="letters.E010")]
    except DatabaseError:
        return []  # no database, or none set up: another check's business
    return []


def require_rehearsal(campaign: Campaign) -> Requirement:
    sent = Letter.objects.filter(campaign=campaign, rehearsal=True, status=Status.SENT)
    return Requirement(
        _("A letter sent in rehearsal"),
        sent.exists(),
        _("Write one on the campaign's page, confirm it, and wait until it reaches the test address."),
        "site",
    )
