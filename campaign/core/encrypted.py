"""Model fields whose text is encrypted in the database, and a blind index by which it can still be found."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact
from django.db.models.query_utils import DeferredAttribute

from campaign.core.ciphers import UndecryptableError, decrypt, encrypt, make_index

HINT = (
    "An encrypted field can only be compared with nothing (isnull, or exactly ''). "
    "To find equal values, use its blind index."
)

logger = logging.getLogger(__name__)


class ExactlyEmpty(Exact):
    """The one comparison that makes sense in the database."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError(HINT)
        return self.rhs


class Ciphertext:
    """A field's stored value. Not a str, so that using it as text fails."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ciphertext) and self.token == other.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __str__(self) -> str:
        raise TypeError("This is encrypted. Read it as an attribute of its row.")


class EncryptedAttribute(DeferredAttribute):
    """Decrypts a row's value when it is first read, for the row's place."""

    field: EncryptedTextField

    def __init__(self, field: EncryptedTextField) -> None:
        super().__init__(field)
        self.name = field.attname

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        """Return the text. Raises UndecryptableError."""
        if instance is None:
            return self
        value = instance.__dict__.get(self.name, self)
        if value is self:
            value = super().__get__(instance, cls)  # it was deferred
        if type(value) is Ciphertext:
            value = instance.__dict__[self.name] = self.field.decrypt(value, instance)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.name] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg] # not generic at run time
    """Text that only the site can read. `max_length` counts its characters, not the stored ones.

    `bound_to` names the columns (UUIDs or integers) that identify the row and are known before it is stored; by default
    the primary key. They must never change: the text would be unreadable.

    `values()` and the like return a Ciphertext. `QuerySet.update` accepts only the empty text, or what `encrypt_for`
    makes for one row.
    """

    descriptor_class = EncryptedAttribute
    non_db_attrs = (*models.TextField.non_db_attrs, "bound_to")

    def __init__(self, *args: Any, bound_to: Sequence[str] = (), **kwargs: Any) -> None:
        self.bound_to = tuple(bound_to)
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators = [*self.validators, MaxLengthValidator(self.max_length)]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"bound_to": self.bound_to} if self.bound_to else {})

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Refuse indexes, since ciphertexts always differ, and auto-increment keys, unknown before the insert."""
        errors = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            errors.append(Error("An encrypted field has no index.", hint="Use a BlindIndexField.", obj=self))
        if any(isinstance(column, models.AutoField) for column in self.key_columns.values()):
            hint = "Name in bound_to columns that are known before the row is stored, and never change."
            errors.append(Error("An encrypted field cannot be bound to a key that is counted.", hint=hint, obj=self))
        return errors

    @cached_property
    def key_columns(self) -> dict[str, Any]:
        meta = self.model._meta
        columns: list[Any] = [meta.get_field(name) for name in self.bound_to] or [meta.pk]
        return {column.attname: column for column in columns}

    @cached_property
    def purpose(self) -> str:
        return str(self.model._meta.app_label)

    @cached_property
    def _column_place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def find_place(self, row: models.Model | Mapping[str, Any]) -> str:
        """Return the associated data: table, column and row's keys. Raises FieldError if a key is not set."""
        place, is_row = self._column_place, isinstance(row, models.Model)
        for name, column in self.key_columns.items():
            key = getattr(row, name) if is_row else row[name]  # type: ignore[index]
            if type(key) is not UUID:
                key = column.to_python(key)
                if key is None:
                    raise FieldError(f"{self.name} is encrypted for its row, which has no {name} yet.")
            place += f" {key.hex}" if type(key) is UUID else f" {int(key)}"
        return place

    def encrypt(self, text: str, instance: models.Model) -> Ciphertext | str:
        """Encrypt the text for this instance's row. Raises ValueError if it is too long."""
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(f"{self.name}: {len(text)} characters, {self.max_length} allowed")
        return Ciphertext(encrypt(text, self.purpose, self.find_place(instance))) if text else ""

    def decrypt(self, value: Ciphertext, instance: models.Model) -> str:
        """Return the text. Logs and raises UndecryptableError."""
        try:
            return decrypt(value.token, self.purpose, self.find_place(instance))
        except UndecryptableError as error:
            logger.error("%s", error)
            raise

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow isnull and "exactly nothing". Raises FieldError for anything else."""
        if lookup_name == "exact":
            return ExactlyEmpty
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(HINT)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Encrypt for the row's current keys. Raises ValueError if too long, UndecryptableError if unreadable."""
        value = getattr(model_instance, self.attname)
        if value is None or hasattr(value, "as_sql"):
            return value
        return self.encrypt(str(value), model_instance)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> str | None:
        """Return the stored value. Raises FieldError for plain text, whose row is unknown here."""
        if isinstance(value, Ciphertext):
            return value.token
        if value is None:
            return None
        if value == "":
            return ""
        raise FieldError(
            f"{self.name} is encrypted for its row: save the row, or update it alone with what encrypt_for returns."
        )

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return value if hasattr(value, "as_sql") else self.get_db_prep_value(value, connection)

    def from_db_value(self, value: str | None, *_context: Any) -> Ciphertext | str | None:
        return Ciphertext(value) if value else value


class BlindIndexField(models.CharField):  # type: ignore[type-arg] # not generic at run time
    """A keyed hash of another field of the row, written whenever the row is saved.

    `QuerySet.update` of the other field has to set it too (`encrypt_for` does).
    """

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"max_length": 64, "blank": True, "editable": False} | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = make_index(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value


def encrypt_for(row: models.Model, changes: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(changes)
    for field in row._meta.concrete_fields:
        if isinstance(field, EncryptedTextField) and isinstance(text := made.get(field.attname), str):
            made[field.attname] = field.encrypt(text, row)
        elif isinstance(field, BlindIndexField) and isinstance(text := changes.get(field.source), str):
            made[field.attname] = make_index(text)
    return made
