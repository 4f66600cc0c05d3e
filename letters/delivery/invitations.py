"""Mails invitations to become an organiser. The page on which one is made waits for the mail server's answer."""

from __future__ import annotations

import hashlib
import logging
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.staff.invitations import DAYS, list_group_rights
from campaign.staff.role_words import describe_rights
from letters.mail.addresses import split_from
from letters.mail.messages import Mail
from letters.mail.mime import Header, Mailbox, MailRefusedError, write_message
from letters.mail.smtp import Connection, DeliveryResult
from letters.writing.text import clean_line

logger = logging.getLogger(__name__)


def mail_invitation(user: User, link: str, role: Group, by: str, **_signal: Any) -> str:
    """Offer the invitation to the mail server; return what went wrong, or nothing."""
    try:
        mail = build_invitation_mail(user, link, role, by)
    except MailRefusedError as error:
        logger.error("an invitation could not be written: %s", error)
        return _("the address has characters that emails cannot carry")
    with Connection() as connection:
        answer = connection.send(mail.envelope_sender, mail.recipient, mail.content)
    if answer.fate is DeliveryResult.ACCEPTED:
        return ""
    logger.error("the invitation of account %s was not sent: %s", user.pk, answer.fate.value)
    return answer.text


def build_invitation_mail(user: User, link: str, role: Group, by: str) -> Mail:
    """Return the mail. Raises MailRefusedError."""
    context = {
        "name": clean_line(user.get_full_name()),
        "username": user.get_username(),
        "by": clean_line(by),
        "role": clean_line(role.name),
        "may": describe_rights(list_group_rights(role)),
        "site": settings.SITE_URL,
        "link": link,
        "days": DAYS,
    }
    now = timezone.now()
    number = hashlib.sha256(link.encode()).hexdigest()[:16]
    headers: list[Header] = [
        ("From", Mailbox("Parley", settings.LETTERS_FROM)),
        ("To", Mailbox(user.get_full_name(), user.email)),
        ("Subject", _("%s invites you to Parley") % by),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<invitation.{user.pk}.{number}@{split_from()[1]}>"),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: keeps out-of-office replies away
    ]
    content = write_message(headers, render_to_string("letters/mails/invitation.txt", context))
    return Mail(settings.LETTERS_FROM, user.email, content)
