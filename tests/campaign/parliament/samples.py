"""Constituencies, members and files to test with."""

from datetime import date
from pathlib import Path

from campaign.parliament.models import Constituency, Member

AS_OF = date(2026, 6, 1)
HEADER = (
    "gss,name,name_cy,nation,seat_as_of,parliament_id,name_display,name_full_title,name_address_as,party,email,as_of"
)
MEMBERS_HEADER = "member_id,name_display,name_full_title,name_address_as,party,constituency_gss,email,as_of"


def make_constituency(number: int = 1, name: str = "", *, nation: str = "E", name_cy: str = "") -> Constituency:
    """A constituency; its GSS code ends in `number`."""
    code = f"{nation}14{number:06}"
    return Constituency.objects.create(
        gss=code, name=name or f"Seat {number}", name_cy=name_cy, nation=nation, as_of=AS_OF
    )


def make_member(constituency: Constituency, name: str = "Jane Smith", **fields: object) -> Member:
    """The sitting member of a constituency."""
    facts: dict[str, object] = {"name_full_title": f"{name} MP", "party": "Independent", "as_of": AS_OF, **fields}
    return Member.objects.create(constituency=constituency, name_display=name, **facts)


def make_constituencies(count: int = 20) -> list[Constituency]:
    """Constituencies 1 to `count`, each with a member whose number in Parliament is the same, "Member 1" and so on."""
    constituencies = [make_constituency(number) for number in range(1, count + 1)]
    for number, constituency in enumerate(constituencies, start=1):
        make_member(constituency, f"Member {number}", parliament_id=number, email=f"m{number}@parliament.uk")
    return constituencies


def write_rows(folder: Path, *rows: str, header: str = MEMBERS_HEADER) -> Path:
    """A CSV file of these rows."""
    path = folder / "update.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def member_row(number: int, constituency: int | None = None, *, as_of: str = "2026-07-01", **fields: str) -> str:
    """A row of a lookup of members, as made by `make_constituencies` if no field says otherwise."""
    facts = {"name": f"Member {number}", "party": "Independent", "email": f"m{number}@parliament.uk", **fields}
    name = facts["name"]
    title = name if name in {"", "Vacant"} else f"{name} MP"
    gss = f"E14{constituency or number:06}"
    identity = facts.get("id", str(number))
    return f"{identity},{name},{title},,{facts['party']},{gss},{facts['email']},{as_of}"


def vacant_row(constituency: int, *, as_of: str = "2026-07-01") -> str:
    """A row that says "Vacant" as published lookups do."""
    return f",Vacant,Vacant,,,E14{constituency:06},,{as_of}"
