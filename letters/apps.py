"""Django's handle on letters."""

from django.apps import AppConfig
from django.conf import settings


class LettersConfig(AppConfig):
    """The app's name and label."""

    name = "letters"

    def ready(self) -> None:
        from campaign.content import modes
        from campaign.staff.destinations import redirected
        from letters import checks  # noqa: F401
        from letters.checks import require_rehearsal
        from letters.delivery.alerts import queue_alert

        if require_rehearsal not in modes.FURTHER:
            modes.FURTHER.append(require_rehearsal)
        redirected.connect(queue_alert)
        if settings.ANYMAIL_PROVIDER:
            from letters.bounces.webhooks import listen

            listen()
