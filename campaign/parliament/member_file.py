"""Reads the members file: a row for each constituency, all checked before any is used."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from campaign.parliament.address import is_vacant
from campaign.parliament.models import Constituency, Member

DATA = Path(__file__).parent / "data"
SHIPPED = DATA / "members.csv"
CONSTITUENCY_COLUMNS = ("gss", "name", "name_cy", "nation", "seat_as_of")
MEMBER_COLUMNS = ("parliament_id", "name_display", "name_full_title", "name_address_as", "party", "email")
COLUMNS = (*CONSTITUENCY_COLUMNS, *MEMBER_COLUMNS, "as_of")
# Other names of the same columns: in ONS tables, published lookups, Parliament's Members API.
_ALIASES = {
    "gss_code": "gss",
    "constituency_gss": "gss",
    "pcon24cd": "gss",
    "member_id": "parliament_id",
    "namedisplayas": "name_display",
    "namefulltitle": "name_full_title",
    "nameaddressas": "name_address_as",
    "constituency_name": "name",
}
T = TypeVar("T")
_GSS = re.compile(r"[ESWN][0-9]{8}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NATIONS: dict[str, str] = {str(label).casefold(): value for value, label in Constituency.Nation.choices}
_MAX_LENGTH: dict[str, int] = {
    field.name: field.max_length
    for model, columns in ((Constituency, ("name", "name_cy")), (Member, MEMBER_COLUMNS))
    for field in model._meta.concrete_fields
    if field.name in columns and field.max_length
}
_MAX_PROBLEMS = 20  # shown at once
_MAX_ID = 2_147_483_647  # a PositiveIntegerField's on PostgreSQL


class MemberFileError(Exception):
    """The file is not valid; the message names file, line, column and reason of each problem."""


@dataclass(frozen=True, slots=True)
class ConstituencyFacts:
    """A constituency's own columns in a file written by dump_members."""

    name: str
    name_cy: str
    nation: str
    as_of: date


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """The member in a row; `email` is None if the file has no such column."""

    parliament_id: int | None
    name_display: str
    name_full_title: str
    name_address_as: str
    party: str
    email: str | None


@dataclass(frozen=True, slots=True)
class ConstituencyRow:
    """One row: a constituency (None in a file of members only), who sits there (None: nobody) and when."""

    line: int
    gss: str
    constituency: ConstituencyFacts | None
    member: MemberFacts | None
    as_of: date


