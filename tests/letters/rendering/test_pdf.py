"""What letters promise: their place in the envelope, every word, the same bytes, nothing fetched (letters/checks.py)."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import outloud  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader

from campaign.parliament.address import address_envelope
from campaign.parliament.member_file import SHIPPED, read_member_file
from letters.checks import check_letters_can_be_made
from letters.rendering import pdf as rendering
from letters.rendering.page_count import count_pages
from letters.rendering.pdf import LetterTooLongError, make_fetcher, render_letter_html, render_letter_pdf
from letters.rendering.plain_text import write_plain_text
from letters.writing.compose import LetterText, Paragraph
from tests.letters.pdf_tools import list_fonts, read_text, read_words, squeeze
from tests.letters.samples import BODY, make_letter, make_short_letter

COMMONS = ("House of Commons", "London", "SW1A 0AA")
LONG_NAMES = [
    "Ed Davey MP",
    "The Rt Hon Sir Iain Duncan Smith MP",
    "The Rt Hon the Baroness Featherstonehaugh-Cholmondeley of Llanfairpwllgwyngyll MP",
    "The Rt Hon Sir Bartholomew Wriothesley Featherstonehaugh-Cholmondeley-Smythe GCMG KCB DSO KC MP",
    "The Right Honourable " * 9 + "MP",  # about as long as the database takes
]
LONG_ADDRESSES = [
    ("1 A Road", "B1 1AA"),
    tuple(f"{n} Upper Llanfihangel-y-Creuddyn Industrial Park" for n in range(6)),
    ("W" * 120, "LL58 8XX"),
]


def find_recipient_faults(text: LetterText, *, large_print: bool = False) -> list[str]:
    """Return what an envelope's window would hide of the recipient, or show besides."""
    words = read_words(render_letter_pdf(text, large_print=large_print))
    inside = [
        word.text
        for word in words
        if word.left >= 24.6 and word.right <= 120 and word.top >= 39.5 and word.bottom <= 66.3
    ]
    touching = [
        word for word in words if word.left < 120 and word.right > 24.6 and word.top < 66.3 and word.bottom > 39.5
    ]
    faults = [f"beside the recipient: {word}" for word in touching if word.text not in inside]
    if squeeze("".join(inside)) != squeeze("".join(text.recipient_lines)):
        faults.append(f"{text.recipient_lines[0]}: the window shows {inside}")
    return faults


@pytest.mark.parametrize("large_print", [False, True])
@pytest.mark.parametrize("address", LONG_ADDRESSES)
@pytest.mark.parametrize("name", LONG_NAMES)
def test_the_window_shows_the_recipient_and_nothing_else(
    name: str, address: tuple[str, ...], large_print: bool
) -> None:
    text = make_short_letter(recipient_lines=(name, *COMMONS), sender_lines=address, rehearsal=True)
    assert find_recipient_faults(text, large_print=large_print) == []


def list_envelopes() -> list[str]:
    """Return every sitting member's name as on the envelope, shortest first."""
    facts = [row.member for row in read_member_file(SHIPPED) if row.member]
    return sorted({address_envelope(member.name_full_title) for member in facts}, key=len)


@pytest.mark.parametrize("part", range(4))  # so that several processes share the work
def test_the_window_shows_the_members_of_parliament(part: int) -> None:
    envelopes = list_envelopes()
    assert len(envelopes) > 600
    chosen = [*envelopes[:-120:10], *envelopes[-120:]]  # the longest names, and one in ten of the others
    letters = [make_short_letter(recipient_lines=(envelope, *COMMONS), sources=()) for envelope in chosen]
    assert [fault for text in letters[part::4] for fault in find_recipient_faults(text)] == []
    longest = letters[-40:][part::4]
    assert [fault for text in longest for fault in find_recipient_faults(text, large_print=True)] == []


def test_a_long_senders_address_does_not_run_into_the_letter() -> None:
    words = read_words(render_letter_pdf(make_short_letter(sender_lines=LONG_ADDRESSES[1])))
    date = next(word for word in words if word.text == "November")
    assert next(word for word in words if word.text == "Dear").top > date.bottom


