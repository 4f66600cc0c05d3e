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
