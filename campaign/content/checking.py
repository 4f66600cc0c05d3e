"""Checks across a pack's entries: duplicate keys, missing themes, what each argument needs.

It reads nodes rather than the parsed pack, so that these faults are reported together with all others.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from itertools import islice

from campaign.content.audiences import Audience
from campaign.content.models import Phrasing
from campaign.content.pack import PACK_FORMAT, READABLE_FORMATS, Fault, shorten_text
from campaign.content.yaml_nodes import Mapping, Node, Scalar, Sequence

MAX_COMPARED = 50  # names compared to find the one meant


def check_whole(root: Node) -> Iterator[Fault]:
    pack = _get_values(root)
    number = pack.get("format")
    if isinstance(number, Scalar) and number.text not in READABLE_FORMATS:
        yield Fault("format", number.line, f"has to be {PACK_FORMAT}, the format that this version reads (or 1)")
    begin, end = _get_text(pack, "send_from"), _get_text(pack, "send_until")
    if end and (end <= begin or end == "00:00"):
        reason = "has to be later in the day than send_from; for hours over midnight, leave send_until out"
        yield Fault("send_until", pack["send_until"].line, reason)
    for name in ("prompts", "openings", "preface", "preface_signs", "preface_own_signs", "subjects"):
        yield from _check_lines(pack, name, name)
    for index, node in enumerate(_get_items(pack, "asks")):
        path, ask = f"asks[{index}]{name_entry(node)}", _get_values(node)
        yield from _check_lines(ask, "wordings", f"{path}.wordings")
        for name in ("not_for", "only_for"):
            for office in _get_items(ask, name):
                if isinstance(office, Scalar) and office.text not in Audience.values:
                    yield Fault(f"{path}.{name}", office.line, f"has to be {', '.join(Audience.values)}")
    for name in ("themes", "asks", "arguments"):
        yield from _check_keys(pack, name)
    themes = [_get_text(_get_values(theme), "key") for theme in _get_items(pack, "themes")]
    for index, node in enumerate(_get_items(pack, "arguments")):
        path, argument = f"arguments[{index}]{name_entry(node)}", _get_values(node)
        yield from _check_theme(argument, path, themes)
        yield from _check_sources(argument, path)
        yield from _check_phrasings(argument, path, _get_text(pack, "language"))
        yield from _check_references(argument, path)
        yield from _check_people(argument, path)
        yield from _check_lines(argument, "subjects", f"{path}.subjects")


def name_entry(node: Node) -> str:
    key = _get_text(_get_values(node), "key")
    return f" ({shorten_text(key)})" if key else ""


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Return “; did you mean …?” if one of the known names is close."""
    close = difflib.get_close_matches(name[:100], list(islice(known, MAX_COMPARED)), n=1)
    return f"; did you mean “{shorten_text(close[0])}”?" if close else ""


def _check_lines(values: dict[str, Node], name: str, path: str) -> Iterator[Fault]:
    for index, line in enumerate(_get_items(values, name)):
        if isinstance(line, Scalar) and (not line.text.strip() or "\n" in line.text.strip()):
            yield Fault(f"{path}[{index}]", line.line, "has to be one line of text")


def _check_keys(pack: dict[str, Node], name: str) -> Iterator[Fault]:
    if isinstance(pack.get(name), Sequence) and not _get_items(pack, name):
        yield Fault(name, pack[name].line, "is empty")
    seen: dict[str, int] = {}
    for index, node in enumerate(_get_items(pack, name)):
        key = _get_text(_get_values(node), "key")
        if key and key in seen:
            reason = f"“{shorten_text(key)}” is the key of {name}[{seen[key]}] too"
            yield Fault(f"{name}[{index}].key", node.line, reason)
        seen.setdefault(key, index)


def _check_theme(argument: dict[str, Node], path: str, themes: list[str]) -> Iterator[Fault]:
    theme = _get_text(argument, "theme")
    if theme and theme not in themes:
        reason = f"there is no theme “{shorten_text(theme)}”{suggest_name(theme, themes)}"
        yield Fault(f"{path}.theme", argument["theme"].line, reason)


def _check_sources(argument: dict[str, Node], path: str) -> Iterator[Fault]:
    if isinstance(argument.get("sources"), Sequence) and not _get_items(argument, "sources"):
        yield Fault(f"{path}.sources", argument["sources"].line, "has no source; an argument needs at least one")


def _check_references(argument: dict[str, Node], path: str) -> Iterator[Fault]:
    count = len(_get_items(argument, "sources"))
    numbers = [
        (f"phrasings[{index}].sources", number)
        for index, node in enumerate(_get_items(argument, "phrasings"))
        for number in _get_items(_get_values(node), "sources")
    ]
    notes = enumerate(_get_items(argument, "notes"))
    numbers += [
        (f"notes[{index}].source", _get_values(node)["source"])
        for index, node in notes
        if "source" in _get_values(node)
    ]
    for name, number in numbers:
        if isinstance(number, Scalar) and number.kind == "int" and not 1 <= int(number.text[:9]) <= count:
            reason = f"there is no source {shorten_text(number.text, 20)}: the argument has {count}"
            yield Fault(f"{path}.{name}", number.line, reason)


def _check_people(argument: dict[str, Node], path: str) -> Iterator[Fault]:
    for index, node in enumerate(_get_items(argument, "phrasings")):
        text = _get_text(_get_values(node), "text")
        for person in _get_items(_get_values(node), "people"):
            introduced = _get_text(_get_values(person), "introduced")
            if not introduced or text.count(introduced) != 1:
                reason = f"“{shorten_text(introduced)}” has to be in the text, once"
                yield Fault(f"{path}.phrasings[{index}].people", person.line, reason)


def _check_phrasings(argument: dict[str, Node], path: str, language: str) -> Iterator[Fault]:
    seen = set()
    for index, node in enumerate(_get_items(argument, "phrasings")):
        pair = (_get_text(_get_values(node), "language"), _get_text(_get_values(node), "length"))
        text = _get_text(_get_values(node), "text")
        if (*pair, text) in seen and all(pair):
            reason = f"the same {shorten_text(pair[1])} phrasing in “{shorten_text(pair[0])}” a second time"
            yield Fault(f"{path}.phrasings[{index}]", node.line, reason)
        seen |= {pair, (*pair, text)}
    for length in Phrasing.Length.values:
        if language and isinstance(argument.get("phrasings"), Sequence) and (language, length) not in seen:
            reason = f"has no {length} phrasing in “{shorten_text(language)}”, the pack's language"
            yield Fault(f"{path}.phrasings", argument["phrasings"].line, reason)


def _get_values(node: Node) -> dict[str, Node]:
    if not isinstance(node, Mapping):
        return {}
    return {key.text: value for key, value in reversed(node.entries) if isinstance(key, Scalar)}


def _get_items(values: dict[str, Node], name: str) -> list[Node]:
    node = values.get(name)
    return node.items if isinstance(node, Sequence) else []


def _get_text(values: dict[str, Node], name: str) -> str:
    node = values.get(name)
    return node.text.strip() if isinstance(node, Scalar) else ""
