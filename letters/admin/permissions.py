"""Who may do what with letters, checked on the server whatever a page shows."""

from __future__ import annotations

from django.http import HttpRequest


def may_see_letters(request: HttpRequest) -> bool:
    return request.user.has_perm("letters.view_letter")


def may_see_figures(request: HttpRequest) -> bool:
    return request.user.has_perm("letters.view_tally") or may_see_letters(request)


def may_see_person(request: HttpRequest) -> bool:
    return may_see_letters(request) and request.user.has_perm("letters.see_personal_data")


def may_find_by_email(request: HttpRequest) -> bool:
    return may_see_letters(request) and request.user.has_perm("letters.find_by_email")


def may_decide(request: HttpRequest) -> bool:
    return may_see_letters(request) and request.user.has_perm("letters.decide_letter")


def may_moderate(request: HttpRequest) -> bool:
    return may_see_person(request) and request.user.has_perm("letters.moderate_letter")


def may_export(request: HttpRequest) -> bool:
    return may_see_letters(request) and request.user.has_perm("letters.export_letter")


def may_export_person(request: HttpRequest) -> bool:
    return may_see_person(request) and request.user.has_perm("letters.export_personal_data")
