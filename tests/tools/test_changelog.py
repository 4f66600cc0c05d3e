"""The changelog's newest version is the project's, and it keeps to the form of Keep a Changelog."""

import datetime as dt
import re
import tomllib
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CHANGELOG.md").read_text()
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def read_releases() -> list[tuple[tuple[int, ...], dt.date]]:
    found = re.findall(r"^## \[(\d+)\.(\d+)\.(\d+)\] - (\S+)$", TEXT, re.MULTILINE)
    return [(tuple(map(int, number)), dt.date.fromisoformat(day)) for *number, day in found]


def test_the_newest_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert ".".join(map(str, read_releases()[0][0])) == project["version"]


def test_the_newest_stands_first_below_what_is_not_released() -> None:
    headings = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    releases = read_releases()
    assert headings[0] == "[Unreleased]"
    assert len(headings) == 1 + len(releases), "the others have a version and a date"
    assert all(new[0] > old[0] and new[1] >= old[1] for new, old in pairwise(releases))


def test_changes_are_grouped_by_kind() -> None:
    assert set(re.findall(r"^### (.*)$", TEXT, re.MULTILINE)) <= KINDS
