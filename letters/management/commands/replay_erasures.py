"""`manage.py replay_erasures`: erases again what was erased before the database was put back by other means."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from letters.backups.dump import replay_erasures


class Command(BaseCommand):
    """Replay the tombstones."""

    help = (
        "Erases and withdraws again what DATA_DIR/tombstones says was erased and withdrawn. `restore` does this "
        "automatically; run this after putting a dump back by other means, before anything else is started."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        counts = replay_erasures()
        done = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        self.stdout.write(done or "Nothing had come back.")
