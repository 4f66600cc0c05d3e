"""Validators of the content's fields, for the admin and packs alike."""

from __future__ import annotations

import datetime as dt
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.audiences import Audience
from campaign.content.dates import find_first_day

# First path segments that the site itself uses; no campaign may have them as its slug.
RESERVED_SLUGS = {
    "admin", "about", "accessibility", "complaints", "confirm", "contact", "favicon.ico", "health", "invitation",
    "letter", "mailbox", "portraits", "privacy", "robots.txt", "static", "who-runs-this", ".well-known",
}  # fmt: skip

MAX_SUBJECT = 150  # characters of a subject line

# Control characters, line separators, lone surrogates and changes of writing direction: invisible in the admin, each
# can make a letter read differently from what was checked.
HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)

LANGUAGE_TAG = RegexValidator(
    r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("Write the language as a short code, such as en or cy.")
)
CLOCK_TIME = RegexValidator(
    r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z", _("Write the time with four digits, such as 08:00 or 17:30.")
)
PARTIAL_DATE = RegexValidator(
    r"\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\Z",
    _("Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known."),
)


def refuse_reserved_slug(slug: str) -> None:
    """Raise ValidationError if the site itself uses this path."""
    if slug.lower() in RESERVED_SLUGS | {settings.ADMIN_PATH.partition("/")[0].lower()}:
        raise ValidationError(_("“%(slug)s” is used by the site itself. Choose another slug."), params={"slug": slug})


def refuse_hidden_in_text(text: str) -> None:
    """Raise ValidationError for invisible characters; line breaks are allowed."""
    if found := HIDDEN.search(text):
        raise ValidationError(
            _("There is a hidden or control character (U+%(code)s) in this text. Remove it."),
            params={"code": f"{ord(found[0]):04X}"},
        )


def refuse_hidden_in_line(text: str) -> None:
    """Raise ValidationError for invisible characters and line breaks."""
    refuse_hidden_in_text(text)
    if "\n" in text:
        raise ValidationError(_("This has to be one line."))


def refuse_long_lines(text: str) -> None:
    """Raise ValidationError if a line is too long for a subject line, or could not be one."""
    for line in text.splitlines():
        if len(line.strip()) > MAX_SUBJECT:
            raise ValidationError(
                _("“%(line)s…” is too long: a subject line has at most %(most)d characters."),
                params={"line": line[:40], "most": MAX_SUBJECT},
            )
        refuse_encoded_word(line)


def refuse_encoded_word(text: str) -> None:
    """Raise ValidationError for “=?”, with which an encoded word begins (RFC 2047)."""
    if "=?" in text:
        raise ValidationError(
            _("The text must not include “=?”: mail programs read it as the start of a code. Take it out.")
        )


def refuse_address_marks(title: str) -> None:
    """Raise ValidationError for characters of an address: a sender's name must not look like one."""
    if found := re.search(r'[<>@"]', title):
        raise ValidationError(
            _(
                "The title must not include %(mark)s, because it is part of the sender's name in emails. Take "
                "it out; for quotation marks use “ and ”."
            ),
            params={"mark": found[0]},
        )


def refuse_future_date(day: dt.date) -> None:
    """Raise ValidationError if the date is in the future."""
    if day > timezone.localdate():
        raise ValidationError(_("This date is in the future."))


def refuse_impossible_date(text: str) -> None:
    """Raise ValidationError if a well-formed partial date does not exist (2022-02-30) or is in the future."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return  # PARTIAL_DATE says so
    try:
        first = find_first_day(text)
    except ValueError:
        raise ValidationError(_("There is no such date.")) from None
    refuse_future_date(first)


def refuse_other_schemes(url: str) -> None:
    """Raise ValidationError if the URL is neither http nor https."""
    if not url.lower().startswith(("https://", "http://")):
        raise ValidationError(_("The address has to begin with https:// or http://."))


def refuse_unknown_audiences(names: list[str]) -> None:
    """Raise ValidationError if one of them is not a value of Audience."""
    if unknown := sorted(set(map(str, names)) - set(Audience.values)):
        raise ValidationError(_("“%(name)s” is not a kind of member."), params={"name": unknown[0]})


LINE = [refuse_hidden_in_line]
TEXT = [refuse_hidden_in_text]
