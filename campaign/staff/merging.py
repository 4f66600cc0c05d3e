"""Merges two people's changes to one form, field by field and row by row, and asks about what both changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.forms import BaseForm, Field, HiddenInput, ModelChoiceField
from django.http import QueryDict
from django.utils.translation import gettext as _

Values = dict[str, list[str]]  # a form's fields, as a browser would send them
ROW_GONE, ROW_DELETED_HERE = "gone", "deleted here"


def as_sent(field: Field, value: Any) -> list[str]:
    """Return a field's value as a browser would send it, so that values compare equal whatever their type."""
    if not isinstance(field, ModelChoiceField):  # that one would query the database
        with suppress(ValidationError):
            value = field.to_python(value)
    if value is None or value == "" or value is False:
        return []
    if value is True:
        return ["on"]
    return sorted(str(one) for one in value) if isinstance(value, list | tuple | set) else [str(value)]


def list_fields(form: BaseForm) -> dict[str, Field]:
    return {
        name: field
        for name, field in form.fields.items()
        if name != "DELETE" and not isinstance(field.widget, HiddenInput)
    }


def read_shown(form: BaseForm) -> Values:
    return {name: as_sent(field, form[name].value()) for name, field in list_fields(form).items()}


def read_sent(fields: Mapping[str, Field], data: QueryDict, prefix: str) -> Values:
    return {
        name: as_sent(field, field.widget.value_from_datadict(data, {}, f"{prefix}{name}"))
        for name, field in fields.items()
    }


def is_deleted(row: Values) -> bool:
    return any(row.get("DELETE", []))


@dataclass
class Page:
    """The values of a page's form and inline rows at one time."""

    own: Values = made(default_factory=dict)
    rows: dict[str, dict[str, Values]] = made(default_factory=dict)  # by the formset's prefix and the row's key
    asked: list[str] = made(default_factory=list)  # what this person has to decide
    at: str = ""

    @classmethod
    def read(cls, form: BaseForm, formsets: Iterable[Any], at: str = "") -> Page:
        rows = {
            formset.prefix: {str(row.instance.pk): read_shown(row) for row in formset.initial_forms}
            for formset in formsets
        }
        return cls(read_shown(form), rows, at=at)

    def sign(self, salt: str) -> str:
        return signing.dumps([self.own, self.rows, self.asked, self.at], salt=f"opened:{salt}", compress=True)

    @classmethod
    def unsign(cls, text: str, salt: str) -> Page:
        """Raises BadSignature."""
        return cls(*signing.loads(text, salt=f"opened:{salt}"))


@dataclass(frozen=True)
class Conflict:
    """A field that two people changed; with `why`, a whole row."""

    prefix: str  # of its form
    name: str = ""
    key: str = ""
    theirs: list[str] = made(default_factory=list)
    asks: Field | None = None
    why: str = ""


class Merge:
    """Merges into `data`, what one person sends, what others did since the page was `opened`; lists conflicts."""

    def __init__(self, data: QueryDict, opened: Page, now: Page) -> None:
        self.data, self.opened, self.now = data, opened, now
        self.conflicts: list[Conflict] = []
        self.kept: list[str] = []  # labels of what only others changed

    def merge_form(self, form: BaseForm) -> None:
        self.merge_fields(list_fields(form), "", "own", self.opened.own, self.now.own)

    def merge_fields(self, fields: Mapping[str, Field], prefix: str, key: str, opened: Values, now: Values) -> None:
        sent = read_sent(fields, self.data, prefix)
        for name, field in fields.items():
            mine, theirs, before = sent[name], now[name], opened.get(name)
            place = f"settle-{key}-{name}"
            answer = self.data.get(place)
            asked = place in self.opened.asked
            if mine == theirs or (theirs == before and not asked):
                continue
            if mine == before or (asked and answer == "theirs"):
                self.data.setlist(f"{prefix}{name}", theirs)
                self.kept.append(str(field.label or name))
            elif theirs != before or answer != "mine":
                self.conflicts.append(Conflict(prefix[:-1], name, place, theirs, field))

    def merge_rows(self, formset: Any) -> None:
        """Merge the rows of one formset: those of both, and those that only one added or deleted."""
        prefix, pk = formset.prefix, formset.model._meta.pk.name
        opened, now = self.opened.rows.get(prefix, {}), self.now.rows[prefix]
        fields = list_fields(formset.empty_form)
        first, rest = [], []
        rows = self.take_rows(prefix)
        if rows is None:
            return
        for old, row in rows:
            key = "".join(row.get(pk, []))
            if not old:
                rest.append(row)
            elif key in now or not key.isdecimal():
                first.append(row)
            elif not is_deleted(row) and self.read_row(fields, row) != opened.get(key):
                rest.append({**row, pk: [""], ROW_GONE: ["on"]})
            else:
                self.kept.append(str(_("a deleted row")))
        there = {"".join(row.get(pk, [])) for row in first}
        for key in [key for key in now if key not in opened and key not in there]:
            first.append({**now[key], pk: [key]})
            self.kept.append(str(_("a new row")))
        self.put_rows(prefix, first, rest)
        for number, row in enumerate([*first, *rest]):
            place, key = f"{prefix}-{number}-", "".join(row.get(pk, []))
            if ROW_GONE in row:
                self.conflicts.append(Conflict(place[:-1], why=ROW_GONE))
            elif is_deleted(row) and key in now:
                if now[key] != opened.get(key):
                    self.conflicts.append(Conflict(place[:-1], why=ROW_DELETED_HERE))
            elif key in now:
                self.merge_fields(fields, place, f"{prefix}-{key}", opened.get(key, {}), now[key])

    def renew_rows(self, formset: Any) -> None:
        """Turn all rows of one formset into new ones, of a new parent."""
        prefix, blank = formset.get_default_prefix(), {formset.model._meta.pk.name: [""], formset.fk.name: [""]}
        rows = self.take_rows(prefix) or []
        self.put_rows(prefix, [], [row | blank for _old, row in rows if not is_deleted(row)])

    def read_row(self, fields: Mapping[str, Field], row: Values) -> Values:
        data = QueryDict(mutable=True)
        for name, values in row.items():
            data.setlist(name, values)
        return read_sent(fields, data, "")

    def take_rows(self, prefix: str) -> list[tuple[bool, Values]] | None:
        """Remove the sent rows from the data and return them, each with whether it existed. None: none were sent."""
        counts = [self.data.get(f"{prefix}-{count}_FORMS", "") for count in ("INITIAL", "TOTAL")]
        if not all(count.isdecimal() and len(count) < 5 for count in counts):
            return None
        initial, total = map(int, counts)
        rows: list[tuple[bool, Values]] = [(number < initial, {}) for number in range(total)]
        for name in [name for name in self.data if name.startswith(f"{prefix}-")]:
            number, _dash, rest = name.removeprefix(f"{prefix}-").partition("-")
            if rest and number.isdecimal() and len(number) < 5 and int(number) < total:
                rows[int(number)][1][rest] = self.data.pop(name)
        return rows

    def put_rows(self, prefix: str, first: list[Values], rest: list[Values]) -> None:
        for number, row in enumerate([*first, *rest]):
            for name, values in row.items():
                if name != ROW_GONE:
                    self.data.setlist(f"{prefix}-{number}-{name}", values)
        self.data[f"{prefix}-INITIAL_FORMS"] = str(len(first))
        self.data[f"{prefix}-TOTAL_FORMS"] = str(len(first) + len(rest))
