"""Who may do what with letters. Each asks for its permission on the server, whatever a page shows or hides."""

from __future__ import annotations

from django.http import HttpRequest


def may_see_letters(request: HttpRequest) -> bool:
    """Whether the account sees letters at all."""
    return request.user.has_perm("letters.view_letter")


def may_see_person(request: HttpRequest) -> bool:
    """Whether the account sees whose letter it is, and what they wrote."""
    return may_see_letters(request) and request.user.has_perm("letters.see_personal_data")


def may_find_by_email(request: HttpRequest) -> bool:
    """Whether the account may look for a supporter's letters."""
    return may_see_letters(request) and request.user.has_perm("letters.find_by_email")


def may_decide(request: HttpRequest) -> bool:
    """Whether the account may hold, release, retry and give up letters."""
    return may_see_letters(request) and request.user.has_perm("letters.decide_letter")


def may_moderate(request: HttpRequest) -> bool:
    """Whether the account may read what a rule has held, and release or refuse it."""
    return may_see_person(request) and request.user.has_perm("letters.moderate_letter")


def may_export(request: HttpRequest) -> bool:
    """Whether the account may export letters without personal data."""
    return may_see_letters(request) and request.user.has_perm("letters.export_letter")


def may_export_person(request: HttpRequest) -> bool:
    """Whether the account may export names, addresses, emails and texts."""
    return may_see_person(request) and request.user.has_perm("letters.export_personal_data")
