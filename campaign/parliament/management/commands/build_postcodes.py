"""Builds the tables of postcodes."""

import os
import re
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaign.parliament.postcode_builder import PostcodeFileError, PostcodeRows, build_table
from campaign.parliament.postcode_table import decode_table
from campaign.parliament.postcodes import LIVE_FILE, OLD_FILE


class Command(BaseCommand):
    """`manage.py build_postcodes --live FILE… --old FILE… --no-location FILE…`: half a minute."""

    help = (
        "Builds the postcode tables from CSV files (.csv or .csv.xz) with the columns postcode, gss and method (w: "
        "certain; s, k, l, b: supporters are asked). Postcodes of Northern Ireland (BT) are left out, because of their "
        "licence. Tables in the data directory take precedence over those in Parley. Restart the site afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        files: dict[str, Any] = {"nargs": "+", "type": Path, "metavar": "FILE", "action": "extend"}
        parser.add_argument("--live", required=True, help="postcodes in use", **files)
        parser.add_argument("--old", default=[], help="postcodes no longer in use", **files)
        parser.add_argument("--no-location", default=[], help="postcodes in use that have no location", **files)
        parser.add_argument("--out", type=Path, default=settings.DATA_DIR, metavar="DIR", help="default: %(default)s")
        parser.add_argument("--as-of", default="", help="YYYY-MM[-DD]; default: today")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = options["as_of"] or date.today().isoformat()  # noqa: DTZ011 a day of the calendar, not a moment
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", as_of):
            raise CommandError(f"--as-of: “{as_of}” is not a date, such as 2025-11 or 2025-11-30.")
        live, old = PostcodeRows(), PostcodeRows()
        try:
            for path in options["live"]:
                live.read(path)
            for path in options["no_location"]:
                live.read(path, with_place=False)
            for path in options["old"]:
                old.read(path)
        except PostcodeFileError as error:
            raise CommandError(f"{error} Nothing was written.") from error
        folder: Path = options["out"]
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in ((LIVE_FILE, live), (OLD_FILE, old)):
            data = build_table(rows, as_of)
            table = decode_table(data)  # proves that it can be read before it replaces anything
            unfinished = folder / f"{name}.new"
            unfinished.write_bytes(data)
            os.replace(unfinished, folder / name)
            self.stdout.write(
                f"{folder / name}: {table.count:,} postcodes, "
                f"{table.count_without_place:,} of them without a location, {len(data):,} bytes, as of {as_of}."
            )
        if left_out := live.northern_irish + old.northern_irish:
            self.stdout.write(f"Left out: {left_out:,} postcodes of Northern Ireland.")
