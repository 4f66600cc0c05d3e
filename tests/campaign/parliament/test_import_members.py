"""Members are brought up to date from a file: checked as a whole, all or nothing, newest facts win (member_import.py, member_report.py, management/commands/dump_members.py, management/commands/import_members.py)."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign.parliament.member_file import SHIPPED
from campaign.parliament.models import Constituency, Member
from campaign.staff.destinations import Redirection, redirected
from letters.models import Alert
from tests.campaign.parliament.samples import HEADER, make_constituencies, member_row, vacant_row, write_rows

pytestmark = pytest.mark.django_db


def run(path: Path | None = None, *options: str) -> list[str]:
    """What import_members says. Test constituencies are made up, so their codes are believed."""
    out = StringIO()
    call_command("import_members", *([str(path)] if path else []), *options, stdout=out)
    return out.getvalue().splitlines()


def update(folder: Path, *rows: str, options: tuple[str, ...] = ()) -> list[str]:
    return run(write_rows(folder, *rows), "--new-constituencies", *options)


def dump() -> str:
    out = StringIO()
    call_command("dump_members", stdout=out)
    return out.getvalue()


def names() -> dict[str, str]:
    """The sitting members, by the last digits of the constituency's code."""
    return {
        constituency.gss[-2:]: constituency.member.name_display if constituency.member else ""
        for constituency in Constituency.objects.with_members()
    }


def test_the_shipped_file_fills_the_database_in_few_queries_and_redirects_nothing() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        said = run()
    assert said == ["New: 650 constituencies, 650 of them with an MP.", "Unchanged: 0 constituencies."]
    assert (Constituency.objects.count(), Member.objects.filter(sitting=True).count()) == (650, 650)
    assert len(queries) < 60  # not one for each constituency
    assert not Alert.objects.exists()
    nations = [Constituency.objects.filter(nation=nation).count() for nation in "ESWN"]
    assert nations == [543, 57, 32, 18]


def test_the_organisers_are_told_for_which_constituencies_letters_go_elsewhere(tmp_path: Path) -> None:
    make_constituencies(4)
    told: list[str] = []

    def listen(by: str, changes: list[Redirection], **_signal: Any) -> None:
        told.extend(f"{by}: {change}" for change in changes)

    redirected.connect(listen)
    try:
        rows = [member_row(1, email="other@parliament.uk"), member_row(2, party="Labour"), vacant_row(3)]
        rows += [member_row(9, 4, name="Eve New")]
        path = write_rows(tmp_path, *rows)
        run(path, "--new-constituencies", "--dissolution", "--dry-run")
        assert told == []
        run(path, "--new-constituencies", "--dissolution")
    finally:
        redirected.disconnect(listen)
    assert told == [
        "manage.py import_members: constituency Seat 1: m1@parliament.uk → other@parliament.uk",
        "manage.py import_members: constituency Seat 3: m3@parliament.uk → nowhere",
        "manage.py import_members: constituency Seat 4: m4@parliament.uk → m9@parliament.uk",
    ]


def test_importing_again_changes_nothing() -> None:
    run()
    before = dump()
    assert run() == ["Unchanged: 650 constituencies."]
    assert dump() == before


def test_what_is_dumped_is_what_ships() -> None:
    run()
    assert dump() == SHIPPED.read_text(encoding="utf-8")


def test_vacancies_survive_a_round_trip(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, vacant_row(3))
    before = dump()
    path = tmp_path / "dump.csv"
    path.write_text(before, encoding="utf-8")
    Member.objects.all().delete()
    Constituency.objects.all().delete()
    run(path, "--new-constituencies")
    assert dump() == before
    assert "E14000003,Seat 3,,E,2026-06-01,,,,,,,2026-07-01" in before


def test_every_kind_of_change_is_said_in_a_sentence(tmp_path: Path) -> None:
    make_constituencies()
    said = update(
        tmp_path,
        member_row(1),
        member_row(2, party="Green Party"),
        member_row(3, email="new@parliament.uk"),
        vacant_row(4),
        member_row(99, 5, name="Ann New", party="Labour"),
        member_row(6, email=""),
        member_row(7, name="Dame Member 7"),
    )
    assert said == [
        "Seat 2: Member 2 is now Green Party (before: Independent).",
        "Seat 3: the address of Member 3 is now new@parliament.uk (before: m3@parliament.uk).",
        "Seat 4 is now vacant: Member 4 (Independent) is no longer its MP.",
        "Seat 5 has a new MP: Ann New (Labour), after Member 5 (Independent).",
        "Seat 6: the address of Member 6 is now unknown, post only (before: m6@parliament.uk).",
        "Seat 7: the MP's name is now given as Dame Member 7 / Dame Member 7 MP (before: Member 7 / Member 7 MP).",
        "Unchanged: 1 constituency.",
    ]
    assert (names()["04"], names()["05"]) == ("", "Ann New")
    assert Member.objects.get(name_display="Member 5").sitting is False


