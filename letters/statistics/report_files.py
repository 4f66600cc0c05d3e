"""What a campaign shows to others, as files: a report and a poster as PDF, and pictures as PNG for posts."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.content.card import ACCENT, INK, PAPER, QUIET, break_lines, load_font
from campaign.core.qr import draw_qr
from letters.rendering.fonts import list_letter_fonts
from letters.rendering.pdf import make_fetcher
from letters.statistics.report import MAP_HEIGHT, MAP_WIDTH, Report

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

FINER = 2  # pictures are drawn this much larger and then made smaller, for smooth edges
TITLE_SIZES = (72, 60, 50, 42, 36)


def print_report(report: Report) -> bytes:
    """Return the report as a tagged PDF of one A4 page. Takes about half a second."""
    context = {"report": report, "qr": draw_qr(report.url), "width": MAP_WIDTH, "height": MAP_HEIGHT}
    return _print("report", context)


def print_poster(report: Report) -> bytes:
    """Return a poster of one A4 page, with the campaign's address as a QR code. It has no figures."""
    return _print("poster", {"report": report, "qr": draw_qr(report.url)})


def _print(name: str, context: dict[str, Any]) -> bytes:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetcher = FontConfiguration(), make_fetcher()
    faces = "".join(
        f'@font-face {{ font-family: Gelasio; src: url("letter:{face}"); {_say_face(face)} }}'
        for face in list_letter_fonts()
    )
    styles = [
        CSS(string=text, font_config=fonts, url_fetcher=fetcher)
        for text in (faces, (settings.BASE_DIR / "static" / "letter" / f"{name}.css").read_text())
    ]
    page = HTML(string=render_to_string(f"letters/{name}.html", context), url_fetcher=fetcher)
    pdf: bytes = page.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")
    return pdf


def _say_face(name: str) -> str:
    return "font-style: italic;" if "Italic" in name else "font-weight: 700;" if "Bold" in name else ""


@dataclass(frozen=True)
class Shape:
    """A picture's size, and where things stand in it, in pixels."""

    width: int
    height: int
    margin: int
    map_height: int
    map_top: int
    number_size: int
    text_width: int


SHAPES = {
    "square": Shape(1080, 1080, 64, 770, 180, 150, 345),
    "wide": Shape(1200, 630, 56, 560, 40, 120, 640),
}


def draw_report(report: Report, shape: Shape) -> bytes:
    """Return the report as PNG, at most 100 kB."""
    from PIL import Image as Images
    from PIL import ImageDraw

    image = Images.new("RGB", (shape.width * FINER, shape.height * FINER), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, image.width, 14 * FINER), fill=ACCENT)
    _draw_map(pen, report, shape)
    image = image.resize((shape.width, shape.height), Images.Resampling.LANCZOS)
    _write(image, report, shape)
    file = io.BytesIO()
    image.quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_map(pen: ImageDraw, report: Report, shape: Shape) -> None:
    scale = shape.map_height / MAP_HEIGHT
    left = shape.width - shape.margin - MAP_WIDTH * scale
    for hexagon in report.hexagons:
        places = [(FINER * (left + x * scale), FINER * (shape.map_top + y * scale)) for x, y in hexagon.points]
        pen.polygon(places, fill=hexagon.colour, outline=PAPER)


def _write(image: Image, report: Report, shape: Shape) -> None:
    from PIL import ImageDraw

    pen, left, at = ImageDraw.Draw(image), shape.margin, shape.margin
    square = shape.width == shape.height
    room = shape.width - 2 * left if square else shape.text_width
    for size in TITLE_SIZES:
        lines = list(break_lines(report.title, load_font("SemiBold", size), room))
        if len(lines) <= (1 if square else 2):
            break
    for line in lines[:2]:
        pen.text((left, at), line, font=load_font("SemiBold", size), fill=INK)
        at += round(size * 1.15)
    at = max(at + 24, shape.map_top) if square else at + 16
    pen.text(
        (left, at),
        number_format(report.sent, use_l10n=True, force_grouping=True),
        font=load_font("SemiBold", shape.number_size),
        fill=ACCENT,
    )
    at += round(shape.number_size * 1.12)
    at = _write_lines(pen, say_sent(report), 40, INK, left, at, shape.text_width)
    at = _write_lines(pen, say_places(report), 32, QUIET, left, at + 12, shape.text_width)
    if report.answered:
        at = _write_lines(pen, say_answered(report), 32, QUIET, left, at + 8, shape.text_width)
    day = date_format(report.day, "j F Y")
    foot = [f"{day} · {report.address}"] if square else [day, report.address]
    room = shape.width - 2 * left if square else shape.text_width
    at = shape.height - shape.margin - 38 * len(foot)
    for line in foot:
        pen.text(
            (left, at),
            next(break_lines(line, load_font("Regular", 28), room), line),
            font=load_font("Regular", 28),
            fill=QUIET,
        )
        at += 38


def _write_lines(pen: ImageDraw, text: str, size: int, colour: str, left: int, at: int, room: int) -> int:
    font = load_font("Regular", size)
    lines: Iterable[str] = break_lines(text, font, room)
    for line in lines:
        pen.text((left, at), line, font=font, fill=colour)
        at += round(size * 1.25)
    return at


def say_sent(report: Report) -> str:
    if report.rehearsal:
        return _("rehearsal letters, sent to no MP")
    return ngettext("letter sent to an MP", "letters sent to MPs", report.sent)


def say_places(report: Report) -> str:
    return _("from %(some)s of %(all)s constituencies") % {
        "some": report.constituencies,
        "all": report.all_constituencies,
    }


def say_answered(report: Report) -> str:
    words = ngettext("%(count)d has been answered", "%(count)d have been answered", report.answered)
    return words % {"count": report.answered}
