"""Trims a library's style sheet to what our pages can use: a phone reads all of it before it shows anything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import tinycss2

NESTING = ("media", "supports")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
COMMA = re.compile(r",(?![^(]*\))")  # between selectors, not inside :not(…)


def list_words(files: Iterable[Path]) -> set[str]:
    """Return all words in these files: every class that is named there is among them."""
    return {word for file in files for word in re.findall(r"[\w-]+", file.read_text(encoding="utf-8"))}


def trim_css(css: str, words: Collection[str]) -> str:
    """Return the style sheet without selectors whose classes are not all among the words, and what only they have."""
    return "".join(_trim(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), words)) + "\n"


def _trim(rules: Iterable[Any], words: Collection[str]) -> Iterable[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = COMMA.split(tinycss2.serialize(rule.prelude))
            if kept := [one for one in selectors if all(name in words for name in CLASS.findall(one))]:
                yield f"{','.join(kept)}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING:
            inside = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if kept := list(_trim(inside, words)):
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{''.join(kept)}}}"
        else:
            yield rule.serialize()
