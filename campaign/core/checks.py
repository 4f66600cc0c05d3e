"""What `manage.py check --deploy` says about settings that suit the demo and no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from campaign.core.security_txt import is_security_contact_good


@register(Tags.security, deploy=True)
def check_for_deployment(**kwargs: Any) -> list[CheckMessage]:
    unfit = [
        (
            settings.SECRET_KEY.startswith("only-for-tests-"),
            "SECRET_KEY is the tests'. `make setup` makes one.",
        ),
        ("*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS lets any host name in. Name the site's own."),
        (not settings.HTTPS, "SITE_URL does not begin with https://, so cookies and pages travel in the clear."),
        (not settings.ADMIN_TOTP, "ADMIN_TOTP is off: a password alone opens the organisers' pages. Remove it."),
        (settings.MAILBOX_DIR is not None, "MAILBOX_DIR is set: the demo's mailbox keeps all mail. Remove it."),
        (is_example(settings.LETTERS_FROM), "LETTERS_FROM is not set to an address of your own."),
        (is_example(settings.REHEARSAL_ADDRESS), "REHEARSAL_ADDRESS is not set to an address of your own."),
        (not is_security_contact_good(), "SECURITY_CONTACT is not set, or SECURITY_EXPIRES is past."),
        (
            not settings.ORGANISERS_EMAIL or is_example(settings.ORGANISERS_EMAIL),
            "ORGANISERS_EMAIL is not set: nobody is told when somebody changes where letters go, or the queue pauses.",
        ),
        (
            settings.HTTPS and not settings.BEHIND_PROXY,
            "SITE_URL begins with https:// and BEHIND_PROXY is off: every page redirects to itself. Turn it on.",
        ),
        (
            settings.BEHIND_PROXY and settings.PROXY_COUNT < 1,
            "PROXY_COUNT is 0 behind a proxy: all visitors count as the proxy and share their limits. Remove it.",
        ),
        (
            settings.PROXY_COUNT > 0 and not settings.BEHIND_PROXY,
            "PROXY_COUNT is set and BEHIND_PROXY is off: a visitor's address is what they say. Remove PROXY_COUNT.",
        ),
        (
            is_open_to_others(settings.BASE_DIR / ".env"),
            "Others on this machine may read .env, which holds passwords: chmod 600 .env",
        ),
    ]
    return [Warning(text, id=f"parley.W{number:03}") for number, (bad, text) in enumerate(unfit, start=1) if bad]


def is_example(address: str) -> bool:
    """Whether an email address is the default, which reaches nobody."""
    return address.rstrip(">").endswith(".localhost")


def is_open_to_others(path: Path) -> bool:
    """Whether a file can be read or written by more than its owner; no if there is none."""
    return path.exists() and bool(path.stat().st_mode & 0o077)
