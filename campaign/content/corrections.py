"""Before a changed text is saved: which letters carry the old words, and is it a correction of fact or of style?"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.utils.translation import gettext_lazy as _

from campaign.content.models import TextVersion
from campaign.content.validators import HIDDEN

Change = TextVersion.Change
MAX_NOTE = 300
# What only others can tell: which letters carry one of these versions, as a sentence; empty if none does.
CARRIERS: list[Callable[[Collection[TextVersion]], str]] = []
ANSWERS = {
    Change.FACT: _("The facts: the old words were wrong, or are wrong by now"),
    Change.STYLE: _("The style: the old words are still true"),
}


def say_carriers(versions: Collection[TextVersion]) -> str:
    return " ".join(filter(None, (say(versions) for say in CARRIERS))) if versions else ""


def clean_note(text: str) -> str:
    """Return what was wrong as a line."""
    return " ".join(HIDDEN.sub("", text).split())[:MAX_NOTE]


def read_answer(text: str | None) -> TextVersion.Change | None:
    return Change(text) if text in ANSWERS else None
