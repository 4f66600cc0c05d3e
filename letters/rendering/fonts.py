"""Subsets Gelasio at set-up to the characters that letters use.

The whole family would cost WeasyPrint time in every letter (it reads and subsets each face again), and visitors bytes;
a subset made once costs neither. Gelasio's licence (OFL 1.1, no reserved name) allows a subset under its name.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings

PACKAGE = Path("@expo-google-fonts") / "gelasio"

# Face → file in the npm package.
FACES = {
    "Regular": "400Regular/Gelasio_400Regular.ttf",
    "Italic": "400Regular_Italic/Gelasio_400Regular_Italic.ttf",
    "SemiBold": "600SemiBold/Gelasio_600SemiBold.ttf",
    "Bold": "700Bold/Gelasio_700Bold.ttf",
}
LETTER_FACES = ("Regular", "Italic", "Bold")

# The characters of a letter to an MP; all others fall back to DejaVu Serif.
LETTER_RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x024F),  # Latin-1, Extended-A (Welsh ŵ ŷ) and Extended-B (Romanian ș ț)
    (0x02B0, 0x02FF),  # modifier letters, such as ʻ and ʼ in names
    (0x0300, 0x036F),  # combining marks
    (0x1E00, 0x1EFF),  # Welsh ẁ ẃ ẅ ỳ, Vietnamese
    (0x2000, 0x209F),  # dashes, quotation marks, ellipsis; superior and inferior figures
    (0x20A0, 0x20CF),  # currencies
    (0x2100, 0x22FF),  # №, ™, fractions, arrows, − ≤ ≥
    (0xFB01, 0xFB02),  # fi, fl
)
# The website's headings need fewer, and every visitor has to download them.
WEB_RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x017F),
    (0x0218, 0x021B),
    (0x0300, 0x0308),
    (0x1E80, 0x1E85),
    (0x1EF2, 0x1EF3),
    (0x2010, 0x2030),
    (0x2039, 0x203A),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x20AC, 0x20AC),
)
# Ligatures, kerning, and combining marks.
FEATURES = ["liga", "kern", "ccmp", "locl", "mark", "mkmk"]


class SourceMissingError(Exception):
    """The npm packages are missing."""


def list_letter_fonts() -> dict[str, Path]:
    return {f"Gelasio-{face}.ttf": settings.BUILD_DIR / "fonts" / f"Gelasio-{face}.ttf" for face in LETTER_FACES}


def build_fonts(node_modules: Path, build_dir: Path) -> list[Path]:
    """Write the letters' fonts (TTF) and the website's (WOFF2) into `build_dir`; return what was written.

    Nothing is written if the files exist and were made from the same sources by the same code.
    Raises SourceMissingError if the npm package is not installed.
    """
    package = node_modules / PACKAGE
    sources = {face: package / file for face, file in FACES.items()}
    missing = [path for path in sources.values() if not path.is_file()]
    if missing:
        raise SourceMissingError(f"{missing[0]} is missing. Run `npm ci` in the project's directory first.")

    wanted = {build_dir / "fonts" / f"Gelasio-{face}.ttf": face for face in LETTER_FACES}
    wanted |= {build_dir / "vendor" / "gelasio" / f"Gelasio-{face}.woff2": face for face in FACES}
    stamp, recipe = build_dir / "fonts" / "made-from.sha256", _hash_files([Path(__file__), *sources.values()])
    if stamp.is_file() and stamp.read_text() == recipe and all(path.is_file() for path in wanted):
        return []

    for path, face in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_subset(sources[face], path)
    # The OFL requires it beside the files.
    (build_dir / "vendor" / "gelasio" / "OFL.txt").write_bytes((package / "LICENSE_FONT").read_bytes())
    stamp.write_text(recipe)
    return list(wanted)


def _hash_files(files: list[Path]) -> str:
    """Return one SHA-256 over the contents of these files."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _write_subset(source: Path, target: Path) -> None:
    """Subset `source` into `target`, whose suffix says for which use and in which format."""
    from fontTools import subset  # slow to import, and only this needs it

    woff2 = target.suffix == ".woff2"
    options = subset.Options(
        layout_features=FEATURES, flavor="woff2" if woff2 else None, hinting=False, name_IDs=[1, 2, 3, 4, 5, 6, 13, 14]
    )
    options.recalc_timestamp = False  # the same source makes the same file
    font = subset.load_font(str(source), options)
    _make_figures_lining(font)
    subsetter = subset.Subsetter(options)
    ranges = WEB_RANGES if woff2 else LETTER_RANGES
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    unfinished = target.with_name(target.name + ".part")  # so that nobody reads half a font
    subset.save_font(font, str(unfinished), options)
    unfinished.replace(target)


def _make_figures_lining(font: Any) -> None:
    """Make lining figures the default: postcodes and years look better in them.

    Not left to CSS (font-variant-numeric), because WeasyPrint 70 leaks memory for every line with a font feature.
    """
    table = font["GSUB"].table
    indices = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "lnum"
        for index in record.Feature.LookupListIndex
    }
    lining: dict[str, str] = {}
    for index in indices:
        for part in table.LookupList.Lookup[index].SubTable:
            lining |= getattr(part, "ExtSubTable", part).mapping
    for cmap in font["cmap"].tables:
        cmap.cmap = {code: lining.get(glyph, glyph) for code, glyph in cmap.cmap.items()}