def test_a_typical_letter_with_sources_is_one_page() -> None:
    pdf = render_letter_pdf(make_letter())
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "Reference C7QK-4MHW\nPage 1 of 1" in read_text(pdf)


def test_every_page_has_the_foot_and_the_mark() -> None:
    pdf = render_letter_pdf(make_letter(paragraphs=make_letter().paragraphs * 3, rehearsal=True))
    pages = len(PdfReader(io.BytesIO(pdf)).pages)
    text = read_text(pdf)
    assert pages > 1
    assert re.findall("Page [0-9] of [0-9]", text) == [f"Page {page} of {pages}" for page in range(1, pages + 1)]
    for line in ("REHEARSAL – not sent to an MP", "Reference C7QK-4MHW"):
        assert text.count(line) == pages
    assert text.count("Written with the help of Time to negotiate, a campaign run by Jane Doe") == 1
    assert text.count("Margaret Ann Whitfield, 2 November 2026") == pages - 1, "the head of the pages that follow"


@pytest.mark.parametrize(
    ("marks", "expected"), [({}, []), ({"rehearsal": True}, ["REHEARSAL"]), ({"sample": True}, ["SAMPLE"])]
)
def test_it_is_marked_for_what_it_is(marks: dict[str, bool], expected: list[str]) -> None:
    assert re.findall("REHEARSAL|SAMPLE", read_text(render_letter_pdf(make_short_letter(**marks)))) == expected


def test_it_reads_in_the_order_of_a_letter() -> None:
    parts = ["14 Station Road", "The Rt Hon Sir Iain", "2 November 2026", "Dear Sir Iain,", "Time to negotiate: an",
             "I am writing", "Will you ask", "Yours sincerely,", "Margaret Ann", "Sources", "1."]  # fmt: skip
    text = read_text(render_letter_pdf(make_letter()))
    assert sorted(parts, key=text.index) == parts


@pytest.mark.parametrize("times", [1, 3])
def test_the_ask_is_the_last_paragraph_but_for_what_is_asked_of_the_office(times: int) -> None:
    text = make_letter(paragraphs=make_letter().paragraphs * times)
    assert [part.text for part in text.body] == [*BODY * times, text.ask]
    assert [part.text for part in make_letter(closing="Please reply by post.").body][-2:] == [
        text.ask,
        "Please reply by post.",
    ]
    assert make_letter(ask="").body == make_letter().paragraphs


def test_a_short_letter_sits_well_on_its_page() -> None:
    short, typical = (
        next(word for word in read_words(render_letter_pdf(text)) if word.text == "Dear")
        for text in (make_short_letter(), make_letter())
    )
    assert (short.bottom - short.top) / (typical.bottom - typical.top) == pytest.approx(12 / 11, rel=0.02)


@pytest.mark.parametrize("sentences", range(1, 24))
def test_larger_print_never_takes_a_second_page(sentences: int) -> None:
    text = make_letter(paragraphs=(Paragraph("One sentence of about the usual length for a letter. " * sentences),) * 3)
    pages = len(PdfReader(io.BytesIO(render_letter_pdf(text))).pages)
    assert pages == 1 or "letter-roomy" not in render_letter_html(text)


def test_large_print_fills_its_first_page() -> None:
    words = read_words(render_letter_pdf(make_letter(paragraphs=make_letter().paragraphs[:3]), large_print=True))
    last = max(word.bottom for word in words if word.bottom < 297 - 41)
    assert last > 297 - 41 - 25


@pytest.mark.parametrize("sentences", range(1, 12))
def test_the_signature_is_never_alone_on_a_page_of_large_print(sentences: int) -> None:
    text = make_short_letter(
        paragraphs=(Paragraph("One sentence of about the usual length for a letter. " * sentences),)
    )
    pages = PdfReader(io.BytesIO(render_letter_pdf(text, large_print=True))).pages
    [signed] = [page.extract_text() for page in pages if "Yours sincerely" in page.extract_text()]
    before = signed[: signed.index("Yours sincerely")]
    assert before.rstrip().endswith(text.ask[-10:]), "the end of the request is on its page"


