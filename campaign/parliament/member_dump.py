"""Writes the members file, with the constituencies."""

import csv
from collections.abc import Iterable
from typing import TextIO

from campaign.parliament.member_file import COLUMNS, MEMBER_COLUMNS
from campaign.parliament.models import Constituency


def write_member_file(constituencies: Iterable[Constituency], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for constituency in constituencies:
        member = constituency.member
        person = [getattr(member, column) if member else "" for column in MEMBER_COLUMNS]
        writer.writerow(
            [
                constituency.gss,
                constituency.name,
                constituency.name_cy,
                constituency.nation,
                constituency.as_of,
                *person,
                constituency.member_known_as_of or constituency.as_of,
            ]
        )
