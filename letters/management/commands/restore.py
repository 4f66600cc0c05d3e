"""`manage.py restore FILE`: puts the database back as a backup has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from letters.backups.dump import BackupFailedError, restore_backup
from letters.models import Letter


class Command(BaseCommand):
    """Restore; erasures stay erased, and no letter goes out by itself."""

    help = (
        "Replaces the whole database with a backup. Erases and withdraws again what supporters have had erased or "
        "withdrawn since, holds queued letters until a person has looked at them, and ends all sign-ins. "
        "Stop web, worker and beat first."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--replace", action="store_true", help="replace the database even if it has letters; they are lost"
        )

    def handle(self, *_args: Any, file: Path, replace: bool, **_options: Any) -> None:
        """Restore and say what was done. Raises CommandError."""
        has_table = Letter._meta.db_table in connection.introspection.table_names()
        if has_table and not replace and Letter.objects.exists():
            raise CommandError("The database has letters. To replace them with those in the backup, add --replace.")
        try:
            counts = restore_backup(file)
        except (BackupFailedError, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        self.stdout.write("Restored: " + ", ".join(f"{count:,} {what}" for what, count in counts.items()))
        self.stdout.write("Look at the held letters in the admin before you start worker and beat.")