def test_the_foot_of_large_print_has_room_for_a_long_address() -> None:
    credit = (
        "Written with the help of Time to negotiate, a campaign run by Thornbury Talks, " + "Somewhere Street, " * 3
    )
    words = read_words(render_letter_pdf(make_short_letter(credit=credit), large_print=True))
    assert max(word.bottom for word in words) < 297 - 5


def test_there_is_room_to_sign() -> None:
    words = read_words(render_letter_pdf(make_letter()))
    closing = next(word for word in words if word.text == "sincerely,")
    assert next(word for word in words if word.text == "Margaret").top - closing.bottom > 15


def is_plain(character: str) -> bool:
    """Return whether a PDF's reader sees this very character (ligatures and the like come apart)."""
    return unicodedata.normalize("NFKC", character) == character and not character.isspace()


LETTERS = [c for c in map(chr, [*range(0x21, 0x180), *range(0x2010, 0x2027), *range(0x1E80, 0x1E86)]) if is_plain(c)]
PRINTED = [c for c in LETTERS if unicodedata.category(c)[0] not in "CZ"] + [
    "ŵ",
    "ŷ",
    "ỳ",
    "Ŷ",
    "€",
    "e\u0301",
    "q\u0308",
]
WORDS = st.lists(st.sampled_from(PRINTED), min_size=1, max_size=12).map("".join)


@given(st.lists(WORDS, min_size=1, max_size=40))
@hypothesis_settings(max_examples=25)
def test_every_word_typed_is_printed(words: list[str]) -> None:
    typed = " ".join(words)
    text = make_short_letter(paragraphs=(Paragraph(typed),), ask="", subject="S")
    assert squeeze(typed) in squeeze(read_text(render_letter_pdf(text)))


@pytest.mark.parametrize(
    "name", ["Ольга Петрова", "Αθηνά Παπαδοπούλου", "Siân Llŷr ap Rhŷs", "Nguyễn Thị Hạnh", "Żółć Ğürşöy"]
)
def test_names_of_other_scripts_are_printed(name: str) -> None:
    text = make_short_letter(sender_name=name)
    assert squeeze(name) in squeeze(read_text(render_letter_pdf(text)))


HOSTILE = (
    '<img src="file:///etc/passwd"> <style>@import url(http://evil.example/x.css); p{background:url(//evil.example)}'
    "</style> <link rel=attachment href=file:///etc/passwd> <script>alert(1)</script> &lt;b&gt; {{ letter }} {% now %}"
)


def test_markup_is_printed_as_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(rendering, "refuse", asked.append)
    text = make_letter(
        sender_name=HOSTILE, sender_lines=(HOSTILE,), subject=HOSTILE, salutation=HOSTILE,
        paragraphs=(Paragraph(HOSTILE, (1,)),), ask=HOSTILE, sources=(HOSTILE,), credit=HOSTILE, reference=HOSTILE,
    )  # fmt: skip
    assert squeeze(read_text(render_letter_pdf(text))).count(squeeze(HOSTILE)) >= 7
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "http://evil.example/", "https://evil.example/", "data:text/css,p{}", "ftp://x.example/",
        "letter:../../campaign/settings.py", "letter:Gelasio-Regular.ttf?x", "letter:", "LETTER:Gelasio-Bold.ttf",
    ],
)  # fmt: skip
def test_the_fetcher_refuses_whatever_is_not_the_letters_own(url: str) -> None:
    with pytest.raises(ValueError, match="may not fetch"):
        make_fetcher().fetch(url)


