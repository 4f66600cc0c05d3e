"""What a person typed leads to constituencies and to a sentence that says what to do next (territories.py, management/commands/find_mp.py)."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from campaign.parliament.finding import (
    NORTHERN_IRELAND,
    PostcodeResult,
    find_constituencies,
    load_constituencies,
    look_up_constituency,
)
from campaign.parliament.models import Constituency, Member


@pytest.fixture
def _parliament(db: None) -> None:
    call_command("import_members", stdout=StringIO())


def test_a_certain_postcode_is_found() -> None:
    finding = look_up_constituency("sw1a 0aa")
    assert finding == PostcodeResult("SW1A 0AA", "found", "We found the constituency of SW1A 0AA.", ("E14001172",))


def test_an_uncertain_postcode_is_a_question_with_the_likeliest_constituency_first() -> None:
    finding = look_up_constituency("E17 3RS")
    assert (finding.status, finding.gss[0]) == ("confirm", "E14001167")
    assert len(finding.gss) == len(set(finding.gss)) == 2
    assert finding.message == (
        "E17 3RS is near a boundary between constituencies. Choose your constituency. The first is the likeliest."
    )


def test_one_that_is_not_quite_certain_is_one_constituency_to_confirm() -> None:
    finding = look_up_constituency("LS15 9AA")
    assert (finding.status, len(finding.gss)) == ("confirm", 1)
    assert finding.message == "LS15 9AA may be in another constituency: we are not quite sure."


def test_an_old_postcode_is_a_question() -> None:
    finding = look_up_constituency("AB1 0AA")
    assert (finding.status, finding.gss[0]) == ("confirm", "S14000061")
    assert finding.message.startswith("AB1 0AA is no longer in use.")


def test_northern_ireland_chooses_among_its_constituencies() -> None:
    finding = look_up_constituency("BT1 1AA")
    assert (finding.postcode, finding.status, len(finding.gss)) == ("BT1 1AA", "choose", 18)


@pytest.mark.usefixtures("_parliament")
def test_the_constituencies_of_northern_ireland_are_all_of_them() -> None:
    assert set(NORTHERN_IRELAND) == set(Constituency.objects.filter(nation="N").values_list("gss", flat=True))


@pytest.mark.parametrize(
    ("text", "postcode", "place"),
    [
        ("JE2 3XP", "JE2 3XP", "Jersey"),
        ("gy11aa", "GY1 1AA", "Guernsey"),
        ("IM2 1AA", "IM2 1AA", "the Isle of Man"),
        ("BFPO 57", "BFPO 57", "forces address"),
        ("BF1 2AT", "BF1 2AT", "forces address"),
        ("ASCN 1ZZ", "ASCN 1ZZ", "Ascension Island"),
        ("BBND 1ZZ", "BBND 1ZZ", "British Indian Ocean Territory"),
        ("BIQQ 1ZZ", "BIQQ 1ZZ", "British Antarctic Territory"),
        ("FIQQ 1ZZ", "FIQQ 1ZZ", "Falkland Islands"),
        ("PCRN 1ZZ", "PCRN 1ZZ", "Pitcairn Islands"),
        ("SIQQ 1ZZ", "SIQQ 1ZZ", "South Georgia"),
        ("STHL 1ZZ", "STHL 1ZZ", "St Helena"),
        ("TDCU 1ZZ", "TDCU 1ZZ", "Tristan da Cunha"),
        ("TKCA 1ZZ", "TKCA 1ZZ", "Turks and Caicos"),
        ("GX11 1AA", "GX11 1AA", "Gibraltar"),
        ("AI-2640", "AI-2640", "Anguilla"),
        ("VG1110", "VG1110", "British Virgin Islands"),
        ("KY1-1001", "KY1-1001", "Cayman Islands"),
        ("MSR 1110", "MSR-1110", "Montserrat"),
        ("HM 12", "HM 12", "Bermuda"),
        ("D02 X285", "D02 X285", "Oireachtas"),
        ("GIR 0AA", "GIR 0AA", "Girobank"),
        ("BX1 1LT", "BX1 1LT", "banks"),
        ("XX10 1AA", "XX10 1AA", "parcels"),
        ("ZZ99 3VZ", "ZZ99 3VZ", "health records"),
        ("XM4 5HQ", "XM4 5HQ", "Father Christmas"),
    ],
)
def test_each_place_without_an_mp_has_its_own_sentence(text: str, postcode: str, place: str) -> None:
    finding = look_up_constituency(text)
    assert (finding.postcode, finding.status, finding.gss) == (postcode, "no_mp", ())
    assert place in finding.message
    assert "nter the postcode of" in finding.message  # what to do next


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("", "invalid", "Enter your full postcode, such as SW1A 0AA."),
        ("SW1A", "invalid", "SW1A is only the first half. Enter your full postcode, such as SW1A 0AA."),
        ("hello", "invalid", "That is not a UK postcode. Enter your full postcode, such as SW1A 0AA."),
        ("SWIA OAA", "invalid", "That is not a postcode. Did you mean SW1A 0AA?"),
        ("SW1A 0ZZ", "unknown", "We do not know SW1A 0ZZ. Check it, or choose your constituency from the list."),
    ],
)
def test_what_is_not_found_says_what_to_do(text: str, status: str, message: str) -> None:
    finding = look_up_constituency(text)
    assert (finding.status, finding.message, finding.gss) == (status, message, ())


def test_a_postcode_in_use_without_a_place_is_told_apart_from_an_unknown_one() -> None:
    finding = look_up_constituency("AB43 1AG")
    assert finding.status == "unknown"
    assert finding.message.startswith("AB43 1AG is in use, but is not tied to a place")


@given(st.one_of(st.none(), st.text(), st.text("BT1JEIMGYOL0 -", max_size=9)))
def test_no_input_raises(text: str | None) -> None:
    finding = look_up_constituency(text)
    assert finding.message
    assert bool(finding.gss) == (finding.status in {"found", "confirm", "choose"})


@pytest.mark.usefixtures("_parliament")
@pytest.mark.parametrize("text", ["SW1A 0AA", "BT1 1AA"])
def test_constituencies_are_loaded_in_two_queries(text: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    finding = look_up_constituency(text)
    with django_assert_num_queries(2):
        constituencies = load_constituencies(finding.gss)
        assert [constituency.gss for constituency in constituencies if constituency.member] == list(finding.gss)


@pytest.mark.usefixtures("_parliament")
def test_a_vacant_seat_is_found_and_said_to_be_vacant() -> None:
    Member.objects.filter(constituency="E14001172").update(sitting=False)
    finding, constituencies = find_constituencies("SW1A 0AA")
    assert (finding.status, [constituency.member for constituency in constituencies]) == ("found", [None])
    assert finding.message == (
        "SW1A 0AA is in Cities of London and Westminster. "
        "It has no MP at the moment: there is nobody to write to until the next election there."
    )


@pytest.mark.django_db
def test_an_empty_site_says_so() -> None:
    finding, constituencies = find_constituencies("SW1A 0AA")
    assert (finding.status, finding.gss, constituencies) == ("unknown", (), [])


def find_mp(*words: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("find_mp", *words, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


@pytest.mark.usefixtures("_parliament")
def test_find_mp_prints_one_json_object() -> None:
    out, code = find_mp("E17 3RS", "--json")
    answer: dict[str, Any] = json.loads(out)
    assert (code, list(answer)) == (0, ["postcode", "status", "message", "constituencies"])
    assert answer["constituencies"][0] == {
        "gss": "E14001167",
        "name": "Chingford and Woodford Green",
        "member": {
            "name": "Sir Iain Duncan Smith",
            "envelope": "The Rt Hon Sir Iain Duncan Smith MP",
            "salutation": "Dear Sir Iain",
            "party": "Conservative",
            "email": "iain.duncansmith.mp@parliament.uk",
        },
    }


@pytest.mark.usefixtures("_parliament")
@pytest.mark.parametrize(
    ("text", "status", "code", "count"),
    [
        ("SW1A 0AA", "found", 0, 1),
        ("BT1 1AA", "choose", 0, 18),
        ("JE2 3XP", "no_mp", 1, 0),
        ("SW1A 0ZZ", "unknown", 1, 0),
        ("nonsense", "invalid", 1, 0),
    ],
)
def test_find_mp_leaves_with_a_code(text: str, status: str, code: int, count: int) -> None:
    out, left = find_mp(text, "--json")
    answer = json.loads(out)
    assert (answer["status"], left, len(answer["constituencies"])) == (status, code, count)


@pytest.mark.usefixtures("_parliament")
def test_find_mp_is_readable_and_vacant_seats_have_no_member() -> None:
    out, _code = find_mp("SW1A", "0AA")
    assert "Rachel Blake MP" in out
    assert "Dear Rachel Blake," in out
    Member.objects.filter(constituency="E14001172").update(sitting=False)
    assert json.loads(find_mp("SW1A 0AA", "--json")[0])["constituencies"][0]["member"] is None
    assert "vacant" in find_mp("SW1A 0AA")[0]


@pytest.mark.parametrize(
    ("typed", "meant"), [("SWIA OAA", "SW1A 0AA"), ("sw1aoaa", "SW1A 0AA"), ("LSl 3AD", "LS1 3AD")]
)
def test_a_letter_typed_for_a_digit_is_suggested_back_as_a_postcode_that_is_found(typed: str, meant: str) -> None:
    assert look_up_constituency(typed).suggestion == meant
    assert look_up_constituency(meant).status == "found"
