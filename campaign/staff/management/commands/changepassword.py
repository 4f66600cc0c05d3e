"""Set an account's password from the server."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User
from django.core.management.base import CommandParser

from campaign.staff.models import TemporaryPassword


class Command(changepassword.Command):
    """Django's command, which also marks the password as temporary, as the admin does."""

    help = "Changes an account's password. At the next sign-in its owner has to choose a new one, unless you add --own."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--own",
            action="store_true",
            help="the account is yours, so you do not have to choose a new password when you sign in",
        )

    def handle(self, *args: Any, own: bool, **options: Any) -> str:
        """Raises CommandError if nothing was changed."""
        done = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        if own:
            TemporaryPassword.objects.filter(user=user).delete()
            return str(done)
        TemporaryPassword.objects.get_or_create(user=user)
        return f"{done}. At the next sign-in {user} will have to choose a new one."