# What would be fetched if markup got through: {0} is a stylesheet, {1} an image, {2} a page with the canary in it.
SLIPPED = {
    "stylesheet": '<link rel="stylesheet" href="{0}">',
    "import": '<style>@import "{0}"; @import url({0}) print;</style>',
    "font": "<style>@font-face {{ font-family: x; src: url({2}) }} p {{ font-family: x }}</style>",
    "background": '<p style="background: url({1}); list-style-image: url({1}); border-image: url({1}) 1">x</p>',
    "content": "<style>p::after {{ content: url({1}) }} @page {{ background: url({1}) }}</style>",
    "image": '<img alt="i" src="{1}"><img alt="i" srcset="{1} 2x"><picture><source srcset="{1}"></picture>',
    "object": '<object data="{1}" type="image/png">o</object><embed src="{1}"><iframe src="{2}"></iframe>',
    "attachment": '<link rel="attachment" href="{2}"><a rel="attachment" href="{2}">a</a>',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{1}" width="9" height="9"/>'
    '<use href="{1}#a"/><rect fill="url({1}#b)" width="9" height="9"/></svg>',
    "base": '<base href="{2}"><img alt="i" src="secret.svg"><link rel="stylesheet" href="secret.css">',
    "redirect": '<meta http-equiv="refresh" content="0; url={2}"><script src="{2}"></script>',
}


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A port of this machine on which nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("slip", SLIPPED)
def test_nothing_is_fetched_even_if_markup_slipped_through(
    slip: str, tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    real_refuse = rendering.refuse

    def refuse_and_note(url: str) -> None:
        asked.add("http" if url.startswith("//") else url.partition(":")[0])
        real_refuse(url)

    monkeypatch.setattr(rendering, "refuse", refuse_and_note)
    style = 'p::after, body::after { content: "leaked" }'
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="15">leaked</text></svg>'
    (tmp_path / "secret.css").write_text(style)
    (tmp_path / "secret.svg").write_text(drawing)
    (tmp_path / "secret.html").write_text("<p>leaked</p>")
    files = [(tmp_path / f"secret.{kind}").as_uri() for kind in ("css", "svg", "html")]
    data = [
        f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"
        for kind, text in (("text/css", style), ("image/svg+xml", drawing), ("text/html", "<p>leaked</p>"))
    ]
    port = listener.getsockname()[1]
    web = [f"http://127.0.0.1:{port}/{name}" for name in ("x.css", "x.svg", "x.html")]
    both = "".join(SLIPPED[slip].format(*urls) for urls in (files, data, web))
    pdf = rendering._get_renderer().print(
        f'<html lang="en"><title>t</title><p>text</p>{both}</html>', large_print=False, most_pages=1
    )
    assert "leaked" not in squeeze(read_text(pdf))
    assert not re.search(rb"/EmbeddedFile|/Filespec", pdf)
    assert PdfReader(io.BytesIO(pdf)).attachments == {}
    with pytest.raises(BlockingIOError):  # nobody has knocked
        listener.accept()
    assert asked <= {"file", "http", "data"}
    if slip in ("stylesheet", "import", "background", "content", "image", "object", "attachment", "svg"):
        assert asked, "WeasyPrint has stopped asking for this: see whether it fetches it otherwise"


def test_the_fonts_are_embedded_and_cut_down() -> None:
    fonts = list_fonts(render_letter_pdf(make_letter()))
    assert sorted(name.partition("+")[2] for name, _, _ in fonts) == ["Gelasio", "Gelasio-Bold"]
    assert all(embedded and subset for _, embedded, subset in fonts)


@pytest.mark.parametrize("large_print", [False, True])
def test_a_pdf_ua_checker_finds_no_fault(tmp_path: Path, large_print: bool) -> None:
    text = make_letter(rehearsal=True) if not large_print else make_short_letter(rehearsal=True)
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter_pdf(text, large_print=large_print))
    findings = outloud.check(str(path)).findings
    assert [(finding.rule, finding.message) for finding in findings] == []


