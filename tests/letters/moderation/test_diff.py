"""What a moderator sees marked is what the supporter has changed, word by word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.moderation import diff
from letters.moderation.diff import MAX_WORDS, choose_base, find_changed, has_overlap, split_text

BASE = "The cost rose by £2 million in 2021, and nobody asked why."


def show(text: str, base: str = BASE) -> list[str]:
    return [text[start:end] for start, end in find_changed(text, base)]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (BASE, []),
        (BASE.replace("2", "3", 1), ["3"]),
        (BASE.replace("nobody", "none of you"), ["none of you"]),
        (BASE + " I do.", ["I do."]),
        (BASE.replace(" in 2021", ""), []),  # what was taken out is not there to be marked
        (BASE.replace(" ", "\n"), []),
        ("", []),
    ],
)
def test_what_was_changed_is_found(text: str, changed: list[str]) -> None:
    assert show(text) == changed


def test_without_a_base_all_is_the_supporters() -> None:
    assert (show("My own words.", ""), show("", "")) == (["My own words."], [])


def test_a_text_of_as_many_words_as_are_compared_is_compared() -> None:
    base = " ".join(["word"] * MAX_WORDS)
    assert show(base[:-4] + "mine", base) == ["mine"]


@pytest.mark.parametrize("long", ["text", "base", "both"])
def test_a_longer_text_is_taken_for_changed_and_not_compared(long: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(diff, "SequenceMatcher")  # comparing takes the square of the time
    words = " ".join(["word"] * (MAX_WORDS + 1))
    text = "word mine" if long == "base" else f"{words} mine"
    assert show(text, "word" if long == "text" else words) == [text]


def test_the_base_is_the_text_with_the_most_words_in_common() -> None:
    bases = ["Another argument of the campaign.", BASE, f"{BASE} And more."]
    assert choose_base("The cost rose by £3 million.", bases) == BASE
    assert choose_base(bases[2], bases) == bases[2]
    assert choose_base("Mine.", []) == ""


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda span: (min(span), max(span))), max_size=4),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda span: (min(span), max(span))), max_size=4),
)
def test_the_stretches_are_the_text_and_each_is_of_one_kind(
    text: str, changed: list[tuple[int, int]], marked: list[tuple[int, int]]
) -> None:
    stretches = split_text(text, changed, marked)
    assert "".join(stretch.text for stretch in stretches) == text
    kinds = [(stretch.changed, stretch.marked) for stretch in stretches for _character in stretch.text]
    assert kinds == [
        (has_overlap((at, at + 1), changed), has_overlap((at, at + 1), marked)) for at, _character in enumerate(text)
    ]


@given(
    st.lists(st.sampled_from(["a", "b", "c", ",", "£2"]), max_size=12), st.lists(st.sampled_from("abc"), max_size=12)
)
def test_what_is_not_marked_is_in_the_base(mine: list[str], theirs: list[str]) -> None:
    text, base = " ".join(mine), " ".join(theirs)
    kept = "".join(s.text for s in split_text(text, find_changed(text, base)) if not s.changed)
    rest = iter(theirs)
    assert all(word in rest for word in re.findall(r"£|\w+|,", kept))  # in the base's order
