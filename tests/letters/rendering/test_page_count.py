"""The page count that is shown while writing is the PDF's."""

from __future__ import annotations

import io
import random

import pytest
from pypdf import PdfReader

from letters.rendering.page_count import count_lines, count_pages
from letters.rendering.pdf import render_letter_pdf
from letters.writing.compose import Paragraph
from tests.letters.samples import BODY, SOURCES, make_letter

SENTENCES = [f"{sentence.strip('. ')}." for paragraph in BODY for sentence in paragraph.split(". ")]


def count_real_pages(text: object) -> int:
    return len(PdfReader(io.BytesIO(render_letter_pdf(text))).pages)  # type: ignore[arg-type]


def test_it_agrees_with_the_pdf_for_letters_of_all_lengths() -> None:
    chance = random.Random(7)
    counted, real = [], []
    for _ in range(30):
        letter = make_letter(
            paragraphs=tuple(
                Paragraph(
                    " ".join(chance.choices(SENTENCES, k=chance.randint(1, 6))), (1,) if chance.random() < 0.5 else ()
                )
                for _ in range(chance.randint(1, 9))
            ),
            sources=tuple(chance.choices(SOURCES, k=chance.randint(1, 6))),
        )
        counted.append(count_pages(letter))
        real.append(count_real_pages(letter))
    assert set(real) == {1, 2}
    wrong = [(mine, theirs) for mine, theirs in zip(counted, real, strict=True) if mine != theirs]
    assert len(wrong) <= 1, "a letter that ends within a line of a page's end may be counted wrong"
    assert all(abs(mine - theirs) == 1 for mine, theirs in wrong)


@pytest.mark.parametrize("text", ["", "Línea ŵ ŷ", "word " * 400, "x" * 900, "a\n\nb\nc\n" * 20, "漢字" * 60])
def test_whatever_is_written_can_be_measured(text: str) -> None:
    letter = make_letter(paragraphs=(Paragraph(text),), sources=())
    assert abs(count_pages(letter) - count_real_pages(letter)) <= (1 if "漢" in text else 0)


def test_lines_are_broken_between_words_and_at_newlines() -> None:
    assert count_lines("one\ntwo", 400) == 2
    assert count_lines("one two three", 30) == 3
    assert count_lines("", 400) == 1
