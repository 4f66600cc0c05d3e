"""What operators are told about settings is true of the settings."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


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
