"""What the admin pages of campaigns and arguments and their inlines share."""

from __future__ import annotations

from typing import Any

from django.db.models import PROTECT, ForeignObjectRel, Model, TextField, URLField
from django.forms import CheckboxSelectMultiple, Field
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaign.content.forms import PartialDateField, PlainTextField
from campaign.content.models import Source

# Text as in packs; a URL typed without its scheme is https.
PLAIN_TEXT: dict[Any, dict[str, Any]] = {
    TextField: {"form_class": PlainTextField},
    URLField: {"assume_scheme": "https"},
}


# Help texts for fields whose names only a developer would understand.
EXPLAINED = {
    "slug": _("The end of its address, such as clean-rivers. It is made from the title and cannot change once saved."),
    "key": _("A short name that packs and counts use. It is made from the title; you do not need to change it."),
    "position": _("The order they are shown in: lowest number first."),
    "language": _("en for English, cy for Welsh."),
    "claim": _("What it says, in one sentence. Supporters choose by this."),
    "length": _("Letters start with the short one; supporters can choose the full one. A pack needs both."),
    "intro": _("One sentence above its arguments. Optional."),
    "label": _("What supporters see when they choose it, such as “Ask a question in Parliament”."),
    "who": _("Who says it: a person or an organisation."),
    "starts_on": _("The first day people can write. Leave empty to start at once."),
    "ends_on": _("The last day people can write. Leave empty to continue until you close it."),
}


# Partial dates; said here as people write them, and in packs and the database as 2026-04-01.
DATES = {
    "as_of": _("The date of its facts: 1 April 2026, April 2026 or 2026."),
    "since_date": _("The date you wrote that: 1 April 2026, April 2026 or 2026."),
    "date": _("1 April 2026, April 2026 or 2026."),
}


class Explained:
    """Adds help texts to the fields that need them, and reads dates as people write them."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        if db_field.name in DATES:
            kwargs |= {"form_class": PartialDateField, "help_text": DATES[db_field.name]}
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and not field.help_text:
            field.help_text = EXPLAINED.get(db_field.name, "")
        return field


class OwnSources:
    """Offers only the sources of the row's own argument."""

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        request.argument = obj  # type: ignore[attr-defined]
        return super().get_formset(request, obj, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        if db_field.related_model is Source:
            kwargs["queryset"] = Source.objects.filter(argument=getattr(request, "argument", None))
            if db_field.many_to_many:
                kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc, no-any-return]


class EmptyRowIfNew(Explained):
    """Shows one empty row if there are none yet; “Add another” makes more."""

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1


def has_protected(one: Model) -> bool:
    """Whether anything refers to it that must not be deleted with it."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: one}).exists()
        for relation in one._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is PROTECT
    )
