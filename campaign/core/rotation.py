"""Re-encrypts what is stored with the operator's first key, row by row, while the site keeps running."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, TextField
from django.db.models.functions import Cast

from campaign.core.ciphers import UNBOUND, UndecryptableError, decrypt, make_index, rotate
from campaign.core.encrypted import BlindIndexField, Ciphertext, EncryptedTextField

BATCH = 200

logger = logging.getLogger(__name__)


@dataclass
class Rotated:
    """How many rows of one table were rotated."""

    name: str
    done: int = 0
    bound: int = 0  # of these, those with a value that was not yet bound to its row
    current: int = 0
    unreadable: int = 0


def rotate_tables(tables: Iterable[Any] | None = None) -> Iterator[Rotated]:
    """Rotate the tables with encrypted fields of these models, or of all; yield the result of each.

    It can be stopped and run again: rows with the first key are left alone. A row that no key opens is counted and
    left. A row written meanwhile keeps what was written, which is encrypted with the first key.
    """
    for model in apps.get_models() if tables is None else tables:
        fields = [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if fields:
            yield rotate_table(model, fields)


def rotate_table(model: Any, fields: list[EncryptedTextField]) -> Rotated:
    rotated = Rotated(str(model._meta.verbose_name_plural))
    # As plain text, so that the update can be conditional on what was read.
    stored = {f"stored_{field.attname}": Cast(F(field.attname), TextField()) for field in fields}
    rows = model._base_manager.order_by("pk").annotate(**stored)
    columns = {name for field in fields for name in field.key_columns}
    columns |= {index.attname for index in _list_indexes(model)}
    batch: list[dict[str, Any]] = []
    while True:
        after = rows.filter(pk__gt=batch[-1]["pk"]) if batch else rows
        batch = list(after.values("pk", *stored, *columns)[:BATCH])
        if not batch:
            return rotated
        for row in batch:
            _rotate_row(model, rows, row, fields, rotated)


def _list_indexes(model: Any) -> list[BlindIndexField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, BlindIndexField)]


def _rotate_row(
    model: Any, rows: models.QuerySet[Any], row: dict[str, Any], fields: list[EncryptedTextField], rotated: Rotated
) -> None:
    old = {field.attname: row[f"stored_{field.attname}"] or "" for field in fields}
    places = {field.attname: (field.purpose, field.find_place(row)) for field in fields}
    try:
        new = {name: rotate(token, *places[name]) for name, token in old.items()}
        changes: dict[str, Any] = {
            index.attname: make_index(decrypt(new[index.source], *places[index.source]))
            for index in _list_indexes(model)
        }
    except UndecryptableError as error:
        logger.error("%s", error)
        rotated.unreadable += 1
        return
    changes = {name: value for name, value in changes.items() if value != row[name]}
    changes |= {name: Ciphertext(token) for name, token in new.items() if token != old[name]}
    if not changes:
        rotated.current += 1
        return
    unchanged = rows.filter(pk=row["pk"], **{f"stored_{name}": token for name, token in old.items()})
    model._base_manager.filter(pk__in=unchanged.values("pk")).update(**changes)
    rotated.done += 1
    rotated.bound += any(token.startswith(UNBOUND) for token in old.values())
