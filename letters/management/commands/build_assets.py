"""Make what the site and its letters need out of the npm packages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from letters.fonts import SourceMissingError, build_fonts


class Command(BaseCommand):
    """Subset the fonts and copy Bootstrap's stylesheet into the build directory."""

    help = "Subset the fonts and copy Bootstrap's stylesheet from node_modules into build/ (quick; run after npm ci)."
    requires_system_checks: list[str] = []  # the checks ask for the very files that this makes

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is missing or out of date."""
        node_modules: Path = settings.BASE_DIR / "node_modules"
        try:
            written = build_fonts(node_modules, settings.BUILD_DIR)
        except SourceMissingError as error:
            raise CommandError(str(error)) from error
        written += copy_bootstrap(node_modules, settings.BUILD_DIR)
        for path in written:
            self.stdout.write(f"wrote {path.relative_to(settings.BUILD_DIR.parent)} ({path.stat().st_size:,} bytes)")
        if not written:
            self.stdout.write("Fonts and Bootstrap are up to date.")


def copy_bootstrap(node_modules: Path, build_dir: Path) -> list[Path]:
    """Copy Bootstrap's minified stylesheet to build/vendor/bootstrap/; return what was written.

    Raises CommandError if the npm package is not installed.
    """
    source = node_modules / "bootstrap" / "dist" / "css" / "bootstrap.min.css"
    if not source.is_file():
        raise CommandError(f"{source} is missing. Run `npm ci` in the project's directory first.")
    # Without its last line: the map it names is not copied, and collectstatic stops at a file that is not there.
    css = re.sub(r"\n?/\*# sourceMappingURL=.*?\*/\s*$", "\n", source.read_text())
    target = build_dir / "vendor" / "bootstrap" / "bootstrap.min.css"
    if target.is_file() and target.read_text() == css:
        return []
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(css)
    return [target]
