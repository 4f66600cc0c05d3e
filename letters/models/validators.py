"""Validators of the lists that organisers type into a campaign's rules."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_LINES = 200
MAX_LINE = 60
MAX_STARS = 3
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def list_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _refuse(lines: list[str], longest: int) -> None:
    if len(lines) > MAX_LINES:
        raise ValidationError(_("There are %d lines here. The most is 200.") % len(lines))
    if long := next((line for line in lines if len(line) > longest), ""):
        raise ValidationError(
            _("“%(line)s…” is too long. The most is %(most)d characters.") % {"line": long[:20], "most": longest}
        )


def refuse_wide_phrases(text: str) -> None:
    _refuse(list_lines(text), MAX_LINE)
    for line in list_lines(text):
        if sum(c.isalnum() for c in line) < 3:
            raise ValidationError(_("“%s” would hold nearly every letter. Write at least three letters.") % line)
        if line.count("*") > MAX_STARS:
            raise ValidationError(_("“%s” has too many *. The most is three.") % line)


def refuse_odd_domains(text: str) -> None:
    _refuse(list_lines(text), 253)
    for line in list_lines(text):
        if not DOMAIN.fullmatch(line.lower()):
            raise ValidationError(
                _("“%s” is not a domain. Write domains like mailinator.com, one on each line.") % line
            )
