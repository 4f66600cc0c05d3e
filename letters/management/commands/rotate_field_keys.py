"""`manage.py rotate_field_keys`: brings what is stored under the first of FIELD_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.core.rotation import rotate_tables


class Command(BaseCommand):
    """Encrypt anew under the first key."""

    help = (
        "Encrypts supporters' data again with the first key in FIELD_KEYS, and updates the index of addresses. "
        "The site can run meanwhile. If this is stopped, start it again. After that you can remove the older keys "
        "(docs/operators.md, Keys)."
    )
    requires_system_checks: list[str] = []  # a missing font is no reason to leave data under an old key

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and print what became of the rows. Raises CommandError if some cannot be decrypted."""
        unreadable = bound = 0
        for table in rotate_tables():
            self.stdout.write(
                f"{table.name}: {table.done:,} encrypted again, {table.current:,} already used the first key"
            )
            unreadable += table.unreadable
            bound += table.bound
        if bound:
            self.stdout.write(
                f"{bound:,} of these rows date from before values were bound to their rows. Unless you have updated "
                "this site since you last ran this, somebody has put them there: see docs/operators.md, Keys."
            )
        if unreadable:
            raise CommandError(
                f"{unreadable:,} rows cannot be decrypted with any key in FIELD_KEYS, and were not changed. "
                "Put the key that they were encrypted with back into FIELD_KEYS, and run this again."
            )
        self.stdout.write(
            "Everything is encrypted with the first key. Keep the older keys for as long as you keep older backups."
        )
