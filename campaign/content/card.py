"""The picture that other sites show where a campaign's address is shared: 1200 × 630 pixels, as Open Graph has it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

    from campaign.content.models import Campaign

WIDTH, HEIGHT, MARGIN = 1200, 630, 84
PAPER, INK, QUIET, ACCENT = "#faf8f4", "#1c2530", "#4a5158", "#0f5c63"  # as in static/parley.css
TITLE_SIZES = (88, 76, 64, 54, 46, 40)  # the first that leaves the title three lines at most


@dataclass(frozen=True)
class Card:
    """What is written on it."""

    title: str
    tagline: str
    run_by: str
    call: str

    @classmethod
    def of(cls, campaign: Campaign) -> Card:
        run_by = _("Run by %s") % campaign.promoter_name if campaign.promoter_name else ""
        return cls(campaign.title, campaign.tagline, run_by, _("Write to your MP"))

    @property
    def version(self) -> str:
        """Changes with the words, so that nobody is shown an old picture from a cache."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


@lru_cache(maxsize=16)
def draw_card(card: Card) -> bytes:
    """Return the picture as PNG, about 30 kB; takes about 50 ms."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 18), fill=ACCENT)
    room = WIDTH - 2 * MARGIN
    for size in TITLE_SIZES:
        lines = list(break_lines(card.title, font := load_font("SemiBold", size), room))
        if len(lines) <= 3:
            break
    at = 78
    for line in lines[:3]:
        pen.text((MARGIN, at), line, font=font, fill=INK)
        at += round(size * 1.14)
    at += 26
    font = load_font("Regular", 38)
    for line in list(break_lines(card.tagline, font, room))[: max(0, (HEIGHT - 140 - at) // 50)]:
        pen.text((MARGIN, at), line, font=font, fill=QUIET)
        at += 50
    font = load_font("SemiBold", 36)
    pen.rounded_rectangle((MARGIN, HEIGHT - 122, MARGIN + font.getlength(card.call) + 56, HEIGHT - 54), 8, fill=ACCENT)
    pen.text((MARGIN + 28, HEIGHT - 88), card.call, font=font, fill="#ffffff", anchor="lm")
    beside = MARGIN + font.getlength(card.call) + 88
    font = load_font("Regular", 30)
    who = next(break_lines(card.run_by, font, WIDTH - MARGIN - beside), "")
    pen.text((beside, HEIGHT - 88), who, font=font, fill=QUIET, anchor="lm")
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def load_font(cut: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(settings.BUILD_DIR / "vendor" / "gelasio" / f"Gelasio-{cut}.woff2", size)


def break_lines(text: str, font: FreeTypeFont, room: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > room:
            yield line
            longer = word
        line = longer
    if line:
        yield line
