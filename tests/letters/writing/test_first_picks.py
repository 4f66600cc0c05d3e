"""A few arguments first, one a theme, and not the same ones for everybody."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from campaign.content.models import Argument
from letters.writing.first_picks import MAX_CHOSEN, MAX_FIRST, pick_first

THEMES = (3, 5, 1, 4, 6, 2, 3)
ARGUMENTS = [Argument(key=f"t{theme}-{n}", theme_id=theme) for theme, count in enumerate(THEMES) for n in range(count)]


@given(st.uuids().map(str))
def test_four_of_as_many_themes_are_first_in_their_order(seed: str) -> None:
    first = pick_first(ARGUMENTS, seed)
    assert len({key.partition("-")[0] for key in first}) == len(first) == MAX_FIRST
    assert first == [argument.key for argument in ARGUMENTS if argument.key in first]
    assert first == pick_first(ARGUMENTS, seed)


def test_all_get_their_turn() -> None:
    seen = Counter(key for number in range(600) for key in pick_first(ARGUMENTS, str(number)))
    assert set(seen) == {argument.key for argument in ARGUMENTS}


def test_few_arguments_are_all_first() -> None:
    few = [Argument(key="a", theme_id=1), Argument(key="b", theme_id=2)]
    assert pick_first(few, "x") == ["a", "b"]
    assert pick_first([], "x") == []


def choose_first(*keys: str) -> list[Argument]:
    return [Argument(key=one.key, theme_id=one.theme_id, first=one.key in keys) for one in ARGUMENTS]


def test_what_organisers_chose_is_first_for_everybody() -> None:
    chosen = ["t0-1", "t1-0", "t1-4"]
    assert [pick_first(choose_first(*chosen), str(number)) for number in range(20)] == [chosen] * 20


def test_of_more_than_five_that_were_chosen_five_are_first_and_each_gets_its_turn() -> None:
    chosen = [argument.key for argument in ARGUMENTS[:8]]
    picks = [pick_first(choose_first(*chosen), str(number)) for number in range(200)]
    assert {len(pick) for pick in picks} == {MAX_CHOSEN}
    assert {key for pick in picks for key in pick} == set(chosen)


@given(st.uuids().map(str))
def test_one_that_was_chosen_is_joined_by_others_of_other_themes(seed: str) -> None:
    first = pick_first(choose_first("t3-2"), seed)
    assert "t3-2" in first
    assert len({key.partition("-")[0] for key in first}) == len(first) == MAX_FIRST
