"""What must be on this machine before letters can be made; `manage.py check` and the worker's start say so."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from letters.rendering import RenderingNotReadyError, require_fast_subsetting, require_fonts


@register("letters")
def check_letters_can_be_made(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for every thing that is missing, with the way to mend it."""
    errors: list[CheckMessage] = []
    for number, require in enumerate((require_fast_subsetting, require_fonts), start=1):
        try:
            require()
        except RenderingNotReadyError as missing:
            errors.append(Error(str(missing), id=f"letters.E00{number}"))
    return errors
