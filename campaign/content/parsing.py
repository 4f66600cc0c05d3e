"""Parses a pack's bytes into a Pack, or lists everything wrong with them. Without the database."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast, get_args, get_origin, get_type_hints

from django.core.exceptions import ValidationError
from django.db import models

from campaign.content.checking import check_whole, name_entry, suggest_name
from campaign.content.models import Argument, Ask, Campaign, Fact, Phrasing, Source, Theme
from campaign.content.pack import (
    ClockTime,
    Fault,
    FaultList,
    Pack,
    PackArgument,
    PackAsk,
    PackNote,
    PackPhrasing,
    PackRefusedError,
    PackSource,
    PackTheme,
    PartialDate,
    shorten_text,
)
from campaign.content.yaml_nodes import Mapping, Node, Refused, Scalar, Sequence, read_file, read_nodes

MAX_ITEMS = 500  # in any list of a pack
MODELS: dict[type, type[models.Model]] = {
    Pack: Campaign,
    PackTheme: Theme,
    PackAsk: Ask,
    PackArgument: Argument,
    PackPhrasing: Phrasing,
    PackSource: Source,
    PackNote: Fact,
}
LINES = (
    "prompts",
    "openings",
    "preface",
    "preface_signs",
    "preface_own_signs",
    "subjects",
    "wordings",
)  # lists in a pack, lines of one text in the database
NOT_FIELDS = {"people", "not_for", "only_for"}  # checked with the pack as a whole
NO_DEFAULT = dataclasses.MISSING
MISSING = object()  # in place of a value that could not be read


def parse_pack(path: Path) -> Pack:
    """Parse a file. Raises PackRefusedError with every fault, OSError if it cannot be read."""
    return parse_bytes(read_file(path))


def parse_bytes(data: bytes) -> Pack:
    """Raises PackRefusedError with every fault."""
    root, faults = read_nodes(data)
    parser = _Parser(faults)
    pack = parser.read_object(Pack, root, "")
    for fault in check_whole(root):
        faults.add(fault)
    if faults:
        raise PackRefusedError(faults)
    return cast(Pack, pack)


class _Parser:
    """Reads nodes into the pack's classes and collects faults; a faulty value becomes MISSING."""

    def __init__(self, faults: FaultList) -> None:
        self.faults = faults
        self.readers: dict[Any, Callable[[Scalar, str], Any]] = {
            str: self.read_text,
            int: self.read_number,
            bool: self.read_yes_or_no,
            PartialDate: self.read_as_written,
            ClockTime: self.read_as_written,
        }

    def refuse(self, node: Node, path: str, reason: str) -> Any:
        self.faults.add(Fault(path, node.line, reason))
        return MISSING

    def read_value(self, wanted: Any, node: Node, path: str) -> Any:
        if isinstance(node, Refused):
            return MISSING
        if get_origin(wanted) is tuple:
            return self.read_list(get_args(wanted)[0], node, path)
        if dataclasses.is_dataclass(wanted):
            return self.read_object(cast(type, wanted), node, path)
        if not isinstance(node, Scalar):
            return self.refuse(node, path, "has to be a single value, not a list or a group of keys")
        return self.readers[wanted](node, path)

    def read_list(self, wanted: Any, node: Node, path: str) -> Any:
        if not isinstance(node, Sequence):
            return self.refuse(node, path, "has to be a list: one “- ” for each entry")
        if len(node.items) > MAX_ITEMS:
            return self.refuse(node, path, f"has more than {MAX_ITEMS} entries")
        values = tuple(
            self.read_value(wanted, item, f"{path}[{i}]{name_entry(item)}") for i, item in enumerate(node.items)
        )
        return MISSING if MISSING in values else values

    def read_object(self, wanted: type, node: Node, path: str) -> Any:
        if not isinstance(node, Mapping):
            return self.refuse(node, path, "has to be a group of keys, such as “key: value”")
        hints = get_type_hints(wanted)
        fields = {field.name: field for field in dataclasses.fields(wanted)}
        values: dict[str, Any] = {}
        lines: dict[str, Node] = {}
        for key, value in node.entries:
            name = key.text if isinstance(key, Scalar) else ""
            where = _join(path, shorten_text(name))
            if isinstance(key, Refused):
                continue
            if name not in fields:
                guess = suggest_name(name, fields)
                self.refuse(key, where or path, f"unknown key{guess}")
            elif name in lines:
                self.refuse(key, where, f"is here twice (first in line {lines[name].line})")
            else:
                lines[name] = key
                values[name] = self.read_value(hints[name], value, where)
        missing = [name for name, field in fields.items() if field.default is NO_DEFAULT and name not in lines]
        for name in missing:
            self.refuse(node, _join(path, name), "is missing")
        self.check_against_model(wanted, values, lines, path)
        return MISSING if missing or MISSING in values.values() else wanted(**values)

    def read_text(self, node: Scalar, path: str) -> Any:
        if node.kind == "null":
            return ""
        if node.kind != "str":
            return self.refuse(
                node, path, f"has to be text: put it in quotation marks, '{shorten_text(node.text, 30)}'"
            )
        return node.text.strip()

    def read_number(self, node: Scalar, path: str) -> Any:
        if node.kind != "int" or not re.fullmatch(r"0|-?[1-9][0-9]{0,8}", node.text):
            return self.refuse(node, path, "has to be a whole number")
        return int(node.text)

    def read_yes_or_no(self, node: Scalar, path: str) -> Any:
        if node.kind != "bool":
            return self.refuse(node, path, "has to be true or false")
        return node.text.lower() in ("true", "yes", "on")

    def read_as_written(self, node: Scalar, _path: str) -> Any:
        # The text as written, whatever type YAML takes 2022, 2022-11, 2022-11-09 or 17:30 for.
        return "" if node.kind == "null" else node.text.strip()

    def check_against_model(self, wanted: type, values: dict[str, Any], lines: dict[str, Node], path: str) -> None:
        model = MODELS.get(wanted)
        if model is None:
            return
        names = {field.name for field in model._meta.concrete_fields if not field.is_relation} - NOT_FIELDS
        checked = {name: value for name, value in values.items() if name in names and value is not MISSING}
        for name in checked.keys() & set(LINES):
            checked[name] = "\n".join(line for line in checked[name] if line is not MISSING)
        rest = {field.name for field in model._meta.get_fields()} - set(checked)
        try:
            model(**checked).full_clean(exclude=rest, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                if name not in lines:
                    continue
                if choices := [value for value, _ in getattr(model._meta.get_field(name), "choices", None) or []]:
                    messages = [f"has to be {' or '.join(filter(None, choices))}"]
                for message in messages:
                    self.refuse(lines[name], _join(path, name), message)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
