"""Logs sign-ins and refusals by the account's primary key, since a name is personal data.

The key is in the address of the account's page in the admin. Visitors' addresses are not logged.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

logger = logging.getLogger(__name__)


def note_signin(user: User | AnonymousUser | None, what: str, *, refused: bool = False) -> None:
    """Log a sign-in event; None stands for an unknown user name."""
    who = f"account {user.pk}" if user and user.pk else "unknown account"
    logger.log(logging.WARNING if refused else logging.INFO, "%s: %s", who, what)
