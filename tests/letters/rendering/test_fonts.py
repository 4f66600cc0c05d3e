"""The fonts that letters and pages are set in (letters/management/commands/build_assets.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from fontTools.ttLib import TTFont

from letters.management.commands.build_assets import LIBRARIES, copy_library
from letters.rendering.fonts import SourceMissingError, build_fonts

BOOTSTRAP = "bootstrap/dist/css/bootstrap.min.css"
NODE_MODULES = settings.BASE_DIR / "node_modules"
WELSH = "ÂÊÎÔÛŴŶâêîôûŵŷÁÉÍÓÚẂÝáéíóúẃýÄËÏÖÜẄŸäëïöüẅÿÀÈÌÒÙẀỲàèìòùẁỳ"


@pytest.fixture(scope="module")
def build_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build directory with everything in it."""
    path = tmp_path_factory.mktemp("build")
    build_fonts(NODE_MODULES, path)
    return path


def test_every_font_has_welsh_quotation_marks_and_currencies(build_dir: Path) -> None:
    fonts = [*build_dir.glob("fonts/*.ttf"), *build_dir.glob("vendor/gelasio/*.woff2")]
    assert len(fonts) == 7
    for path in fonts:
        has = TTFont(path).getBestCmap()
        assert [c for c in WELSH + "‘’“”–—…£€" if ord(c) not in has] == []


def test_a_page_loads_little(build_dir: Path) -> None:
    assert max(path.stat().st_size for path in build_dir.glob("vendor/gelasio/*.woff2")) < 40_000


def test_it_builds_once_and_always_the_same(build_dir: Path, tmp_path: Path) -> None:
    assert build_fonts(NODE_MODULES, build_dir) == []
    for path in build_fonts(NODE_MODULES, tmp_path):
        assert path.read_bytes() == (build_dir / path.relative_to(tmp_path)).read_bytes()


def test_a_lost_file_is_built_again(tmp_path: Path) -> None:
    build_fonts(NODE_MODULES, tmp_path)
    (tmp_path / "fonts" / "Gelasio-Bold.ttf").unlink()
    assert tmp_path / "fonts" / "Gelasio-Bold.ttf" in build_fonts(NODE_MODULES, tmp_path)


def test_without_npm_packages_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceMissingError, match="npm ci"):
        build_fonts(tmp_path, tmp_path)
    with pytest.raises(CommandError, match="npm ci"):
        copy_library(tmp_path, tmp_path, BOOTSTRAP, LIBRARIES[BOOTSTRAP])
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(CommandError, match="npm ci"):
        call_command("build_assets")


def test_bootstrap_names_no_map_that_is_not_there(tmp_path: Path) -> None:
    (copied,) = copy_library(NODE_MODULES, tmp_path, BOOTSTRAP, LIBRARIES[BOOTSTRAP])
    assert "sourceMappingURL" not in copied.read_text()
    assert copied.read_text().rstrip().endswith("}")
    assert copy_library(NODE_MODULES, tmp_path, BOOTSTRAP, LIBRARIES[BOOTSTRAP]) == []


def test_bootstrap_has_what_pages_use_and_little_else(tmp_path: Path) -> None:
    (copied,) = copy_library(NODE_MODULES, tmp_path, BOOTSTRAP, LIBRARIES[BOOTSTRAP])
    css = copied.read_text()
    for used in (".btn-primary", ".form-control.is-invalid", ".form-check-input:checked", ".visually-hidden", ":root"):
        assert used in css
    assert ".carousel" not in css
    assert len(css) < 70_000
