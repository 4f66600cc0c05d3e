"""Tests mirror the code: every module has its test file, or is named in another test file's first line.

A first line names a module of the package that the file mirrors by its file (`spelling.py`, `admin/packs.py`), and one
of another package by its path from the root.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def list_modules() -> set[str]:
    """Every module with something in it, but migrations, as a path from the root."""
    found = (path for package in ("campaign", "letters") for path in (ROOT / package).rglob("*.py"))
    paths = {path.relative_to(ROOT) for path in found}
    return {str(path) for path in paths if path.name != "__init__.py" and "migrations" not in path.parts}


def read_tests() -> dict[str, list[str]]:
    """The names of modules in each test file's first line."""
    return {
        str(path.relative_to(ROOT / "tests")): re.findall(
            r"(?<![\w/])(?!manage\.py)[\w/]+\.py\b", path.read_text().partition("\n")[0]
        )
        for path in (ROOT / "tests").rglob("test_*.py")
    }


def resolve(test: str, name: str) -> str:
    """The path from the root of what a test file names."""
    beside = str(Path(test).parent / name)
    return name if (ROOT / name).exists() else beside


def test_every_module_has_its_tests() -> None:
    modules = list_modules()
    tested = {resolve(test, name) for test, names in read_tests().items() for name in names}
    tested |= {str(Path(test).with_name(Path(test).name.removeprefix("test_"))) for test in read_tests()}
    assert sorted(modules - tested) == []


def test_what_first_lines_name_is_there() -> None:
    modules = list_modules()
    lost = [
        (test, name) for test, names in read_tests().items() for name in names if resolve(test, name) not in modules
    ]
    assert lost == []
