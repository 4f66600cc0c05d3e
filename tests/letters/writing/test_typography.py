"""Straight marks become typographic ones in what is shown, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.writing.compose import read_letter
from letters.writing.typography import ADDRESS, set_marks
from tests.letters.factories import make_letter, write_paragraph


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("I don't know, and it's Mum's.", "I don’t know, and it’s Mum’s."),
        ("The girls' father rings 'em in the '90s.", "The girls’ father rings ’em in the ’90s."),
        ("She said 'wait', and \"so they just waited\".", "She said ‘wait’, and “so they just waited”."),
        ("He told us, \"It's over in 2022\".", "He told us, “It’s over in 2022”."),
        ("(\"Peace\")", "(“Peace”)"),
        ("He is 6'2\" tall, and a 12\" ruler.", "He is 6'2\" tall, and a 12\" ruler."),
        ("In the 1990's.", "In the 1990’s."),
        ("See https://example.org/it's and o'hara@example.org, it's there.",
         "See https://example.org/it's and o'hara@example.org, it’s there."),
        ("Already’s ‘set’ “here”.", "Already’s ‘set’ “here”."),
        ("Im here, cant stay.", "Im here, cant stay."),
        ("a ' b", "a ' b"),
        ("", ""),
    ],
)  # fmt: skip
def test_marks_are_set_as_a_printer_would(typed: str, shown: str) -> None:
    assert set_marks(typed) == shown


@given(st.text(alphabet=st.one_of(st.sampled_from("'\"’ a1.(@/:w\n"), st.characters()), max_size=60))
def test_only_straight_marks_change_and_never_in_an_address(text: str) -> None:
    shown = set_marks(text)
    assert len(shown) == len(text)
    assert all(new == old or (old in "'\"" and new in "‘’“”") for old, new in zip(text, shown, strict=True))
    for address in ADDRESS.finditer(text):
        assert shown[address.start() : address.end()] == address[0]


@pytest.mark.django_db
def test_a_letter_is_read_with_typographic_marks_and_stored_as_it_was_typed() -> None:
    letter = make_letter(queued=False, subject="Let's talk", ask_text="I'd like an answer.")
    typed = "I don't see https://example.org/it's over."
    write_paragraph(letter, typed)
    text = read_letter(letter)
    assert (text.subject, text.ask) == ("Let’s talk", "I’d like an answer.")
    assert text.paragraphs[0].text == "I don’t see https://example.org/it's over."
    letter.refresh_from_db()
    assert (letter.subject, letter.paragraphs.all()[0].text) == ("Let's talk", typed)