def test_a_constituency_may_be_renamed(tmp_path: Path) -> None:
    run()
    row = (
        SHIPPED.read_text()
        .splitlines()[1]
        .replace("Aldershot,", "Aldershot and Fleet,")
        .replace("2024-07-04", "2026-01-01")
    )
    said = run(write_rows(tmp_path, row, header=HEADER))
    assert said == ["Aldershot is now called Aldershot and Fleet.", "Unchanged: 0 constituencies."]
    assert Constituency.objects.search("aldershot and fleet").get().name == "Aldershot and Fleet"


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    make_constituencies()
    before = dump()
    said = update(tmp_path, vacant_row(4), options=("--dry-run",))
    assert said[0] == "Seat 4 is now vacant: Member 4 (Independent) is no longer its MP."
    assert said[-1] == "Nothing was changed: this was a dry run."
    assert dump() == before


def test_a_member_who_resigned_comes_back_under_the_same_number(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, vacant_row(4))
    said = update(tmp_path, member_row(4, party="Reform UK", as_of="2026-08-13"))
    assert said == [
        "Seat 4 is no longer vacant. Its MP is Member 4 (Reform UK), who has been an MP before.",
        "Unchanged: 0 constituencies.",
    ]
    assert Member.objects.get(parliament_id=4).sitting
    assert Member.objects.count() == 20


def test_a_member_moves_seat(tmp_path: Path) -> None:
    make_constituencies()
    said = update(tmp_path, member_row(4, 5))
    assert said == [
        "Seat 5 has a new MP: Member 4 (Independent), until now the MP for Seat 4, after Member 5 (Independent).",
        "Seat 4 is now vacant: Member 4 (Independent) is no longer its MP.",
        "Unchanged: 0 constituencies.",
    ]
    assert (names()["04"], names()["05"]) == ("", "Member 4")


def test_members_exchange_seats(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, member_row(4, 5), member_row(5, 6), member_row(6, 4))
    assert (names()["04"], names()["05"], names()["06"]) == ("Member 6", "Member 4", "Member 5")
    assert Member.objects.count() == 20


def test_older_facts_do_not_undo_newer_ones(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, vacant_row(4), member_row(5, party="Labour"), member_row(6))
    said = update(tmp_path, *(member_row(number, as_of="2026-06-15") for number in (4, 5, 6)))
    assert said == [
        "Seat 4 keeps what is known of a vacancy as of 2026-07-01: the file says 2026-06-15.",
        "Seat 5 keeps what is known of Member 5 as of 2026-07-01: the file says 2026-06-15.",
        "Unchanged: 3 constituencies.",
    ]
    assert (names()["04"], Member.objects.get(parliament_id=5).party) == ("", "Labour")


def test_an_older_file_does_not_take_a_member_from_the_seat_they_moved_to(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, member_row(4, 5, as_of="2026-09-01"), member_row(6, as_of="2026-06-02"))
    update(tmp_path, member_row(4, 6, as_of="2026-08-01"))
    assert (names()["05"], names()["06"]) == ("Member 4", "Member 6")


def test_a_member_without_a_number_is_known_by_constituency_and_name(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, member_row(0, 4, name="Ann New", id=""))
    assert update(tmp_path, member_row(0, 4, name="Ann New", id="")) == ["Unchanged: 1 constituency."]
    update(tmp_path, member_row(0, 4, name="Ann New", id="5500"))
    assert Member.objects.get(name_display="Ann New").parliament_id == 5500
    update(tmp_path, member_row(0, 4, name="Ann New", id=""))
    assert Member.objects.get(name_display="Ann New").parliament_id == 5500


