"""Writes the file of constituencies and members."""

import csv
from collections.abc import Iterable
from typing import TextIO

from campaign.parliament.member_file import COLUMNS, MEMBER_COLUMNS
from campaign.parliament.models import Constituency


def write_member_file(seats: Iterable[Constituency], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for seat in seats:
        member = seat.member
        person = [getattr(member, column) if member else "" for column in MEMBER_COLUMNS]
        writer.writerow(
            [seat.gss, seat.name, seat.name_cy, seat.nation, seat.as_of, *person, seat.member_known_as_of or seat.as_of]
        )
