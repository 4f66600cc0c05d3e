"""The tables answer every row that went in, and nothing else (postcode_builder.py, management/commands/build_postcodes.py)."""

import csv
import lzma
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from itertools import product
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaign.parliament import postcodes
from campaign.parliament.postcode_builder import PostcodeRows, build_table
from campaign.parliament.postcode_table import Place, PostcodeTableError, decode_table, read_table
from campaign.parliament.postcodes import Found, Postcode, load_tables, look_up_postcode, parse_postcode

LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
units = st.tuples(st.sampled_from(["E1", "E10", "EC1A", "W1", "NPT", "ZE3"]), st.sampled_from("0123456789")).map(
    "".join
)
letters = st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)).map("".join)
places = st.tuples(st.sampled_from(["", "E14001063", "S14000021", "W07000112"]), st.booleans())


@given(st.dictionaries(st.tuples(units, letters), places, max_size=300))
def test_every_row_of_any_table_is_answered_and_no_other(rows: dict[tuple[str, str], tuple[str, bool]]) -> None:
    table = decode_table(build_table(PostcodeRows(rows), "2025-11"))
    assert (table.count, table.as_of) == (len(rows), "2025-11")
    for sector, unit in {*rows, *product({sector for sector, _unit in rows}, ["AA", "ZZ", "QX"]), ("E19", "AA")}:
        expected = rows.get((sector, unit))
        answer = table.look_up(sector[:-1], sector[-1] + unit)
        assert answer == (Place(expected[0] or None, expected[1]) if expected else None)


def test_a_run_may_be_longer_than_its_field() -> None:
    sectors = [f"{a}{b}{c}{d}" for a, b, c, d in product("EW", "ABCDEFGHIJ", "12345", "01")]
    rows = {(sector, a + b): ("E14001063", True) for sector in sectors for a in LETTERS for b in LETTERS}
    table = decode_table(build_table(PostcodeRows(rows), "2025-11"))
    assert table.count == 80_000
    assert table.look_up("WJ5", "1ZZ") == Place("E14001063", True)


def test_the_constituencies_of_a_sector_come_commonest_first() -> None:
    rows = {("E10", f"A{letter}"): ("E14001063" if letter < "N" else "S14000021", True) for letter in LETTERS}
    rows |= {("E11", "AA"): ("W07000112", True), ("E10", "ZZ"): ("", False)}
    table = decode_table(build_table(PostcodeRows(rows), "2025-11"))
    assert table.list_constituencies("E1", "0AA") == ["S14000021", "E14001063"]
    assert table.list_constituencies("E1", "1AA") == ["W07000112"]
    assert table.list_constituencies("E1", "2AA") == table.list_constituencies("E2", "") == []


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    data = build_table(PostcodeRows({("E10", "AA"): ("E14001063", True)}), "2025-11")
    path = tmp_path / "postcodes.bin"
    for damaged in [
        b"",
        data[:20],
        data[:-1],
        data[:60] + b"!" + data[61:],
        b"X" + data[1:],
        data[:8] + rb"\9" + data[9:],
    ]:
        path.write_bytes(damaged)
        with pytest.raises(PostcodeTableError, match=r"postcodes\.bin: .* build_postcodes"):
            read_table(path)
    with pytest.raises(PostcodeTableError, match="build_postcodes"):
        read_table(tmp_path / "missing.bin")


def test_the_shipped_tables_are_complete() -> None:
    live, old = load_tables()
    assert (live.count - live.count_without_place, live.count_without_place, old.count) == (1_744_706, 709, 891_415)
    assert (live.as_of, old.as_of) == ("2025-11", "2025-11")
    assert [len([gss for gss in live.constituencies if gss.startswith(nation)]) for nation in "ESWN"] == [
        543,
        57,
        32,
        0,
    ]
    assert (postcodes.SHIPPED / "postcodes.bin").stat().st_size < 400_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SW1A 0AA", Found(Place("E14001172", True), live=True)),
        ("AB10 1AB", Found(Place("S14000061", True), live=True)),
        ("AB1 0AA", Found(Place("S14000061", False), live=False)),
        ("NPT 0VA", Found(Place("W07000104", False), live=False)),
        ("AB43 1AG", Found(Place(None, False), live=True)),
        ("BT1 1AA", None),
        ("SW1A 0ZZ", None),
        ("ZY9 9ZZ", None),
    ],
)
def test_the_shipped_tables_know(text: str, found: Found | None) -> None:
    postcode = parse_postcode(text)
    assert postcode
    assert look_up_postcode(postcode) == found


def test_threads_share_one_table() -> None:
    postcodes._load_tables.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        tables = list(pool.map(lambda _number: load_tables()[0], range(32)))
    assert len({id(table) for table in tables}) == 1


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Files in the formats that the command reads."""
    with lzma.open(tmp_path / "live.csv.xz", "wt") as file:
        rows = [["E1 1AA", "E14001063", "w"], ["E1 1AB", "E14001064", "s"], ["BT1 1AA", "N05000001", "w"]]
        csv.writer(file).writerows([["postcode", "gss", "method"], *rows])
    (tmp_path / "old.csv").write_text("postcode,gss,method\nE1 9AA,E14001063,k\n")
    (tmp_path / "nowhere.csv").write_text("postcode\nN1P 1AA\n")
    return tmp_path


def build(files: Path, *options: str) -> str:
    out = StringIO()
    sources = ["--live", f"{files}/live.csv.xz", "--old", f"{files}/old.csv", "--no-location", f"{files}/nowhere.csv"]
    call_command("build_postcodes", *sources, "--out", str(files / "out"), "--as-of", "2026-05", *options, stdout=out)
    return out.getvalue()


def test_an_operator_builds_tables_that_win_over_the_shipped_ones(files: Path, settings: Settings) -> None:
    said = build(files)
    assert "3 postcodes, 1 of them without a location" in said
    assert "Left out: 1 postcodes of Northern Ireland." in said
    settings.DATA_DIR = files / "out"
    try:
        assert look_up_postcode(Postcode("E1", "1AB")) == Found(Place("E14001064", False), live=True)
        assert look_up_postcode(Postcode("E1", "9AA")) == Found(Place("E14001063", False), live=False)
        assert look_up_postcode(Postcode("N1P", "1AA")) == Found(Place(None, False), live=True)
        assert look_up_postcode(Postcode("BT1", "1AA")) is None
        assert load_tables()[0].as_of == "2026-05"
    finally:
        postcodes._load_tables.cache_clear()


def test_the_same_files_make_the_same_bytes(files: Path) -> None:
    build(files)
    first = (files / "out" / "postcodes.bin").read_bytes()
    build(files)
    assert (files / "out" / "postcodes.bin").read_bytes() == first


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("NONSENSE,E14001063,w", "line 2: “NONSENSE” is not a postcode"),
        ("E1 1AA,E1400106,w", "line 2: “E1400106” is not the GSS code"),
        ("E1 1AA,E14001063,x", "line 2: the method “x” is not one of"),
        ("E1 1AA,E14001063", "line 2: the method “None” is not one of"),
        ("E1 1AA,E14001063,w\nE1 1AA,E14001064,w", "line 3: E1 1AA was listed before, in another place"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(row: str, reason: str, files: Path) -> None:
    (files / "old.csv").write_text(f"postcode,gss,method\n{row}\n")
    with pytest.raises(CommandError) as error:
        build(files)
    assert f"{files / 'old.csv'}, {reason}" in str(error.value)
    assert not (files / "out").exists()
