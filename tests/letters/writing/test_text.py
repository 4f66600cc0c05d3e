"""What is typed is kept, but for what nobody can see."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.writing.text import clean_line, clean_text, count_words

BLANK = "\u115f\u1160\u2800\u3164\uffa0"


@given(st.text())
def test_tidy_text_is_printable_and_stays_tidy(text: str) -> None:
    tidy = clean_text(text)
    assert clean_text(tidy) == tidy
    assert all(c == "\n" or unicodedata.category(c) != "Cc" for c in tidy)
    assert not any(c in tidy for c in "\u202e\u2066\u200f\r\t\x00")
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize("text", ["\u200b\u200d", "\u2060 \u00ad", "\u3164", "\u0301", "\U000e0041", f" {BLANK}\n"])
def test_a_text_of_which_nothing_can_be_seen_is_none(text: str) -> None:
    assert (clean_text(text), clean_line(text)) == ("", "")
    assert clean_text(f"Zoë{text}") == f"Zoë{text}".strip()


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"], exclude_characters=BLANK), min_size=1))
def test_tidy_text_keeps_what_people_write(text: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one", 1), ("It’s a well-known fact, isn't it?", 6), ("  two\n\nlines ", 2), ("— … !", 0)],
)
def test_words_are_counted_as_readers_count(text: str, words: int) -> None:
    assert count_words(text) == words
