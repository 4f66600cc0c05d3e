"""Dates as people write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.dates import find_first_day, read_date, say_date


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *[(text, "2026-04-01") for text in ("1 April 2026", "1 Apr 2026", "1st April 2026", "April 1, 2026")],
        *[(text, "2026-04-01") for text in ("2026-04-01", "2026-4-1", "01/04/2026", "1.4.2026", " 1  APRIL  2026 ")],
        *[(text, "2026-04") for text in ("April 2026", "apr 2026", "Apr. 2026", "2026-04", "04/2026")],
        ("2 Sept 2025", "2025-09-02"),
        ("2026", "2026"),
        ("29 February 2024", "2024-02-29"),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, meant: str) -> None:
    assert read_date(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "31 April 2026", "29 February 2025", "2026-13", "0/4/2026", "0/2026", "Ju 2026", "Jux 2026"),
        *("26", "1 April", "April", "0000", "1 April 2026 or so", "9" * 5000, "٢٠٢٦", "2026-00", "2026-04-00"),
        "0 April 2026",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # any of its kinds
        read_date(text)


@given(st.dates(dt.date(1000, 1, 1)), st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]))
def test_what_is_said_is_read_again(day: dt.date, form: str) -> None:
    date = day.strftime(form)
    assert read_date(say_date(date)) == date
    assert read_date(date) == date


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        date = read_date(text)
    except ValueError:
        return
    assert find_first_day(date)
