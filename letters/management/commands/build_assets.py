"""Make what the site and its letters need out of the npm packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaign.core.trimming import list_words, trim_css
from letters.rendering.fonts import SourceMissingError, build_fonts

LIBRARIES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "sortablejs/Sortable.min.js": "sortablejs/Sortable.min.js",
}


class Command(BaseCommand):
    """Subset the fonts, and copy the front-end libraries' files, trimmed, into the build directory."""

    help = "Builds the fonts and front-end libraries in build/ from node_modules. Run it after npm ci."
    requires_system_checks: list[str] = []  # the checks ask for the very files that this makes

    def handle(self, *args: Any, **options: Any) -> None:
        node_modules: Path = settings.BASE_DIR / "node_modules"
        try:
            written = build_fonts(node_modules, settings.BUILD_DIR)
        except SourceMissingError as error:
            raise CommandError(str(error)) from error
        for source, target in LIBRARIES.items():
            written += copy_library(node_modules, settings.BUILD_DIR, source, target)
        for path in written:
            self.stdout.write(f"wrote {path.relative_to(settings.BUILD_DIR.parent)} ({path.stat().st_size:,} bytes)")
        if not written:
            self.stdout.write("Fonts and libraries are up to date.")


def copy_library(node_modules: Path, build_dir: Path, source: str, target: str) -> list[Path]:
    """Copy a library's file from its npm package to build/vendor/; return what was written.

    Raises CommandError if the npm package is not installed.
    """
    original, copy = node_modules / source, build_dir / "vendor" / target
    if not original.is_file():
        raise CommandError(f"{original} is missing. Run `npm ci` in the project's directory first.")
    # Without its last line: the map it names is not copied, and collectstatic stops at a file that is not there.
    text = re.sub(r"\n?/\*# sourceMappingURL=.*?\*/\s*$", "\n", original.read_text())
    if original.suffix == ".css":
        text = trim_css(text, list_words(find_pages()))
    if copy.is_file() and copy.read_text() == text:
        return []
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text)
    return [copy]


def find_pages() -> Iterator[Path]:
    """Find all files that may name a class of a page: ours, and those that draw our forms."""
    for folder, pattern in (("templates", "*.html"), ("static", "*.js"), ("letters", "*.py"), ("campaign", "*.py")):
        yield from (settings.BASE_DIR / folder).rglob(pattern)
    for package in ("crispy_forms", "crispy_bootstrap5"):
        spec = find_spec(package)
        for place in (spec.submodule_search_locations if spec else None) or []:
            yield from Path(place).rglob("*.html")
            yield from Path(place).rglob("*.py")
