"""Reads a pack's bytes into nodes: the small, safe subset of YAML that packs use.

No tags, anchors or aliases, one document, limited depth; values stay text until the parser knows a key's type. So
nothing in a file can build an object or expand beyond its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from campaign.content.pack import Fault, FaultList, PackRefusedError, shorten_text

MAX_BYTES = 2_000_000
MAX_DEPTH = 12
MAX_NODES = 50_000  # keys and values; 500 arguments with all their texts have about 30,000
TAG = "tag:yaml.org,2002:"

# libyaml's parser if PyYAML was built with it (ten times as fast); the events are the same without it.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_resolver: Any = yaml.resolver.Resolver()


@dataclass(frozen=True)
class Scalar:
    """A single value as written; `kind` is its type in YAML: str, int, bool, null, timestamp …"""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: list[Node]
    line: int


@dataclass(frozen=True)
class Mapping:
    """Keys and values, duplicate keys included."""

    entries: list[tuple[Node, Node]]
    line: int


@dataclass(frozen=True)
class Refused:
    """In place of something that packs do not use; its fault is already recorded."""

    line: int


Node = Scalar | Sequence | Mapping | Refused


def read_file(path: Path) -> bytes:
    """Return the file's bytes. Raises PackRefusedError if it is larger than a pack may be, OSError if unreadable."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)  # never more, even of a device or pipe
    if len(data) > MAX_BYTES:
        raise PackRefusedError([Fault("", 1, f"the file is larger than {MAX_BYTES:,} bytes")])
    return data


def read_nodes(data: bytes) -> tuple[Node, FaultList]:
    """Return the document's root and the faults found.

    Raises PackRefusedError if the bytes are not YAML at all.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PackRefusedError([Fault("", line, f"not UTF-8: byte {error.start + 1} cannot be read")]) from None
    try:
        return _Composer(yaml.parse(text, Loader=Loader)).compose_document()
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise PackRefusedError([Fault("", line, "a control character, which YAML does not allow")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise PackRefusedError([Fault("", line, f"not YAML: {reason}")]) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # ValueError: an escape in quotation marks beyond Unicode, in PyYAML's own parser
        raise PackRefusedError([Fault("", 1, f"not YAML: {error}")]) from None


@dataclass
class _Composer:
    """Builds nodes from the parser's events, so that no alias is followed and no object constructed."""

    events: Iterator[yaml.Event]
    faults: FaultList = field(default_factory=FaultList)
    nodes: int = 0

    def compose_document(self) -> tuple[Node, FaultList]:
        roots: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                roots.append(self.compose_node(event, 0))
        if not roots:
            raise PackRefusedError([Fault("", 1, "the file is empty")])
        for extra in roots[1:]:
            self.faults.add(Fault("", extra.line, "a second document (---): a pack has only one"))
        return roots[0], self.faults

    def compose_node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise PackRefusedError([*self.faults, Fault("", line, f"nested deeper than {MAX_DEPTH} levels")])
        self.nodes += 1
        if self.nodes > MAX_NODES:
            reason = f"more than {MAX_NODES:,} keys and values: too many for a pack"
            raise PackRefusedError([*self.faults, Fault("", line, reason)])
        if isinstance(event, yaml.AliasEvent):
            return self.refuse(line, f"*{event.anchor}: packs do not use aliases; write the text out")
        if event.anchor is not None:
            self.refuse(line, f"&{event.anchor}: packs do not use anchors; write the text out")
        if event.tag is not None:
            self.refuse(line, f"{shorten_text(event.tag)}: packs do not use tags; remove it")
        if isinstance(event, yaml.ScalarEvent):
            if event.tag is not None:
                return Refused(line)
            kind = _resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
            return Scalar(kind.removeprefix(TAG), event.value, line)
        if isinstance(event, yaml.SequenceStartEvent):
            items = [self.compose_node(item, depth + 1) for item in self.read_until(yaml.SequenceEndEvent)]
            return Sequence(items, line)
        entries = []
        for key in self.read_until(yaml.MappingEndEvent):
            key_node = self.compose_node(key, depth + 1)
            entries.append((key_node, self.compose_node(next(self.events), depth + 1)))
        return Mapping(entries, line)

    def read_until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def refuse(self, line: int, reason: str) -> Refused:
        self.faults.add(Fault("", line, reason))
        return Refused(line)
