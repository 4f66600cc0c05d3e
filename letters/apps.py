"""Django's handle on letters."""

from django.apps import AppConfig
from django.conf import settings


class LettersConfig(AppConfig):
    """The app's name and label."""

    name = "letters"

    def ready(self) -> None:
        """Register the checks; listen to the mail provider, if it is to tell of returned letters."""
        from letters import checks  # noqa: F401

        if settings.ANYMAIL_PROVIDER:
            from letters.webhooks import listen

            listen()
