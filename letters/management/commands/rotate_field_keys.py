"""`manage.py rotate_field_keys`: brings what is stored under the first of FIELD_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.core.rotation import rotate_tables


class Command(BaseCommand):
    """Encrypt anew under the first key."""

    help = (
        "Encrypts supporters' data anew under the first key of FIELD_KEYS and brings the index of addresses along. "
        "The site may go on working; if it is stopped, start it again. Then the older keys can go (docs/operators.md)."
    )
    requires_system_checks: list[str] = []  # a missing font is no reason to leave data under an old key

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and print what became of the rows. Raises CommandError if some cannot be decrypted."""
        unreadable = bound = 0
        for table in rotate_tables():
            self.stdout.write(f"{table.name}: {table.done:,} encrypted anew, {table.current:,} were current")
            unreadable += table.unreadable
            bound += table.bound
        if bound:
            self.stdout.write(
                f"{bound:,} of these rows were from before values were bound to their rows. Unless this site was "
                "updated since it was last run, somebody has put them there: see docs/operators.md, Keys."
            )
        if unreadable:
            raise CommandError(
                f"{unreadable:,} rows cannot be decrypted by any key in FIELD_KEYS, and stay as they are. "
                "Put the key that they were encrypted with back into FIELD_KEYS and run this again."
            )
        self.stdout.write("Everything is under the first key. Keep the older ones as long as you keep older backups.")
