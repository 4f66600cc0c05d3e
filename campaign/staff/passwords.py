"""Refuses passwords made of the site's own words, which an attacker tries first."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = ("parley", "parliament", "westminster", "commons", "campaign", "organiser", "admin", "letter", "petition")
ENOUGH = 8  # characters that are not in those words


class SiteWordsValidator:
    """One of Django's AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError if little is left of the password without the site's words."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        words = {*WORDS, *(label for label in re.split(r"[.-]", host) if len(label) > 3)}
        rest = re.sub("|".join(sorted(map(re.escape, words), key=len, reverse=True)), "", password.lower())
        if len(rest) < ENOUGH:
            raise ValidationError(self.get_help_text(), code="password_of_site_words")

    def get_help_text(self) -> str:
        return _("Your password can’t be made of this site’s own words, such as its name and “parliament”.")
