"""Django's handle on letters."""

from django.apps import AppConfig
from django.conf import settings


class LettersConfig(AppConfig):
    """The app's name and label."""

    name = "letters"

    def ready(self) -> None:
        """Register checks and what is rehearsed before going live; listen to the mail provider, if it is to tell."""
        from campaign.content import modes
        from letters import checks  # noqa: F401
        from letters.rehearsals import require_rehearsal

        if require_rehearsal not in modes.FURTHER:
            modes.FURTHER.append(require_rehearsal)
        if settings.ANYMAIL_PROVIDER:
            from letters.webhooks import listen

            listen()
