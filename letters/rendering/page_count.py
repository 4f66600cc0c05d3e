"""Estimates a letter's number of pages, fast enough to show it while it is being written.

The PDF itself takes 50 ms and a process makes one at a time; this breaks the same text into lines by the font's own
widths and fills pages with them, by the measures of static/letter/print.css, in 1.5 ms. It
leaves out kerning, so a letter that ends within a line of a page's end may be counted one page off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from letters.rendering.fonts import list_letter_fonts
from letters.rendering.plain_text import list_below_name
from letters.writing.compose import LetterText

# In points. static/letter/print.css has the same in millimetres.
MM = 72 / 25.4
PAGE_HEIGHT = (297 - 20 - 23) * MM
PAGE_WIDTH = (210 - 25 - 22) * MM
SIZE, LINE, GAP = 11.0, 11 * 1.29, 11 * 0.56
SENDER_HEIGHT, SENDER_WIDTH, SENDER_LINE = 49 * MM, PAGE_WIDTH - 106 * MM, 11 * 1.3
NAME_GAP = 17 * MM  # room to sign
SOURCES_GAP, SOURCE_SIZE, SOURCE_LINE, SOURCE_GAP = 5 * MM, 8.5, 8.5 * 1.3, 8.5 * 0.2
NOTE_SIZE = 11 * 0.66
ROOMY_SHARE = 0.68


@cache
def read_widths(face: str = "Regular") -> tuple[dict[int, float], float]:
    from fontTools.ttLib import TTFont

    path: Path = list_letter_fonts()[f"Gelasio-{face}.ttf"]
    with TTFont(path, lazy=True) as font:
        units, advances = font["head"].unitsPerEm, font["hmtx"].metrics
        widths = {code: advances[name][0] / units for code, name in font.getBestCmap().items()}
    return widths, widths[ord("m")]


def measure(text: str, size: float, face: str = "Regular") -> float:
    widths, usual = read_widths(face)
    return size * sum(widths.get(ord(character), usual) for character in text)


def count_lines(text: str, width: float, size: float = SIZE, *, extra: float = 0, face: str = "Regular") -> int:
    """Count a text's lines; `extra` is the width of what follows its last word."""
    space = measure(" ", size, face)
    lines = 0
    for row in text.split("\n"):
        lines, at = lines + 1, 0.0
        words = row.split(" ")
        for word in words:
            long = measure(word, size, face)
            if at and at + long > width:
                lines, at = lines + 1, 0.0
            while long > width:  # a word longer than a line is broken anywhere
                lines, long = lines + 1, long - width
            at += long + space
        at -= space
    return lines + (1 if extra and at + extra > width else 0)


@dataclass
class Pages:
    """Pages, filled from the top."""

    count: int = 1
    at: float = 0.0
    gap: float = field(default=0.0)  # below the last item; dropped at the end of a page

    def put(self, height: float, gap: float = 0.0) -> None:
        """Add something unbreakable; `gap` is the space below it."""
        if self.at and self.at + self.gap + height > PAGE_HEIGHT:
            self.count, self.at, self.gap = self.count + 1, 0.0, 0.0
        self.at += self.gap + height
        self.gap = gap

    def put_lines(self, lines: int, gap: float, below: float = 0.0) -> None:
        """Add a paragraph, keeping two lines together at its start and end, and `below` with its end."""
        heights = [2, *[1] * (lines - 4), 2] if lines > 3 else [lines]
        for height in heights[:-1]:
            self.put(height * LINE)
        self.put(heights[-1] * LINE + below, gap)


def count_pages(text: LetterText) -> int:
    """Estimate the letter's A4 pages at the usual size (see above)."""
    return fill_pages(text).count


def fits_easily(text: LetterText) -> bool:
    """Whether the page has so much room left that larger print does not need another."""
    pages = fill_pages(text)
    return pages.count == 1 and pages.at < ROOMY_SHARE * PAGE_HEIGHT


def fill_pages(text: LetterText) -> Pages:
    pages = Pages()
    sender = sum(count_lines(line, SENDER_WIDTH) for line in text.sender_lines)
    pages.put(max(SENDER_HEIGHT, sender * SENDER_LINE))
    pages.put_lines(1, SIZE)  # the date
    pages.put_lines(1, GAP)  # the salutation
    pages.put_lines(count_lines(text.subject, PAGE_WIDTH, face="Bold"), GAP)
    body = [(part.text, part.note_numbers if text.sources else ()) for part in text.body]
    counts = [count_lines(words, PAGE_WIDTH, extra=measure_notes(notes)) for words, notes in body] or [0]
    for lines in counts[:-1]:
        pages.put_lines(lines, GAP)
    # What follows "Yours sincerely" is never alone on a page.
    name = sum(count_lines(line, PAGE_WIDTH) for line in (text.sender_name, *list_below_name(text)))
    pages.put_lines(counts[-1], SOURCES_GAP, GAP + LINE + NAME_GAP + name * LINE)
    if text.source_line:
        lines = count_lines(text.source_line, PAGE_WIDTH, SOURCE_SIZE)
        pages.put(lines * SOURCE_LINE, SOURCE_GAP)
    else:
        put_sources(pages, text.sources)
    return pages


def measure_notes(numbers: Iterable[int]) -> float:
    return measure(", ".join(map(str, numbers)), NOTE_SIZE)


def put_sources(pages: Pages, sources: tuple[str, ...]) -> None:
    above = SOURCE_LINE + SOURCE_SIZE * 0.3
    for source in sources:
        lines = count_lines(source, PAGE_WIDTH - 1.5 * SOURCE_SIZE, SOURCE_SIZE)
        pages.put(above + lines * SOURCE_LINE, SOURCE_GAP)
        above = 0.0
