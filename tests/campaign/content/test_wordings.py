"""Several wordings of an argument, its facts, what each relies on: loaded, written out and copied (audiences.py).

Here for campaign/content/audiences.py too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from campaign.content.audiences import Audience
from campaign.content.copying import copy_campaign
from campaign.content.dumping import make_pack, write_pack
from campaign.content.loading import load_pack
from campaign.content.models import Argument, Ask, Campaign, Source
from campaign.content.pack import PackRefusedError
from campaign.content.parsing import parse_bytes, parse_pack
from campaign.parliament.models import Member, Office
from letters.writing.preface import shows_signs
from tests.campaign.content.samples import load_data, load_sample, read_rich_sample, to_bytes
from tests.campaign.content.test_dumping import SHIPPED

pytestmark = pytest.mark.django_db


def read_first() -> Argument:
    return Argument.objects.with_facts().get(key="cold-kills", campaign__slug="warm-homes")


def test_wordings_come_in_the_packs_order_and_know_what_they_rely_on() -> None:
    load_data(read_rich_sample())
    argument = read_first()
    short = [p for p in argument.phrasings.all() if p.length == "short"]
    assert [(p.variant, p.text[:8]) for p in short] == [(0, "Cold hom"), (1, "Jane Roe"), (2, "Would yo")]
    assert [[source.who for source in p.sources.all()] for p in short] == [[], ["Jane Roe", "John Doe"], []]
    assert short[1].people == [{"who": "roe", "introduced": "Jane Roe, of the Example Trust,", "after": "Jane Roe"}]
    facts = [(fact.text, fact.source and fact.source.who) for fact in argument.facts.all()]
    assert facts == [("Cold cost lives in 2022.", "Jane Roe"), ("Many homes are cold.", None)]
    assert argument.list_variants("short") == [0, 1, 2]
    assert argument.phrasing("short", variant=2) == short[2]
    assert argument.phrasing("full", variant=2) == argument.phrasing("full")
    assert str(short[1]) == "cold-kills (en, short 2)"
    assert argument.subject_list == ["Cold kills"]
    campaign = Campaign.objects.get()
    assert campaign.subject_list == [campaign.subject, "Cold homes", "Warmth"]
    ask = campaign.asks.all()[1]
    assert ask.word_list == [ask.text, "Please do it.", "Do it, please."]
    assert [text.words for text in ask.list_texts()] == ask.word_list


def test_a_source_says_where_it_is_known_from() -> None:
    load_data(read_rich_sample())
    assert (
        Source.objects.get(who="John Doe").note == "John Doe, Letters, The Example, 2022, quoted by the Example Trust."
    )


def test_what_is_loaded_is_written_out_again() -> None:
    pack = parse_bytes(to_bytes(read_rich_sample()))
    load_pack(pack)
    made = make_pack(Campaign.objects.get())
    assert made == pack
    assert parse_bytes(write_pack(made).encode()) == pack
    assert load_pack(pack) == []


def test_a_pack_of_format_1_takes_nothing_that_format_2_would_have_to_say() -> None:
    load_data(read_rich_sample())
    load_sample()
    argument = read_first()
    assert (argument.facts.count(), argument.phrasings.count(), argument.question) == (0, 2, "")
    assert not argument.phrasings.get(length="full").sources.exists()
    assert Campaign.objects.get().openings == Campaign.objects.get().subjects == argument.subjects == ""
    assert [(ask.wordings, ask.only_for) for ask in Ask.objects.all()] == [("", []), ("", [])]


def test_a_change_of_what_a_wording_relies_on_is_told() -> None:
    data = read_rich_sample()
    load_data(data)
    data["arguments"][0]["phrasings"][1]["sources"] = [2]
    [said] = load_data(data)
    assert said.startswith("changed argument cold-kills: en full phrasing: sources:")
    assert [one.who for one in read_first().phrasings.get(length="full").sources.all()] == ["John Doe"]


def test_a_copy_relies_on_its_own_sources() -> None:
    load_data(read_rich_sample())
    copy = copy_campaign(Campaign.objects.get(), slug="copy", title="Copy")
    argument = Argument.objects.with_facts().get(campaign=copy, key="cold-kills")
    used = [source for phrasing in argument.phrasings.all() for source in phrasing.sources.all()]
    used += [fact.source for fact in argument.facts.all() if fact.source]
    assert len(used) == 4
    assert {source.argument_id for source in used} == {argument.pk}


FIRST = "arguments[0] (cold-kills)"


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (lambda p: first(p)["phrasings"][1].update(sources=[3]), f"{FIRST}.phrasings[1].sources", "the argument has 2"),
        (lambda p: first(p)["phrasings"][1].update(sources=["1"]), f"{FIRST}.phrasings[1].sources[0]", "whole number"),
        (lambda p: first(p)["notes"][0].update(source=0), f"{FIRST}.notes[0].source", "there is no source 0"),
        (lambda p: first(p)["notes"][0].update(text=""), f"{FIRST}.notes[0].text", "cannot be blank"),
        (
            lambda p: first(p)["phrasings"][2]["people"][0].update(introduced="Jack"),
            f"{FIRST}.phrasings[2].people",
            "“Jack” has to be in the text, once",
        ),
        (lambda p: p["asks"][0].update(not_for=["peer"]), "asks[0] (say-so).not_for", "has to be minister, "),
        (lambda p: p["asks"][0].update(only_for=["peer"]), "asks[0] (say-so).only_for", "has to be minister, "),
        (lambda p: p["asks"][0].update(wordings=["a\nb"]), "asks[0] (say-so).wordings[0]", "one line of text"),
        (lambda p: p.update(openings=["a\nb"]), "openings[0]", "has to be one line of text"),
        (lambda p: p.update(subjects=["a" * 151]), "subjects", "at most 150 characters"),
        (lambda p: p.update(subjects=["=?a"]), "subjects", "must not include “=?”"),
        (lambda p: first(p).update(subjects=[" "]), f"{FIRST}.subjects[0]", "has to be one line of text"),
        (lambda p: p.update(preface=["\u202ea"]), "preface", "U+202E"),
    ],
)
def test_what_is_wrong_is_told(change: Callable[[dict[str, Any]], None], path: str, reason: str) -> None:
    data = read_rich_sample()
    change(data)
    with pytest.raises(PackRefusedError) as refused:
        parse_bytes(to_bytes(data))
    assert [(fault.path, True) for fault in refused.value.faults] == [(path, reason in refused.value.faults[0].reason)]


def first(pack: dict[str, Any]) -> dict[str, Any]:
    argument: dict[str, Any] = pack["arguments"][0]
    return argument


def test_parliament_and_campaigns_name_the_same_kinds_of_members() -> None:
    assert Audience.values == Office.values
    held = [("Labour", ""), ("Labour", "minister"), ("Labour", "foreign-secretary"), ("Speaker", ""), ("Sinn Féin", "")]
    assert [Member(party=party, office=office).offices for party, office in held] == [
        set(),
        {"minister"},
        {"minister", "foreign-secretary"},
        {"speaker"},
        {"abstentionist"},
    ]


def test_an_ask_is_for_everybody_but_those_it_names() -> None:
    load_sample()
    ask = Ask.objects.first()
    assert ask is not None
    ask.not_for = ["peer"]
    with pytest.raises(ValidationError, match="not a kind of member"):
        ask.full_clean()


@pytest.mark.parametrize(
    ("only_for", "not_for", "offices", "suits"),
    [
        ([], [], {"minister"}, True),
        ([], ["minister"], {"minister"}, False),
        (["minister"], [], set(), False),
        (["minister"], [], {"minister"}, True),
        (["minister"], ["foreign-secretary"], {"minister", "foreign-secretary"}, False),
    ],
)
def test_an_ask_may_be_for_some_members_only(
    only_for: list[str], not_for: list[str], offices: set[str], suits: bool
) -> None:
    assert Ask(only_for=only_for, not_for=not_for).suits(offices) is suits


def read_shipped() -> list[dict[str, Any]]:
    return [
        {"key": argument.key, "text": phrasing.text}
        for argument in parse_pack(SHIPPED).arguments
        for phrasing in argument.phrasings
    ]


def test_no_paragraph_that_is_shipped_asks_more_than_one_question_or_makes_a_request() -> None:
    requests = re.compile(r"\b(?:would you|could you|will you|please|let me know|tell me|i would be grateful)\b", re.I)
    bad = [
        one["key"]
        for one in read_shipped()
        if one["text"].count("?") > 1 or (requests.search(one["text"]) and "How would you" not in one["text"])
    ]
    assert bad == []


def test_a_short_text_is_what_anybody_might_say() -> None:
    """No date, quotation, title or name but those of countries and places, in any sentence but its first word."""
    names = re.compile(r"(?<![.?] )(?<!^)\b(?!I\b)[A-Z][a-z’]*\w*")
    places = {"Ukraine", "Russia", "Britain", "Crimea", "Donbas", "Turkey", "Bucha", "Moscow", "Kyiv", "America"}
    places |= {"West", "Kremlin", "Parliament", "Russian", "Ukrainian", "British", "American", "Ukrainians"}
    wars = {"First", "World", "War"}
    short = [p.text for a in parse_pack(SHIPPED).arguments for p in a.phrasings if p.length == "short"]
    assert len(short) == 81
    assert [text for text in short if re.search(r"[0-9‘“]|\bI (?:have )?read\b|reported", text)] == []
    assert {name.removesuffix("’s") for text in short for name in names.findall(text)} <= places | wars


def test_every_ask_that_is_shipped_asks_for_an_answer_from_anybody() -> None:
    answer = re.compile(
        r"let me know|tell me|tells? (?:me|you)|write (?:to|back|and)|send me|let me|share|pass on|reply|answer|hear"
    )
    asked = [text for ask in parse_pack(SHIPPED).asks for text in (ask.text, *ask.wordings)]
    assert [text for text in asked if not answer.search(text)] == []
    assert [text for text in asked if "your party" in text or "join them" in text] == []


def test_only_the_argument_about_it_says_what_the_preface_says() -> None:
    pack = parse_pack(SHIPPED)
    campaign = Campaign(preface_signs="\n".join(pack.preface_signs))
    assert {one["key"] for one in read_shipped() if shows_signs(campaign, [one["text"]])} == {"invasion-was-a-crime"}
    assert [text for text in pack.preface if "horrifying" in text] == []


def test_nobody_is_named_in_more_than_three_arguments() -> None:
    for name in ("Milley", "Putin’s spokesman", "Bennett", "Lavrov", "Blinken"):
        assert len({one["key"] for one in read_shipped() if name in one["text"]}) <= 3, name


def test_there_are_many_ways_to_begin_to_ask_and_to_name_it() -> None:
    pack = parse_pack(SHIPPED)
    begun = [text for text in pack.openings if text.endswith(".")]
    assert min(len(pack.subjects), len(pack.preface), len(begun), len(pack.openings) - len(begun)) >= 8
    assert len(pack.subjects) == len({*pack.subjects}) >= 16
    assert not any(argument.subjects for argument in pack.arguments), "a subject is its writer's, not an argument's"
    assert min(len(ask.wordings) for ask in pack.asks) >= 2


def test_every_member_can_be_asked_for_something() -> None:
    load_pack(parse_pack(SHIPPED))
    asks = list(Ask.objects.all())
    for party, office in [
        ("Labour", ""),
        ("Labour", "minister"),
        ("Labour", "foreign-secretary"),
        ("Speaker", ""),
        ("Sinn Féin", ""),
    ]:
        member = Member(party=party, office=office)
        suitable = [ask for ask in asks if ask.suits(member.offices) and (member.takes_part or not ask.in_chamber)]
        assert suitable, (party, office)
        if office:
            assert not any("press the government" in text for ask in suitable for text in ask.word_list)
