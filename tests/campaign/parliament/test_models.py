"""Constituencies are found by their name or their member's, in a constant number of queries."""

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from campaign.parliament.models import Constituency
from tests.campaign.parliament.samples import make_constituencies, make_constituency, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def _constituencies() -> None:
    make_member(make_constituency(1, "Ynys Môn", nation="W", name_cy="Ynys Môn"), "Llinos Medi")
    make_member(make_constituency(2, "Clwyd East", nation="W", name_cy="Dwyrain Clwyd"), "Becky Gittins")
    make_member(make_constituency(3, "East Ham"), "Sir Stephen Timms")
    make_member(make_constituency(4, "Belfast East", nation="N"), "Gavin Robinson")
    make_member(make_constituency(5, "Argyll"), "Brendan O'Hara")
    constituency = make_constituency(6, "Sheffield Hallam")
    make_member(constituency, "Easton Former", sitting=False)
    make_member(constituency, "Olivia Eastman")
    make_member(make_constituency(7, "Bootle"), "East Example")
    make_constituency(8, "The Wolds")


@pytest.mark.usefixtures("_constituencies")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ynys mon", ["Ynys Môn"]),
        ("YNYS MÔN", ["Ynys Môn"]),
        ("dwyrain", ["Clwyd East"]),
        ("ohara", ["Argyll"]),
        ("O’Hara", ["Argyll"]),
        ("timms east", ["East Ham"]),
        ("east", ["East Ham", "Belfast East", "Clwyd East", "Bootle", "Sheffield Hallam"]),
        ("former", []),
        ("%", []),
        ("wolds", ["The Wolds"]),
    ],
)
def test_search_finds_names_in_any_spelling_the_nearest_first(text: str, names: list[str]) -> None:
    assert [constituency.name for constituency in Constituency.objects.search(text)] == names


@pytest.mark.usefixtures("_constituencies")
def test_blank_text_finds_every_constituency() -> None:
    assert Constituency.objects.search("  ").count() == 8


@pytest.mark.parametrize("count", [1, 30])
def test_constituencies_with_members_cost_two_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_constituencies(count)
    with django_assert_num_queries(2):
        assert [
            constituency.member
            for constituency in Constituency.objects.search("seat").with_members()
            if constituency.member is None
        ] == []


def test_a_constituency_without_a_sitting_member_is_normal() -> None:
    constituency = make_constituency()
    make_member(constituency, sitting=False)
    assert constituency.member is None
    assert Constituency.objects.with_members().get().member is None


def test_a_second_sitting_member_is_refused_with_advice() -> None:
    constituency = make_constituency()
    second = make_member(constituency, "Ann New", sitting=False)
    make_member(constituency)
    second.sitting = True
    with pytest.raises(ValidationError, match="This constituency has an MP already: first untick"):
        second.full_clean()


@pytest.mark.parametrize(("party", "takes_part"), [("Sinn Féin", False), ("Speaker", False), ("Labour", True)])
def test_who_takes_no_part_in_divisions_is_known(party: str, takes_part: bool) -> None:
    assert make_member(make_constituency(), party=party).takes_part is takes_part
