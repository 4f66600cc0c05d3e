"""Renders a letter's text as HTML and PDF.

WeasyPrint does the layout. It is fast, with constant memory, because a process reads fonts and stylesheets only once
(`_Renderer`); see benchmarks/pdf.py for the limits.
"""

from __future__ import annotations

import atexit
import gc
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from letters.rendering.fonts import list_letter_fonts
from letters.rendering.page_count import fits_easily
from letters.writing.compose import MAX_PAGES, LetterText

if TYPE_CHECKING:
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration

STYLES = Path(settings.BASE_DIR) / "static" / "letter"
VARIANT = {"pdf_variant": "pdf/ua-1"}  # needed for layout and for writing
PRINT = 4  # the Print flag of an annotation: ISO 32000-1, table 165, bit 3
# Lines of the recipient's address that fit into the envelope's window at the usual size, and characters per line.
WINDOW_ROWS, WINDOW_ROW_LENGTH, WINDOW_ROW_LENGTH_LARGE = 5, 42, 36

# A stored letter may have one page more than was allowed, if the supporter has corrected the address.
MAX_PRINTED = MAX_PAGES + 1
LARGE_PRINT_PAGES = 4  # at most, for one page of ordinary print

# One letter at a time in a process. Pango's font maps, and WeasyPrint's caches in FontConfiguration, may not be used
# by two threads at once; a set for every thread would cost its memory again and gain little, as layout holds the GIL.
_press_lock = threading.Lock()


class RenderingNotReadyError(RuntimeError):
    """This machine lacks something needed to render letters."""


class LetterTooLongError(ValueError):
    """The letter has too many pages."""


def require_fast_subsetting() -> None:
    """Raise RenderingNotReadyError if WeasyPrint would subset fonts with fontTools, at twice the time a letter."""
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is None:
        raise RenderingNotReadyError(
            "WeasyPrint does not find HarfBuzz's subset library. Install the Debian package libharfbuzz-subset0."
        )


def require_fonts() -> None:
    """Raise RenderingNotReadyError if the letters' fonts have not been built."""
    missing = [path for path in list_letter_fonts().values() if not path.is_file()]
    if missing:
        raise RenderingNotReadyError(f"{missing[0]} is missing. Run `make setup`, which builds the letters' fonts.")


def warm_up() -> None:
    """Read fonts and stylesheets before the first letter. Raises RenderingNotReadyError."""
    with _press_lock:
        _get_renderer()


def render_letter_html(text: LetterText, *, large_print: bool = False) -> str:
    """Return the HTML document that the PDF is made from. Everything in `text` is escaped."""
    with override(text.language):
        context = {
            "letter": text,
            "language": "en-GB" if text.language == "en" else text.language,
            "title": _("%(subject)s: letter to %(recipient)s")
            % {"subject": text.subject, "recipient": next(iter(text.recipient_lines), "")},
            "body_class": _class_body(text, large_print=large_print),
        }
        return render_to_string("letters/letter.html", context)


def render_letter_pdf(text: LetterText, *, large_print: bool = False, most_pages: int = MAX_PRINTED) -> bytes:
    """Return the letter as a tagged PDF/UA-1 file; the same text always gives the same bytes.

    May be called from any thread; letters of one process are made one after the other. Takes about 50 ms.
    Raises LetterTooLongError for more than `most_pages` in ordinary print, or what they make in large print, and
    RenderingNotReadyError if the fonts or HarfBuzz's subset library are missing.
    """
    html = render_letter_html(text, large_print=large_print)
    most = most_pages * LARGE_PRINT_PAGES if large_print else most_pages
    with _press_lock:
        return _get_renderer().print(html, large_print=large_print, most_pages=most)


def count_letter_pages(text: LetterText, *, large_print: bool = False) -> int:
    """Return the number of pages in the PDF, in half its time. Raises the same errors."""
    html = render_letter_html(text, large_print=large_print)
    with _press_lock:
        return len(_get_renderer().lay_out(html, large_print=large_print).pages)


def _class_body(text: LetterText, *, large_print: bool) -> str:
    address = _address_class(text.recipient_lines, large_print=large_print)
    return address or ("letter-roomy" if not large_print and fits_easily(text) else "")


def _address_class(lines: tuple[str, ...], *, large_print: bool) -> str:
    if _count_rows(lines, WINDOW_ROW_LENGTH) > WINDOW_ROWS:
        return "address-long"
    if large_print and _count_rows(lines, WINDOW_ROW_LENGTH_LARGE) > WINDOW_ROWS - 1:
        return "address-wide"
    return ""


def _count_rows(lines: tuple[str, ...], length: int) -> int:
    return sum(max(1, -(-len(line) // length)) for line in lines)


class _Renderer:
    """What a process needs to render letters, read once: fonts, stylesheets and a fetcher that refuses all else."""

    fonts: FontConfiguration
    styles: list[CSS]
    large_styles: list[CSS]

    def __init__(self) -> None:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        require_fast_subsetting()
        require_fonts()
        self.fetcher = make_fetcher()
        self.fonts = FontConfiguration()

        def parse(name: str) -> CSS:
            return CSS(string=(STYLES / name).read_text(), font_config=self.fonts, url_fetcher=self.fetcher)

        self.styles = [parse("letter.css"), parse("print.css")]
        self.large_styles = [*self.styles, parse("large-print.css")]

    def lay_out(self, html: str, *, large_print: bool) -> Document:
        from weasyprint import HTML

        styles = self.large_styles if large_print else self.styles
        page = HTML(string=html, url_fetcher=self.fetcher)
        return page.render(font_config=self.fonts, stylesheets=styles, **VARIANT)

    def print(self, html: str, *, large_print: bool, most_pages: int) -> bytes:
        """Return the PDF of a whole document. Raises LetterTooLongError."""
        document = self.lay_out(html, large_print=large_print)
        if len(document.pages) > most_pages:
            raise LetterTooLongError(f"{len(document.pages)} pages, {most_pages} at most")
        pdf: bytes = document.write_pdf(finisher=_let_links_print, **VARIANT)
        return pdf


@cache
def _get_renderer() -> _Renderer:
    """Return the process's renderer; call it under the lock."""
    press = _Renderer()
    # All that is loaded by now stays until the process ends. Without freezing it, Python's garbage collector would scan
    # it again and again during layout, taking a twelfth of the time.
    gc.collect()
    gc.freeze()
    return press


# FontConfiguration deletes its temporary directory of fonts, which it cannot do while Python shuts down.
atexit.register(_get_renderer.cache_clear)


def make_fetcher() -> Any:
    """Return a WeasyPrint fetcher that serves the letters' fonts and refuses every other URL.

    It reads the fonts immediately, so no path comes from a document.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    served = {f"letter:{name}": path.read_bytes() for name, path in list_letter_fonts().items()}

    class LetterFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """Serves a fixed table of files."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            """Return the file of this URL. Raises ValueError for any other."""
            if url not in served:
                refuse(url)
            return URLFetcherResponse(url, served[url])

    return LetterFetcher()


def refuse(url: str) -> NoReturn:
    """Raise ValueError: letters fetch nothing from outside."""
    raise ValueError(f"a letter may not fetch {url[:60]!r}")


def _let_links_print(document: Document, pdf: Any) -> None:
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Subtype") == "/Link":
            item["F"] = PRINT
