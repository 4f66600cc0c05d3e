"""Updates constituencies and members from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.parliament.member_file import SHIPPED, MemberFileError, read_member_file
from campaign.parliament.member_import import DissolutionError, import_members
from campaign.parliament.member_report import describe_plan


class Command(BaseCommand):
    """`manage.py import_members [FILE]`: all or nothing, and repeatable."""

    help = (
        "Updates constituencies and MPs. FILE is what dump_members writes, or a list of MPs with the columns "
        "constituency_gss, member_id, name_display, name_full_title, name_address_as, party, email, as_of. "
        "Older facts never replace newer ones. Without FILE: the list that comes with Parley."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument(
            "--dissolution", action="store_true", help="let more than a tenth of constituencies be vacant"
        )
        parser.add_argument(
            "--new-constituencies", action="store_true", help="accept GSS codes that this site does not know"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        known = None
        try:
            rows = read_member_file(path)
            if not options["new_constituencies"]:
                known = {row.gss for row in (rows if path == SHIPPED else read_member_file(SHIPPED))}
            plan = import_members(
                rows,
                str(path),
                known_constituencies=known,
                dissolution=options["dissolution"],
                dry_run=options["dry_run"],
            )
        except MemberFileError as error:
            raise CommandError(f"{error}\nNothing was changed.") from error
        except DissolutionError as error:
            raise CommandError(
                f"{path}: {error} If Parliament is dissolved, run again with --dissolution. Nothing was changed."
            ) from error
        for sentence in [*describe_plan(plan), *plan.followed]:
            self.stdout.write(sentence)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed: this was a dry run.")
