"""Loads portraits of MPs: a folder of pictures, and a CSV file in it that says whose they are and who made them."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from campaign.core.pictures import PictureError, make_picture
from campaign.parliament.models import Member, Portrait

LIST = "portraits.csv"
COLUMNS = ("member_id", "file", "credit")
WIDTH, RATIO = 240, 1.0
MAX_CREDIT = 200


class PortraitsError(Exception):
    """The folder cannot be loaded; `faults` has a line for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))


def load_portraits(folder: Path) -> list[str]:
    """Make the portraits those of the folder, all or nothing; return a line for each member whose portrait changed.

    Raises PortraitsError.
    """
    rows = read_list(folder)
    members = {member.parliament_id: member for member in Member.objects.filter(parliament_id__in=list(rows))}
    faults, made = [], []
    for number, (line, name, credit) in rows.items():
        if number not in members:
            faults.append(f"{LIST}, line {line}: no MP here has the number {number}")
            continue
        try:
            path = find_file(folder, name)
            made.append((members[number], make_picture(path.read_bytes(), WIDTH, RATIO), credit))
        except (PictureError, OSError) as error:
            faults.append(f"{LIST}, line {line}: {name}: {error}")
    if faults:
        raise PortraitsError(faults)
    with transaction.atomic():
        before = {portrait.member_id: portrait for portrait in Portrait.objects.select_related("member")}
        said = [f"removed: {old.member}" for pk, old in before.items() if pk not in {one.pk for one, *_ in made}]
        Portrait.objects.exclude(member__in=[member for member, _picture, _credit in made]).delete()
        for member, picture, credit in made:
            old = before.get(member.pk)
            if old and (old.digest, old.credit) == (picture.digest, credit):
                continue
            Portrait.objects.update_or_create(
                member=member,
                defaults={
                    "content": picture.content,
                    "digest": picture.digest,
                    "width": picture.width,
                    "height": picture.height,
                    "credit": credit,
                },
            )
            said.append(f"{'changed' if old else 'added'}: {member.name_display} ({len(picture.content):,} bytes)")
    return said


def find_file(folder: Path, name: str) -> Path:
    """Return the file of that name in the folder. Raises OSError if it is not in there."""
    path = (folder / name).resolve(strict=True)
    if folder.resolve() not in path.parents:
        raise OSError("this file is outside the folder")
    return path


def read_list(folder: Path) -> dict[int, tuple[int, str, str]]:
    """Return line, file and credit by the member's number at Parliament. Raises PortraitsError."""
    path = folder / LIST
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PortraitsError([f"{path}: {error}. The folder needs this file, in UTF-8."]) from error
    reader = csv.DictReader(text.splitlines())
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise PortraitsError([f"{LIST}: these columns are missing: {', '.join(missing)}"])
    rows: dict[int, tuple[int, str, str]] = {}
    faults = []
    for row in reader:
        number, name, credit = ((row[column] or "").strip() for column in COLUMNS)
        where = f"{LIST}, line {reader.line_num}"
        if not number.isdecimal() or len(number) > 9:
            faults.append(f"{where}: member_id has to be the MP’s number at Parliament, such as 4638")
        elif int(number) in rows:
            faults.append(f"{where}: {number} is here twice (first in line {rows[int(number)][0]})")
        elif not name:
            faults.append(f"{where}: file is missing")
        elif not credit or len(credit) > MAX_CREDIT:
            faults.append(
                f"{where}: credit has to name who made it and the licence, in at most {MAX_CREDIT} characters"
            )
        else:
            rows[int(number)] = (reader.line_num, name, credit)
    if faults:
        raise PortraitsError(faults)
    return rows
