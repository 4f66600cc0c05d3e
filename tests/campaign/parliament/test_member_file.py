"""A file of members is believed as a whole or refused with reasons, whatever is in it (member_dump.py)."""

from contextlib import suppress
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.parliament.member_dump import write_member_file
from campaign.parliament.member_file import SHIPPED, MemberFileError, read_member_file
from campaign.parliament.models import Constituency
from tests.campaign.parliament.samples import HEADER, MEMBERS_HEADER, member_row, write_rows

cells = st.one_of(st.sampled_from(["", "Vacant", "E14000001", "2026-07-01", "7", "Jane", '"', "a\nb"]), st.text())
lines = st.lists(cells, max_size=9).map(",".join)


@given(st.sampled_from([HEADER, MEMBERS_HEADER, ""]), st.lists(lines, max_size=4))
def test_any_file_is_read_or_refused(header: str, rows: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "update.csv"
        path.write_bytes("\n".join([header, *rows]).encode("utf-8", "surrogatepass"))
        believed = []
        with suppress(MemberFileError):  # and nothing else
            believed = read_member_file(path)
        assert len({row.gss for row in believed}) == len(believed)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = write_rows(tmp_path, member_row(1), member_row(2))
    expected = read_member_file(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_member_file(path) == expected


def test_the_shipped_file_has_every_constituency_and_never_a_guessed_address() -> None:
    rows = read_member_file(SHIPPED)
    assert len(rows) == 650
    assert sum(bool(row.constituency and row.constituency.name_cy) for row in rows) == 30
    without = [row.member.name_display for row in rows if row.member and not row.member.email]
    assert sorted(without) == [
        "Sagal Abdi-Wali",
        "Sir Julian Lewis",
        "Sir Mark Hendrick",
        "Yasmin Qureshi",
        "Órfhlaith Begley",
    ]


@pytest.mark.django_db
def test_a_database_without_constituencies_makes_a_header_alone() -> None:
    out = StringIO()
    write_member_file(Constituency.objects.all(), out)
    assert out.getvalue() == HEADER + "\n"
