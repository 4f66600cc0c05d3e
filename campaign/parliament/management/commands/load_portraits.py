"""Loads portraits of MPs from a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.parliament.portraits import LIST, PortraitsError, load_portraits


class Command(BaseCommand):
    """`manage.py load_portraits FOLDER`: all or nothing, and repeatable."""

    help = (
        f"Loads portraits of MPs. FOLDER has the pictures and {LIST}, with the columns member_id (the MP's number at "
        "Parliament), file, and credit (who made it and the licence, shown below it). Portraits that are not in it are "
        "removed. None comes with Parley: check that you may use them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = load_portraits(options["folder"])
        except PortraitsError as error:
            raise CommandError(f"{error}\nNothing was changed.") from error
        for change in changes or ["Nothing has changed."]:
            self.stdout.write(change)
