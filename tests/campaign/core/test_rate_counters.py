"""Slots in moving windows, in several at once."""

from __future__ import annotations

import pytest
from limits import RateLimitItem

from campaign.core.rate_counters import hit, make_wider_rate, read_rate, remaining, reset_at, return_slots, take_each

pytestmark = pytest.mark.usefixtures("empty_windows")


def read(words: str) -> RateLimitItem:
    rate = read_rate(words)
    assert rate is not None
    return rate


def test_a_slot_is_taken_in_every_window_or_in_none() -> None:
    narrow, wide = (read("2/hour"), "narrow"), (read("3/hour"), "wide")
    assert [take_each([narrow, wide]) for _ in range(3)] == [None, None, narrow]
    assert remaining(*wide) == 1
    assert hit(*wide)
    assert take_each([(read("9/hour"), "other"), wide]) == wide
    assert remaining(read("9/hour"), "other") == 9
    assert reset_at(*wide) > 0


def test_a_slot_that_was_not_used_is_there_again() -> None:
    rate = read("1/hour")
    assert hit(rate, "x")
    assert not hit(rate, "x")
    return_slots(rate, "x", 1)
    assert hit(rate, "x")


def test_a_wider_rate_has_the_same_length_of_time() -> None:
    assert make_wider_rate(read("5 per 2 hour"), 4) == read("20 per 2 hour")
    assert read_rate("") is None
