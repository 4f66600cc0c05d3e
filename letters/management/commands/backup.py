"""`manage.py backup FOLDER`: an encrypted copy of the whole database."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from letters.backups.dump import BackupFailedError, name_backup, write_backup
from letters.models import Heartbeat


class Command(BaseCommand):
    """Back up, and let old backups go."""

    help = (
        "Writes the database to a new file in FOLDER, encrypted with the first of BACKUP_KEYS, and deletes backups "
        "there that are older than 30 days. Keep all keys somewhere else: without them no backup can be restored."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--keep-days", type=int, default=30, help="delete backups older than this: what was erased is still in them"
        )

    def handle(self, *_args: Any, folder: Path, keep_days: int, **_options: Any) -> None:
        """Write the file and name it. Raises CommandError."""
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}. Create it, or name another one.")
        target = folder / f"parley-{timezone.now():%Y%m%dT%H%M%S}.{name_backup()}"
        try:
            write_backup(target)
        except (BackupFailedError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        Heartbeat.beat("backup")
        self.stdout.write(f"{target}: {target.stat().st_size:,} bytes")
        limit = time.time() - keep_days * 86_400
        for old in folder.glob("parley-*.age"):
            if old != target and old.stat().st_mtime < limit:
                old.unlink()
                self.stdout.write(f"{old}: deleted, because it is older than {keep_days} days")
