"""What documents say is true of the code: settings, packages, files, names, commands, links. Lines end before 100."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
MAX_WIDTH = 100
MADE = ("build", "data", "node_modules")  # on this machine: in no repository
TREES = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in MADE and path.name[0] != "."]
PATHS = [*ROOT.glob("*"), *(path for tree in TREES for path in tree.rglob("*") if "__pycache__" not in path.parts)]
FILES = {str(path.relative_to(ROOT)) for path in PATHS if path.is_file()}
FOLDERS = {str(path.relative_to(ROOT)) for path in PATHS if path.is_dir()}
DOCUMENTS = sorted(file for file in FILES if file.endswith(".md"))
# A path begins at the root: neither with a package inside letters/ nor with one inside campaign/.
TOPS = {
    part for file in FILES if "/" in file for part in file.split("/")[: 2 if re.match("letters|campaign", file) else 1]
}


def read_lines(document: str) -> list[tuple[int, str, bool]]:
    """Each line with its number, and whether it is code."""
    lines, code = [], False
    for number, line in enumerate((ROOT / document).read_text().splitlines(), 1):
        fence = line.lstrip().startswith("```")
        lines.append((number, line, code or fence))
        code ^= fence
    return lines


def read_prose(document: str) -> str:
    return "\n".join(line for _number, line, code in read_lines(document) if not code)


def list_spans(document: str) -> set[str]:
    """What stands between backticks."""
    return {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", read_prose(document))}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_lines_end_before_column_100(document: str) -> None:
    """But tables, code, pictures, and what cannot be broken, such as an address."""
    long = [
        number
        for number, line, code in read_lines(document)
        if len(line) > MAX_WIDTH and not code and not line.startswith(("|", "![")) and " " in line.lstrip(" -*")
    ]
    assert long == []


def is_path(span: str) -> bool:
    """Whether it names one of our files or folders, but for one folder alone, such as `admin/`, which a URL may have."""
    if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*/?", span) or span.split("/")[0] in MADE:
        return False
    inside = span.split("/")[0] in TOPS and "/" in span.rstrip("/")
    return inside or bool(re.search(r"\.(?:py|md|js|css|html|toml|yaml|csv|bin)$", span))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_are_there(document: str) -> None:
    named = {span.rstrip("/") for span in list_spans(document) if is_path(span)}
    beside = {name for name in named if ((ROOT / document).parent / name).exists()}
    assert sorted(named - FILES - FOLDERS - beside) == []


@cache
def read_code() -> dict[str, list[str]]:
    """The text of each module of ours, by its name without the folder."""
    texts: dict[str, list[str]] = {}
    for file in FILES:
        if file.endswith(".py"):
            texts.setdefault(Path(file).stem, []).append((ROOT / file).read_text())
    return texts


def is_there(owner: str, name: str) -> bool:
    """Whether a class, or a module of ours, has something of this name."""
    if {f"{owner}/{name}.py", f"{owner}/{name}/__init__.py"} & FILES:
        return True
    defined = re.compile(rf"\b(?:def|class) {name}\b|\b{name}\s*[:=]|\"{name}\"")
    texts = read_code().get(owner, [])
    if owner[0].isupper():
        texts = [text for all_texts in read_code().values() for text in all_texts if f"class {owner}" in text]
    elif owner in ("letters", "content", "parliament"):  # a permission, too
        texts = [text for all_texts in read_code().values() for text in all_texts]
    return any(defined.search(text) for text in texts)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_functions_and_tests_that_are_named_are_there(document: str) -> None:
    spans = list_spans(document)
    members = [re.fullmatch(r"([A-Z]\w+|[a-z_]+)\.(\w+)(?:\(\))?", span) for span in spans]
    found = [match for match in members if match and (match[1] in read_code() or match[1][0].isupper())]
    lost = [match[0] for match in found if not is_path(match[0]) and not is_there(match[1], match[2])]
    lost += [span for span in spans if re.fullmatch(r"test_\w+", span) and span not in read_code()]
    assert lost == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_that_are_named_are_there(document: str) -> None:
    text = (ROOT / document).read_text()
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?<![\w/])manage\.py ([a-z_]+)", text)) - set(get_commands()) == set()
    assert set(re.findall(r"`make (\w+)", text)) - targets == set()


def list_anchors(document: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = [line.lstrip("# ") for _number, line, code in read_lines(document) if line.startswith("#") and not code]
    slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    seen: Counter[str] = Counter()
    anchors = set()
    for slug in slugs:
        anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return anchors


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", read_prose(document)):
        path, _hash, anchor = target.partition("#")
        if re.match(r"https?:|mailto:", path):
            continue
        file = (ROOT / document).parent / path if path else ROOT / document
        if not file.exists() or (anchor and anchor not in list_anchors(str(file.resolve().relative_to(ROOT)))):
            lost.append(target)
    assert lost == []


def read_names(path: str, pattern: str) -> list[str]:
    return sorted(re.findall(pattern, (ROOT / path).read_text(), re.MULTILINE))


def test_every_setting_is_in_the_operators_table_and_in_the_example() -> None:
    settings = sorted(set(read_names("campaign/settings.py", r"\b(?:env\.\w+|_read_\w+)\(\s*\"(\w+)\"")))
    assert read_names("docs/operators.md", r"^\| `([A-Z_]+)` \|") == settings
    assert read_names(".env.example", r"^(?:# )?([A-Z_]+)=") == settings


def test_the_house_prints_the_contract_that_is_held() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    (contract,) = re.findall(
        r'^\[\[tool\.importlinter\.contracts\]\]\nname = "Inside letters.*?^\]\n', project, re.MULTILINE | re.DOTALL
    )
    (shown,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "docs/house.md").read_text(), re.MULTILINE | re.DOTALL)
    assert shown == contract


def test_every_package_of_letters_has_a_line_of_purpose() -> None:
    packages = {path.parent.name for path in ROOT.glob("letters/*/__init__.py")} - {
        "management",
        "migrations",
        "templatetags",
    }
    told = read_names("docs/house.md", r"^- \*\*`letters/(\w+)/`\*\*")
    assert told == sorted(packages)


def test_the_site_leads_to_every_page() -> None:
    """Those of docs/, and the two that tools/docs adds."""
    nav = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]

    def list_pages(entry: object) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        else:
            for one in entry.values() if isinstance(entry, dict) else entry:  # type: ignore[attr-defined]
                yield from list_pages(one)

    pages = {path.name for path in (ROOT / "docs").glob("*.md")} | {"upgrading.md", "changelog.md"}
    assert sorted(list_pages(nav)) == sorted(pages)
