"""Addresses of mails: From with the supporter's name, signed bounce addresses, Message-IDs."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.utils.translation import gettext as _

from campaign.content.models import Campaign
from letters.mail.mime import Mailbox
from letters.models import Letter
from letters.writing.text import clean_line


def split_from() -> tuple[str, str]:
    local, _at, domain = settings.LETTERS_FROM.rpartition("@")
    return local, domain


def make_message_id(letter: Letter) -> str:
    return f"<{letter.id}@{split_from()[1]}>"


def list_signatures(stem: str) -> list[str]:
    """Return the signature, and those that it was under the keys before: bounces of earlier letters may still come."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(key.encode(), f"bounce:{stem}".encode(), hashlib.sha256).hexdigest()[:16] for key in keys]


def make_envelope_sender(letter: Letter) -> str:
    """Return the letter's own bounce address, signed so that nobody can forge a bounce for it."""
    local, domain = split_from()
    stem = letter.reference.replace("-", "").lower()
    return f"{local}+{stem}-{list_signatures(stem)[0]}@{domain}"


def verify_envelope_sender(address: str) -> str | None:
    """Return the reference of the letter whose bounce address this is, or None if the signature is not ours.

    Only the part after the last "+" counts: aliases on the way rewrite what is before it, and the domain.
    """
    extension = address.rpartition("@")[0].rpartition("+")[2].lower()
    stem, _dash, signature = extension.partition("-")
    if len(stem) != 8 or not extension.isascii():
        return None
    genuine = any(hmac.compare_digest(signature, one) for one in list_signatures(stem))
    return f"{stem[:4]}-{stem[4:]}".upper() if genuine else None


def address_letter(sender_name: str, campaign: Campaign) -> Mailbox:
    via = _("%(name)s via %(campaign)s") % {"name": sender_name, "campaign": campaign.title}
    return Mailbox(clean_line(via), settings.LETTERS_FROM)