def read_member_file(path: Path) -> list[ConstituencyRow]:
    """Return the rows of a CSV file in UTF-8, in its order.

    Raises MemberFileError with every problem of the file (at most 20 are spelt out): unreadable or not UTF-8,
    missing columns, wrong number of fields, malformed GSS codes, dates, ids or addresses, duplicate rows or people.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _Reader(str(path)).read(file)
    except OSError as error:
        raise MemberFileError(f"{path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise MemberFileError(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from error


class _Reader:
    """Collects problems as it reads, so that an operator sees all of them at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.line = 1
        self.problems: list[str] = []

    def read(self, file: TextIO) -> list[ConstituencyRow]:
        reader = csv.reader(file, strict=True)
        rows: list[ConstituencyRow] = []
        try:
            columns = self._read_header(next(reader, []))
            while columns:
                self.line = reader.line_num + 1
                cells = next(reader, None)
                if cells is None:
                    break
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(columns):
                    self._report("", f"has {len(cells)} fields where the header has {len(columns)}")
                    continue
                row = self._read_row(dict(zip(columns, (cell.strip() for cell in cells), strict=True)))
                if row:
                    rows.append(row)
        except csv.Error as error:
            self._report("", f"is not CSV ({error})")
        if not rows and not self.problems:  # empty, or only a header
            self._report("", "the file has no rows")
        self._check_twice(rows)
        if self.problems:
            more = len(self.problems) - _MAX_PROBLEMS
            shown = self.problems[:_MAX_PROBLEMS] + ([f"… and {more} more problems."] if more > 0 else [])
            raise MemberFileError("\n".join(shown))
        return rows

    def _report(self, column: str, reason: str, line: int | None = None) -> None:
        place = f"{self.name}, line {line or self.line}" + (f", column {column}" if column else "")
        self.problems.append(f"{place}: {reason}.")

    def _read_header(self, cells: list[str]) -> list[str]:
        columns = [_ALIASES.get(cell.strip().casefold(), cell.strip().casefold()) for cell in cells]
        for column in sorted({column for column in columns if columns.count(column) > 1 and column in COLUMNS}):
            self._report(column, "the column appears twice")
        needed = {"gss", "name_display", "name_full_title", "party", "as_of"}
        if "seat_as_of" in columns:  # the file has constituencies, too
            needed |= {"name", "name_cy", "nation"}
        for column in COLUMNS:
            if column in needed and column not in columns:
                self._report(column, "the column is missing")
        return [] if self.problems else columns

    def _read_row(self, cells: dict[str, str]) -> ConstituencyRow | None:
        before = len(self.problems)
        for column, cell in cells.items():
            if column not in COLUMNS:
                continue
            if _CONTROL.search(cell):
                self._report(column, "has a line break or another control character")
            elif len(cell) > _MAX_LENGTH.get(column, len(cell)):
                self._report(column, f"is longer than {_MAX_LENGTH[column]} characters")
        gss = cells["gss"]
        if not _GSS.fullmatch(gss):
            self._report("gss", f"“{gss}” is not a GSS code, such as E14001063")
        constituency = self._read_constituency(cells) if "seat_as_of" in cells else None
        member = self._read_member(cells)
        as_of = self._read(cells, "as_of", _parse_date)
        if len(self.problems) > before or as_of is None:
            return None
        return ConstituencyRow(self.line, gss, constituency, member, as_of)

    def _read_constituency(self, cells: dict[str, str]) -> ConstituencyFacts | None:
        nation = _NATIONS.get(cells["nation"].casefold(), cells["nation"].upper())
        if not cells["name"]:
            self._report("name", "the constituency has no name")
        if nation not in Constituency.Nation.values:
            self._report("nation", f"“{cells['nation']}” is not E, S, W or N")
        elif nation != cells["gss"][:1]:
            self._report("nation", f"“{cells['nation']}” does not match the GSS code {cells['gss']}")
        as_of = self._read(cells, "seat_as_of", _parse_date)
        return ConstituencyFacts(cells["name"], cells["name_cy"], nation, as_of) if as_of else None

    def _read_member(self, cells: dict[str, str]) -> MemberFacts | None:
        """Return the member of a row; a row that says "Vacant", or has empty fields, has none."""
        if is_vacant(cells["name_display"]) and is_vacant(cells["name_full_title"]):
            said = (
                ""
                if cells["name_display"] or cells["name_full_title"]
                else cells.get("parliament_id") or cells.get("email")
            )
            if said:
                self._report(
                    "name_display",
                    f"there is no name, yet the row has “{said}”. If it is vacant, leave its fields empty",
                )
            return None
        for column in ("name_display", "name_full_title", "party"):
            if is_vacant(cells[column]):
                self._report(column, "is empty, yet the row names a member")
        identity = self._read(cells, "parliament_id", _parse_id) if cells.get("parliament_id") else None
        email = self._read(cells, "email", _parse_email) if cells.get("email") else cells.get("email")
        return MemberFacts(
            parliament_id=identity,
            name_display=cells["name_display"],
            name_full_title=cells["name_full_title"],
            name_address_as=cells.get("name_address_as", ""),
            party=cells["party"],
            email=email,
        )

    def _read(self, cells: dict[str, str], column: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(cells[column])
        except ValueError as error:
            self._report(column, str(error))
            return None

    def _check_twice(self, rows: list[ConstituencyRow]) -> None:
        constituencies: dict[str, int] = {}
        people: dict[int, int] = {}
        for row in rows:
            if (first := constituencies.setdefault(row.gss, row.line)) != row.line:
                self._report("gss", f"the constituency {row.gss} is in line {first} already", row.line)
            identity = row.member.parliament_id if row.member else None
            if identity is not None and (first := people.setdefault(identity, row.line)) != row.line:
                self._report("parliament_id", f"member {identity} sits in line {first} already", row.line)


def _parse_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(f"“{text}” is not a date, such as 2026-06-27")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a real date") from None


def _parse_id(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 0 < int(text) <= _MAX_ID:
        raise ValueError(f"“{text}” is not a member's number in Parliament")
    return int(text)


def _parse_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError(f"“{text}” is not an email address") from None
    return text
