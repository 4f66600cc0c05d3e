"""Postcodes are read as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.parliament.postcodes import Postcode, parse_postcode, suggest_postcode


@pytest.mark.parametrize(
    "text",
    [
        "SW1A 0AA", "sw1a0aa", " s w 1 a 0 a a ", "SW1A-0AA", "SW1A.0AA.", "SW1A\u00a00AA", "SW1A\u200b0AA", "SW1A–0AA",
        "\ufeffSW1A 0AA\r\n", "ＳＷ１Ａ　０ＡＡ", "(SW1A 0AA)", "SW1A_0AA", "\u202aSW1A 0AA\u202c",
    ],
)  # fmt: skip
def test_a_postcode_is_read_however_it_is_spaced(text: str) -> None:
    assert parse_postcode(text) == Postcode("SW1A", "0AA")


@pytest.mark.parametrize(
    "text", ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "N1P 1AA", "NPT 0VA"]
)
def test_every_form_is_known(text: str) -> None:
    assert str(parse_postcode(text.lower().replace(" ", ""))) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "SW1A",
        "SW1A 0A",
        "SW1A 0AAA",
        "SW1A 0CA",
        "1SW 0AA",
        "SW1A ٠AA",
        "ŚW1A 0AA",
        "SW1A 0AA" * 9,
        "É",
        "\ud800",
    ],
)
def test_what_is_no_postcode_is_none(text: str | None) -> None:
    assert parse_postcode(text) is None


@given(st.text())
def test_any_text_is_read_without_raising(text: str) -> None:
    postcode = parse_postcode(text)
    assert postcode is None or parse_postcode(str(postcode)) == postcode


@given(st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True), st.data())
def test_separators_and_case_make_no_difference(text: str, data: st.DataObject) -> None:
    separators = data.draw(st.lists(st.sampled_from(["", " ", ".", "-", "\u00a0", "\u2009"]), min_size=7, max_size=7))
    typed = "".join(map("".join, zip(separators, text.lower(), strict=False)))
    assert parse_postcode(typed) == parse_postcode(text) is not None


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("SWIA OAA", "SW1A 0AA"), ("sw1a oaa", "SW1A 0AA"), ("SW1A 0AA", None), ("OOOOOOO", None), ("", None)],
)
def test_letters_typed_for_digits_are_noticed(text: str, suggestion: str | None) -> None:
    assert suggest_postcode(text) == (parse_postcode(suggestion) if suggestion else None)
