"""Fields whose text is encrypted before it reaches the database, and by which it can be found all the same."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact

from campaign.ciphers import decrypt, encrypt, make_index

HINT = (
    "An encrypted field can only be compared with nothing (isnull, or exactly ''). "
    "To find equal values, use its blind index."
)


class ExactlyEmpty(Exact):
    """The one comparison that makes sense in the database."""

    def get_prep_lookup(self) -> Any:
        """Refuse any value but the empty one."""
        if self.rhs != "":
            raise FieldError(HINT)
        return self.rhs


class EncryptedTextField(models.TextField):  # type: ignore[type-arg] # not generic at run time
    """Text that only the site can read. `max_length` counts its own characters, not those that are stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators = [*self.validators, MaxLengthValidator(self.max_length)]

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Refuse what cannot work: the same text is encrypted differently each time."""
        errors = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            errors.append(Error("An encrypted field has no index.", hint="Use a BlindIndexField.", obj=self))
        return errors

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow isnull and "exactly nothing". Raises FieldError for anything else."""
        if lookup_name == "exact":
            return ExactlyEmpty
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(HINT)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Encrypt. Raises ValueError for a text that is too long, as a database would."""
        if value is None or hasattr(value, "as_sql"):
            return value
        text = str(value)
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(f"{self.name}: {len(text)} characters, {self.max_length} allowed")
        return encrypt(text)

    def from_db_value(self, value: str | None, *_context: Any) -> str | None:
        """Decrypt. Raises UndecryptableError."""
        return None if value is None else decrypt(value)


class BlindIndexField(models.CharField):  # type: ignore[type-arg] # not generic at run time
    """A keyed hash of another field of the row, written whenever the row is saved.

    `QuerySet.update` of the other field has to set it too (`make_index`).
    """

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"max_length": 64, "blank": True, "editable": False} | kwargs)

    def deconstruct(self) -> Any:
        """Tell migrations of `source`."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Take the index of what the row says now."""
        value = make_index(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value
