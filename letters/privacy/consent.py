"""What supporters agree to when they ask the site to send a letter."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext_lazy

# A letter about peace talks reveals a political opinion: UK GDPR article 9(2)(a) asks for explicit consent.
CONSENT_VERSION = "2026-11-29.3"


CONSENT_TEXT = gettext_lazy(
    "I agree that this site stores my letter, name and contact details to send it to my MP. "
    "It shows my political opinion. I can withdraw this and have it all deleted at any time."
)


def hash_consent() -> str:
    """Return the SHA-256 of the consent text, in hex."""
    return hashlib.sha256(str(CONSENT_TEXT).encode()).hexdigest()
