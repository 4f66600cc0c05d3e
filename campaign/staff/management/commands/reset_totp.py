"""Reset somebody's second factor from the server."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.staff.two_factor import reset_factor


class Command(BaseCommand):
    """Forget an organiser's phone and recovery codes."""

    help = (
        "Removes an organiser's phone and recovery codes, so that they set them up again when they next sign in. "
        "The password does not change."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account “{username}”.")
        if not reset_factor(user, by=None):
            self.stdout.write(f"{username} has no second factor, and will set one up at the next sign-in.")
            return
        self.stdout.write(
            f"Done. {username} will set up a phone at the next sign-in. If the phone was stolen, also run:"
        )
        self.stdout.write(f"    manage.py changepassword {username}")
