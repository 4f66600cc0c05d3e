"""Reset somebody's second factor from the server."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.staff.two_factor import reset_factor


class Command(BaseCommand):
    """Forget an organiser's phone and recovery codes."""

    help = "Forget an organiser's phone and recovery codes; the next sign-in sets them up anew. The password stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account “{username}”.")
        if not reset_factor(user, by=None):
            self.stdout.write(f"{username} had no second factor; the next sign-in sets one up.")
            return
        self.stdout.write(f"Done: at the next sign-in {username} sets up a phone. If the phone was stolen, also run:")
        self.stdout.write(f"    manage.py changepassword {username}")
