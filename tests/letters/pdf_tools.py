"""What poppler sees in a PDF (Debian package poppler-utils)."""

from __future__ import annotations

import html
import re
import subprocess
import unicodedata
from dataclasses import dataclass

MM = 72 / 25.4
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@dataclass(frozen=True)
class Word:
    """A printed word and its box in millimetres from the page's top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def read_text(pdf: bytes) -> str:
    """Return the text in the order in which it is painted."""
    run = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


def read_words(pdf: bytes, page: int = 1) -> list[Word]:
    """Return the words of one page with their places."""
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-"]
    run = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return [
        Word(html.unescape(text), *(float(number) / MM for number in numbers))
        for *numbers, text in WORD.findall(run.stdout.decode())
    ]


def list_fonts(pdf: bytes) -> list[tuple[str, bool, bool]]:
    """Return (name, embedded, subset) of every font."""
    lines = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode().splitlines()
    rows = [line.split() for line in lines[2:]]
    return [(row[0], row[-5] == "yes", row[-4] == "yes") for row in rows]


def squeeze(text: str) -> str:
    """Return the text without white space and in one normal form, so that line breaks do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).split())
