"""Telling a supporter's own words from the campaign's takes time in proportion to what was written."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from campaign.content.models import Argument, Fact
from letters.writing.own_words import build_corpus, find_own, read_corpus
from tests.letters.factories import make_campaign
from tests.letters.steps import COSTLY, LONG, count_steps, make_costly
from tests.letters.writing.test_fact_check import LONGEST, TEXTS

BANK = build_corpus(tuple(TEXTS))


ARGUMENT: Any = SimpleNamespace(phrasings=SimpleNamespace(all=lambda: [SimpleNamespace(words=LONGEST)]))


@pytest.mark.parametrize("argument", [None, ARGUMENT], ids=["own", "edited"])
@pytest.mark.parametrize("kind", COSTLY)
def test_a_text_twice_as_long_takes_twice_the_work_whatever_it_is(kind: str, argument: Any) -> None:
    half, whole = (make_costly(COSTLY[kind], length) for length in (LONG // 2, LONG))
    short, long = (count_steps(partial(find_own, text, BANK, argument)) for text in (half, whole))
    assert long < 2.5 * short
    assert long < 600_000, "some 12 ms"


def test_what_stands_as_the_campaign_has_it_is_not_looked_at_word_by_word() -> None:
    assert find_own(LONGEST.upper(), BANK, ARGUMENT).own_count == 0
    assert find_own(f"{LONGEST} Or so.", BANK, ARGUMENT).own_count == 2


FACTS = (
    "Thirty ships lay in the harbour that winter.",
    "Their crews had no wages for half a year.",
    "The town fed all of them at the chapel.",
)


@pytest.mark.django_db
def test_facts_pasted_together_and_changed_here_and_there_are_the_campaigns() -> None:
    campaign = make_campaign()
    argument = Argument.objects.with_facts().get(key="argument-1")
    Fact.objects.bulk_create(Fact(argument=argument, text=text, position=at) for at, text in enumerate(FACTS))
    words = " ".join(FACTS).split()
    words[::6] = ["perhaps"] * len(words[::6])
    assert find_own(" ".join(words), read_corpus(campaign)).own_count <= len(words[::6]) + 1