def test_a_file_without_addresses_leaves_the_stored_ones(tmp_path: Path) -> None:
    make_constituencies()
    path = write_rows(
        tmp_path,
        "4,Member 4,Member 4 MP,Labour,E14000004,2026-07-01",
        header="member_id,name_display,name_full_title,party,constituency_gss,as_of",
    )
    run(path, "--new-constituencies")
    assert Member.objects.values_list("party", "email").get(parliament_id=4) == ("Labour", "m4@parliament.uk")


def test_a_tenth_of_the_seats_may_fall_vacant_but_more_has_to_be_meant(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, vacant_row(1), vacant_row(2))
    everywhere = [vacant_row(number, as_of="2026-08-01") for number in range(1, 21)]
    before = dump()
    with pytest.raises(CommandError, match=r"18 of 20 constituencies would become vacant\..*--dissolution"):
        update(tmp_path, *everywhere)
    assert dump() == before
    update(tmp_path, *everywhere, options=("--dissolution",))
    assert Member.objects.filter(sitting=True).count() == 0


WRONG = [
    ("4,Member 4,Member 4 MP,,Labour,E1400004,,2026-07-01", "line 3, column gss: “E1400004” is not a GSS code"),
    ("4,Member 4,Member 4 MP,,Labour,E14000004,,01/07/2026", "line 3, column as_of: “01/07/2026” is not a date"),
    ("4,Member 4,Member 4 MP,,Labour,E14000004,,2026-02-30", "line 3, column as_of: “2026-02-30” is not a real date"),
    ("4,Member 4,Member 4 MP,,Labour,E14000004,m4@,2026-07-01", "line 3, column email: “m4@” is not an email"),
    ("x,Member 4,Member 4 MP,,Labour,E14000004,,2026-07-01", "line 3, column parliament_id: “x” is not a member's"),
    ("4,Member 4,Member 4 MP,,,E14000004,,2026-07-01", "line 3, column party: is empty"),
    ("4,,,,Labour,E14000004,,2026-07-01", "line 3, column name_display: there is no name, yet the row has “4”"),
    ("4,Member 4,Member 4 MP,,Labour,E14000004,2026-07-01", "line 3: has 7 fields where the header has 8"),
    ('4,"Member\n4",Member 4 MP,,Labour,E14000004,,2026-07-01', "line 3, column name_display: has a line break"),
    (f"4,{'M' * 151},Member 4 MP,,Labour,E14000004,,2026-07-01", "line 3, column name_display: is longer than 150"),
    (
        "4,Member 4,Member 4 MP,,Labour,E14000001,,2026-07-01",
        "line 3, column gss: the constituency E14000001 is in line 2",
    ),
    ("1,Member 1,Member 1 MP,,Labour,E14000004,,2026-07-01", "line 3, column parliament_id: member 1 sits in line 2"),
    (
        "4,Member 4,Member 4 MP,,Labour,E14000444,,2026-07-01",
        "line 3, column gss: E14000444 is not in the database yet",
    ),
    ('4,"Member 4', "line 3: is not CSV"),
]


@pytest.mark.parametrize(("row", "reason"), WRONG)
def test_one_wrong_row_changes_nothing_and_is_named(row: str, reason: str, tmp_path: Path) -> None:
    make_constituencies()
    before = dump()
    with pytest.raises(CommandError) as error:
        update(tmp_path, member_row(1, party="Labour"), row)
    assert f"{tmp_path / 'update.csv'}, {reason}" in str(error.value)
    assert dump() == before


def test_every_problem_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        update(tmp_path, *(row for row, _reason in WRONG[:6]))
    assert str(error.value).count("line ") == 6


def test_a_code_that_is_no_constituency_of_ours_is_refused(tmp_path: Path) -> None:
    run()
    row = "E14000530,Aldershot,,E,2024-07-04,,,,,,,2026-07-01"  # its code before July 2024
    with pytest.raises(CommandError, match="column gss: E14000530 is not a constituency that this site knows"):
        run(write_rows(tmp_path, row, header=HEADER))
    assert Constituency.objects.count() == 650


@pytest.mark.parametrize("content", [b"", b"gss,party\n", b"\xff\xfe", b"\x00", HEADER.encode() + b"\n"])
def test_a_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "update.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=r"update\.csv"):
        run(path)
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.csv")


def test_a_literal_vacant_and_empty_fields_mean_the_same(tmp_path: Path) -> None:
    make_constituencies()
    update(tmp_path, vacant_row(1), ",,,,,E14000002,,2026-07-01")
    assert (names()["01"], names()["02"]) == ("", "")
