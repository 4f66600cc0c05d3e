"""How often somebody may ask: limits per address, mailbox, postcode and campaign, wide enough for a hall of people.

Counted in moving windows (campaign.core.ratelimit) under keyed hashes: neither an IP address nor a mail address is
kept, and each count goes with its window. Nothing here is written to the database or to the logs.

If the counts cannot be had at all, what sends a mail is refused and what only reads goes on. Redis being down is not
yet that: then each process counts for itself, so that a site of two processes lets twice as much through, and no more.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from campaign.core.addresses import find_address
from campaign.core.identity import list_networks, name_mailbox
from campaign.core.ratelimit import Window, find_next, read_rate, take_each, widen

logger = logging.getLogger(__name__)


class Act(StrEnum):
    """What is counted."""

    START = "start"  # a session for a draft
    LOOK_UP = "look-up"  # a postcode
    SAVE = "save"  # show the builder or save what is typed in it, and with it judge, compare and measure the letter
    PRINT = "print"  # lay a letter out, as PDF or to count its pages
    ASK = "ask"  # for a confirmation mail, whether first, again, or to another address
    MAIL = "mail"  # such a mail that is really owed
    CONFIRM = "confirm"
    FIND = "find"  # one's lost links, by mail


class By(StrEnum):
    """Under what it is counted."""

    IP = "ip"
    EMAIL = "email"
    PAIR = "pair"  # one visitor, one mailbox: a stranger leaves some of its mails to its owner
    POSTCODE = "postcode"
    CAMPAIGN = "campaign"


# The settings with the rates. What is shared by the most people stands last.
RULES: dict[Act, dict[By, str]] = {
    Act.START: {By.IP: "LIMIT_DRAFTS_PER_IP"},
    Act.LOOK_UP: {By.IP: "LIMIT_LOOKUPS_PER_IP"},
    Act.SAVE: {By.IP: "LIMIT_SAVES_PER_IP"},
    Act.PRINT: {By.IP: "LIMIT_PDFS_PER_IP"},
    Act.ASK: {By.IP: "LIMIT_LETTERS_PER_IP"},
    Act.MAIL: {
        By.PAIR: "LIMIT_LETTERS_PER_IP_AND_EMAIL",
        By.EMAIL: "LIMIT_LETTERS_PER_EMAIL",
        By.POSTCODE: "LIMIT_LETTERS_PER_POSTCODE",
        By.CAMPAIGN: "LIMIT_LETTERS_PER_CAMPAIGN",
    },
    Act.CONFIRM: {By.IP: "LIMIT_CONFIRMS_PER_IP"},
    Act.FIND: {
        By.PAIR: "LIMIT_LINKS_PER_IP_AND_EMAIL",
        By.IP: "LIMIT_LINKS_PER_IP",
    },  # per mailbox: letters.privacy.lost_links
}
SENDS_MAIL = {Act.ASK, Act.MAIL, Act.FIND}
UNCOUNTED_PAUSE = dt.timedelta(minutes=5)  # when the counts cannot be had


@dataclass(frozen=True)
class Refusal:
    """Too often: under what it was counted (None: it could not be counted), and when to try again."""

    by: By | None
    until: dt.datetime

    @property
    def seconds(self) -> int:
        """Whole seconds until then, at least one."""
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)


def admit(act: Act, request: HttpRequest, *, email: str = "", postcode: str = "", campaign: str = "") -> Refusal | None:
    """Count one act and return None, or count nothing and return why and until when it is refused.

    What is not given is not counted.
    """
    networks, mailbox = list_networks(find_address(request)), name_mailbox(email)
    given = {
        By.IP: networks,
        By.EMAIL: [(mailbox, 1)],
        By.PAIR: [(f"{networks[-1][0]} {mailbox}" if mailbox else "", 1)],
        By.POSTCODE: [("".join(postcode.split()).upper(), 1)],
        By.CAMPAIGN: [(campaign, 1)],
    }
    counted = {
        (widen(rate, times), make_key(act, by, value)): by
        for by, setting in RULES[act].items()
        if (rate := read_rate(getattr(settings, setting)))
        for value, times in given[by]
        if value
    }
    try:
        return _count(counted)
    except Exception as error:  # noqa: BLE001 whatever it is, a page has to answer
        # Neither the request nor the error's words: they might name somebody.
        logger.error("%s cannot be counted: %s", act, type(error).__name__)
        return Refusal(None, timezone.now() + UNCOUNTED_PAUSE) if act in SENDS_MAIL else None


def _count(counted: dict[Window, By]) -> Refusal | None:
    """Take a slot in every window, or in none if one is full already."""
    full = take_each(counted)
    return Refusal(counted[full], dt.datetime.fromtimestamp(find_next(*full), dt.UTC)) if full else None


def make_key(act: Act, by: By, value: str) -> str:
    """Return the name of the count: a hash that only who has SECRET_KEY can make."""
    return f"{act}:{by}:{salted_hmac('letters.gate', f'{by}:{value}', algorithm='sha256').hexdigest()[:32]}"
