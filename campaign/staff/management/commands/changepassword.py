"""Give an account another password from the server."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User
from django.core.management.base import CommandParser

from campaign.staff.models import TemporaryPassword


class Command(changepassword.Command):
    """Django's command, which also keeps in mind that somebody else has chosen the password, as the admin does."""

    help = "Change an account's password. At the next sign-in its owner chooses another one, unless --own is given."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--own",
            action="store_true",
            help="The account is yours: the password is your own choice, and you are not asked for another one.",
        )

    def handle(self, *args: Any, own: bool, **options: Any) -> str:
        """Change it, and say what comes next. Raises CommandError if nothing was changed."""
        done = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        if own:
            TemporaryPassword.objects.filter(user=user).delete()
            return str(done)
        TemporaryPassword.objects.get_or_create(user=user)
        return f"{done}. At the next sign-in {user} is asked to choose another one."
