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
            "SECRET_KEY is the one for tests. `make setup` makes a new one.",
        ),
        ("*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS accepts any host name. Name the site's own."),
        (
            not settings.HTTPS,
            "SITE_URL does not begin with https://, so cookies and pages are sent without encryption.",
        ),
        (not settings.ADMIN_TOTP, "ADMIN_TOTP is off, so a password alone opens the admin. Remove the setting."),
        (
            settings.MAILBOX_DIR is not None,
            "MAILBOX_DIR is set, so the demo's mailbox stores all mail. Remove the setting.",
        ),
        (is_example(settings.LETTERS_FROM), "LETTERS_FROM is not one of your own addresses."),
        (is_example(settings.REHEARSAL_ADDRESS), "REHEARSAL_ADDRESS is not one of your own addresses."),
        (not is_security_contact_good(), "SECURITY_CONTACT is not set, or SECURITY_EXPIRES is in the past."),
        (
            not settings.ORGANISERS_EMAIL or is_example(settings.ORGANISERS_EMAIL),
            "ORGANISERS_EMAIL is not set: nobody is told when the queue pauses or somebody changes where letters go.",
        ),
        (
            settings.HTTPS and not settings.BEHIND_PROXY,
            "SITE_URL begins with https:// and BEHIND_PROXY is off, so every page redirects to itself. Turn it on.",
        ),
        (
            settings.BEHIND_PROXY and settings.PROXY_COUNT < 1,
            "PROXY_COUNT is 0 behind a proxy, so all visitors share one set of limits. Remove the setting.",
        ),
        (
            settings.PROXY_COUNT > 0 and not settings.BEHIND_PROXY,
            "PROXY_COUNT is set and BEHIND_PROXY is off, so visitors can invent addresses. Remove PROXY_COUNT.",
        ),
        (
            is_open_to_others(settings.BASE_DIR / ".env"),
            "Others on this machine can read .env, which holds passwords. Run: chmod 600 .env",
        ),
    ]
    return [Warning(text, id=f"parley.W{number:03}") for number, (bad, text) in enumerate(unfit, start=1) if bad]


def is_example(address: str) -> bool:
    """Whether an email address is the default, which reaches nobody."""
    return address.rstrip(">").endswith(".localhost")


def is_open_to_others(path: Path) -> bool:
    """Whether a file can be read or written by more than its owner; no if there is none."""
    return path.exists() and bool(path.stat().st_mode & 0o077)
