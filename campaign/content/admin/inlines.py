"""What the inline rows of both pages have in common."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, TextField, URLField
from django.http import HttpRequest

from campaign.content.forms import PlainTextField

# Text as packs have it; an address typed without its scheme is https.
PLAIN_TEXT: dict[Any, dict[str, Any]] = {
    TextField: {"form_class": PlainTextField},
    URLField: {"assume_scheme": "https"},
}


class EmptyRowIfNew:
    """One empty row where nothing is there yet; otherwise “Add another” makes one."""

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        """Return how many empty rows to show."""
        return 0 if obj else 1
