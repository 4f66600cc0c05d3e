"""Looks up fixed phrases once for each language: a letter's mail has eight, and each goes through three catalogues."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.utils import formats, translation


def gettext(message: str) -> str:
    """Return the phrase in the current language. For literals only: what was asked for is remembered."""
    return _translate(translation.get_language(), message)


def write_date(day: dt.date) -> str:
    """Return the date as a letter has it, such as 3 November 2026, in the current language."""
    return _write_date(translation.get_language(), day)


@lru_cache(maxsize=512)
def _translate(_language: str | None, message: str) -> str:
    return translation.gettext(message)


@lru_cache(maxsize=64)
def _write_date(_language: str | None, day: dt.date) -> str:
    return formats.date_format(day, "j F Y")
