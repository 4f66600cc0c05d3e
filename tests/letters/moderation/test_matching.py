"""What rules look for in a text is found whatever it is dressed up as, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.parliament.finding import look_up_constituency
from letters.moderation.diff import find_changed, split_text
from letters.moderation.matching import (
    find_links,
    find_phrases,
    find_postcodes_elsewhere,
    fold_text,
    has_name,
    is_in_domains,
)

PHRASES = ("kill* you", "watch your back", "crème", "*bomb")


def show(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I will kill you.", ["kill you"]),
        ("KILLING\nYOU", ["KILLING\nYOU"]),
        ("kill, you", ["kill, you"]),
        ("ki\u200bll you", ["ki\u200bll you"]),
        ("kíll yóu and kill you", ["kíll yóu", "kill you"]),
        ("Watch your back!", ["Watch your back"]),
        ("Creme, CRE\u0300ME", ["Creme", "CRE\u0300ME"]),
        ("a firebomb, bombs", ["firebomb"]),
        ("skill you, kill your, killyou, kill, you know", ["kill, you"]),
        ("", []),
    ],
)
def test_phrases_are_found_as_whole_words(text: str, found: list[str]) -> None:
    assert show(text, find_phrases(text, PHRASES)) == found


def test_an_empty_list_finds_nothing() -> None:
    assert find_phrases("kill you", ()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://a.example/b?c=1, please", ["https://a.example/b?c=1,"]),
        ("www.spam.example", ["www.spam.example"]),
        ("Buy at cheap-pills.co.uk/now today", ["cheap-pills.co.uk/now"]),
        ("HXXP://X.EXAMPLE", ["HXXP://X.EXAMPLE"]),
        ("Write to jane@supporter.co.uk.", []),
        ("I said no.So did he. At 5.30 p.m. e.g. the U.K. is 3.5", []),
    ],
)
def test_links_are_found_and_mail_addresses_are_none(text: str, found: list[str]) -> None:
    assert show(text, find_links(text)) == found


WESTMINSTER = "E14001172"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I live at LS1 4AP, not here.", ["LS1 4AP"]),
        ("ls14ap", ["ls14ap"]),
        ("My home is SW1A 1AA.", []),
        ("House of Commons, London SW1A 0AA", []),
        ("ZZ99 9ZZ, M25 and A1 2nd", []),
    ],
)
def test_only_postcodes_in_other_constituencies_are_found(text: str, found: list[str]) -> None:
    assert show(text, find_postcodes_elsewhere(text, WESTMINSTER)) == found


def test_the_commons_own_postcode_is_anybodys() -> None:
    assert find_postcodes_elsewhere("House of Commons, London SW1A 0AA, SW1A0AA", "E14001063") == []


def test_a_text_full_of_postcodes_costs_no_more_than_fifty_look_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []

    def count(postcode: str) -> object:
        looked_up.append(postcode)
        return look_up_constituency(postcode)

    monkeypatch.setattr("letters.moderation.matching.look_up_constituency", count)
    spelt = "SW1A 1AA sw1a1aa SW1A\u00a01AA " * 100
    assert find_postcodes_elsewhere(spelt, WESTMINSTER) == []
    assert looked_up == ["SW1A1AA"]
    unknown = [f"QQ{number} 9ZZ" for number in range(99)]
    text = " ".join([*unknown, *unknown])
    beyond = unknown[50:]
    assert show(text, find_postcodes_elsewhere(text, WESTMINSTER)) == [*beyond, *beyond], "a person reads them"
    assert len(looked_up) == 1 + 50


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Ann Example", True),
        ("DR ANN  EXAMPLE", True),
        ("Rt Hon Änn B. Example OBE", True),
        ("Ann Sample", False),
        ("Example", False),
        ("Ms MP", False),
        ("", False),
    ],
)
def test_the_mps_name_is_known_with_and_without_titles(name: str, same: bool) -> None:
    assert has_name(name, "Ms Ann Example MP") is same


@pytest.mark.parametrize(
    "name",
    [
        "Lucy Pow\u0435ll",  # a Cyrillic е
        "Luсу Роwеll",  # all of it but L, w and l
        "Lucy Ρowell",  # a Greek rho
        "Ｌｕｃｙ Ｐｏｗｅｌｌ",
        "𝐋𝐮𝐜𝐲 𝐏𝐨𝐰𝐞𝐥𝐥",
        "Lucy PoweII",
        "Lucy Powe11",
        "Lucy P0well",
        "Lucy Powell MP Office",
        "Office of the Rt Hon Lucy Powell MP",
        "Lucy Powell’s office",
        "Powell, Lucy",
        "Lucy Maria Powell",
        "LucyPowell",
        "Lucy-Powell",
        "L u c y Powell",
        "LUCY POWELL",
    ],
)
def test_a_name_that_readers_would_take_for_the_mps_is_known(name: str) -> None:
    assert has_name(name, "The Rt Hon Lucy Powell MP")


@pytest.mark.parametrize(
    "name", ["Lucy Power", "Lucille Powell", "Luc Powell", "Powell", "Lucy", "Lucinda Powellson", "Cal Greenwood", "І"]
)
def test_other_peoples_names_are_not(name: str) -> None:
    assert not has_name(name, "The Rt Hon Lucy Powell MP")
    assert not has_name(name, "Al Green MP")


@pytest.mark.parametrize("name", ["Sám Barnes", "SAM BARNES", "Sarn Bames", "Sаm Bаrnеs"])
def test_a_skeleton_is_what_a_name_looks_like(name: str) -> None:
    assert has_name(name, "Sam Barnes MP")


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_stands_beside_the_name_hides_it_not(before: str, after: str) -> None:
    assert has_name(f"{before} Lucy Powеll {after}", "Lucy Powell MP")


def test_a_domain_holds_its_subdomains_and_no_others() -> None:
    domains = ["Mailinator.com"]
    assert [
        is_in_domains(one, domains) for one in ("a@MAILINATOR.com", "a@x.mailinator.com", "a@notmailinator.com")
    ] == [
        True,
        True,
        False,
    ]


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_folding_says_where_each_character_was(text: str) -> None:
    folded, places = fold_text(text)
    assert len(places) == len(folded) + 1
    assert places == sorted(places)
    for start, end in find_phrases(text, PHRASES):
        assert 0 <= start < end <= len(text)


@settings(max_examples=60)
@given(st.text(alphabet="ab c,.", max_size=40), st.text(alphabet="ab c,.", max_size=40))
def test_a_text_in_stretches_is_the_text(text: str, base: str) -> None:
    stretches = split_text(text, find_changed(text, base), [(1, 3)])
    assert "".join(one.text for one in stretches) == text
    assert all(one.text for one in stretches) or not text


def test_changed_words_are_found_and_unchanged_ones_not() -> None:
    text = "The war must end now, please."
    assert show(text, find_changed(text, "The war must end.")) == ["now, please"]
    assert find_changed(text, text) == []
    assert show(text, find_changed(text, "")) == [text]