def test_it_says_what_it_is_to_screen_readers() -> None:
    pdf = PdfReader(io.BytesIO(render_letter_pdf(make_letter())))
    assert pdf.metadata is not None
    title = "Time to negotiate: an end to the war in Ukraine: letter to The Rt Hon Sir Iain Duncan Smith MP"
    assert (pdf.metadata.title, pdf.metadata.author) == (title, "Margaret Ann Whitfield")
    assert str(pdf.root_object["/Lang"]) == "en-GB"
    annotations = [annotation.get_object() for annotation in pdf.pages[0].annotations or []]
    assert {annotation["/Subtype"] for annotation in annotations} == {"/Link"}
    assert {annotation["/F"] for annotation in annotations} == {4}
    assert [a["/Dest"] for a in annotations if "/Dest" in a] == [f"letter-source-{n}" for n in (1, 2, 3)]


def test_without_sources_there_are_no_note_numbers() -> None:
    html = render_letter_html(make_letter(sources=()))
    assert "<sup>" not in html
    assert "Sources" not in html


def test_a_line_of_sources_is_the_last_paragraph_without_numbers() -> None:
    text = make_letter(source_style="line", paragraphs=tuple(Paragraph(part) for part in BODY))
    html = render_letter_html(text)
    assert "<sup>" not in html
    assert "<ol>" not in html
    printed = " ".join(read_text(render_letter_pdf(text)).split())
    assert "Where these facts come from: Mark Milley, Remarks" in printed
    assert printed.index("Margaret Ann Whitfield") < printed.index("Where these facts come from")
    plain = write_plain_text(text)
    assert text.source_line in plain
    assert "[1]" not in plain
    assert count_pages(text) == 1


def test_large_print_is_large() -> None:
    small, large = (
        next(
            word
            for word in read_words(render_letter_pdf(make_letter(), large_print=large_print))
            if word.text == "Dear"
        )
        for large_print in (False, True)
    )
    assert (large.bottom - large.top) / (small.bottom - small.top) == pytest.approx(18 / 11, rel=0.02)


def test_the_same_letter_has_the_same_bytes() -> None:
    first = render_letter_pdf(make_letter())
    render_letter_pdf(make_short_letter(sender_name="Ольга Петрова"), large_print=True)
    assert render_letter_pdf(make_letter()) == first


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import django, hashlib; django.setup();"
        "from letters.rendering.pdf import render_letter_pdf; from tests.letters.samples import make_letter;"
        "print(hashlib.sha256(render_letter_pdf(make_letter())).hexdigest())"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    run = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=env, capture_output=True, check=True)
    assert run.stdout.decode().strip() == hashlib.sha256(render_letter_pdf(make_letter())).hexdigest()


def test_four_threads_make_the_same_bytes_as_one() -> None:
    letters = [make_letter(reference=f"{n:04}-TEST") for n in range(4)] + [make_short_letter(sender_name="Ольга")]
    alone = [render_letter_pdf(text) for text in letters]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(render_letter_pdf, letters * 4))
    assert together == alone * 4


def test_the_preview_is_the_same_letter_under_the_pages_headings() -> None:
    text = make_letter()
    preview = render_to_string("letters/_letter_body.html", {"letter": text, "heading_level": 2})
    assert re.findall("<h([1-6])", preview) == ["2", "3"]
    assert re.findall("<h([1-6])", render_letter_html(text)) == ["1", "2"]
    assert "style=" not in preview

    def body(html: str) -> str:
        inner = html[html.index('<div class="letter-sender">') : html.index("</ol>")]
        return re.sub("<(/?)h[1-6]", r"<\1h", inner)

    assert body(preview) == body(render_letter_html(text))


def test_the_checks_name_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert check_letters_can_be_made() == []
    monkeypatch.setattr("weasyprint.text.ffi.harfbuzz_subset", None)
    monkeypatch.setattr(settings, "BUILD_DIR", tmp_path)
    library, fonts = check_letters_can_be_made()
    assert "libharfbuzz-subset0" in library.msg
    assert "make setup" in fonts.msg


def test_a_letter_of_too_many_pages_is_not_printed() -> None:
    text = make_letter(paragraphs=tuple(Paragraph("word " * 500) for _ in range(12)))
    with pytest.raises(LetterTooLongError, match="pages, 6 at most"):
        render_letter_pdf(text, most_pages=6)
