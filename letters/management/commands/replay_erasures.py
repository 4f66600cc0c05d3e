"""`manage.py replay_erasures`: erases again what was erased before the database was put back by other means."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from letters.backups.dump import replay_erasures


class Command(BaseCommand):
    """Replay the tombstones."""

    help = (
        "Erases and withdraws again what was erased and withdrawn, according to the tombstones file in the data "
        "directory. `restore` does this automatically. If you restored a dump in another way, run this before you "
        "start anything else."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        counts = replay_erasures()
        done = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        self.stdout.write(done or "Nothing had to be erased or withdrawn again.")
