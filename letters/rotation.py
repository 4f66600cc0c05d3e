"""Brings what is stored under the operator's first key, row by row, while the site goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast

from campaign.ciphers import UndecryptableError, decrypt, make_index, rotate
from campaign.encrypted import BlindIndexField, EncryptedTextField

BATCH = 200


@dataclass
class Rotated:
    """What became of one table's rows."""

    name: str
    done: int = 0
    current: int = 0
    unreadable: int = 0


def rotate_tables() -> Iterator[Rotated]:
    """Rotate every table that has encrypted fields; yields what became of each.

    Stopped half-way it is simply started again: rows under the first key are left as they are. A row that no key
    opens is counted and stays. A row that somebody writes meanwhile keeps what they wrote, which is under that key.
    """
    for model in apps.get_models():
        fields = [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if fields:
            yield rotate_table(model, fields)


def rotate_table(model: Any, fields: list[str]) -> Rotated:
    """Rotate one table, some rows at a time, in the order of their keys."""
    rotated = Rotated(str(model._meta.verbose_name_plural))
    sources = [(one.attname, one.source) for one in model._meta.concrete_fields if isinstance(one, BlindIndexField)]
    # As plain text, so that reading them does not decrypt.
    stored = {f"stored_{name}": Cast(F(name), TextField()) for name in fields}
    rows = model._base_manager.order_by("pk").annotate(**stored)
    batch: list[dict[str, Any]] = []
    while True:
        after = rows.filter(pk__gt=batch[-1]["pk"]) if batch else rows
        batch = list(after.values("pk", *stored, *(index for index, _source in sources))[:BATCH])
        if not batch:
            return rotated
        for row in batch:
            _rotate_row(model, rows, row, fields, sources, rotated)


def _rotate_row(
    model: Any,
    rows: models.QuerySet[Any],
    row: dict[str, Any],
    fields: list[str],
    sources: list[tuple[str, str]],
    rotated: Rotated,
) -> None:
    old = {name: row[f"stored_{name}"] or "" for name in fields}
    try:
        new = {name: rotate(token) for name, token in old.items()}
        indexes = {index: make_index(decrypt(new[source])) for index, source in sources}
    except UndecryptableError:
        rotated.unreadable += 1
        return
    changes: dict[str, Any] = {
        name: Value(token, output_field=TextField()) for name, token in new.items() if token != old[name]
    }
    changes |= {index: value for index, value in indexes.items() if value != row[index]}
    if not changes:
        rotated.current += 1
        return
    unchanged = rows.filter(pk=row["pk"], **{f"stored_{name}": token for name, token in old.items()})
    model._base_manager.filter(pk__in=unchanged.values("pk")).update(**changes)
    rotated.done += 1
