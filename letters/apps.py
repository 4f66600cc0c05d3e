"""The app configuration of letters."""

from django.apps import AppConfig
from django.conf import settings


class LettersConfig(AppConfig):
    name = "letters"

    def ready(self) -> None:
        from campaign.content import corrections, modes
        from campaign.content.models import CORRECTED
        from campaign.staff.destinations import redirected
        from campaign.staff.invitations import invited
        from letters import checks  # noqa: F401
        from letters.actions.outdate import outdate_letters, say_carriers
        from letters.checks import require_rehearsal
        from letters.delivery.alerts import queue_alert
        from letters.delivery.invitations import mail_invitation

        if require_rehearsal not in modes.FURTHER:
            modes.FURTHER.append(require_rehearsal)
        if outdate_letters not in CORRECTED:
            CORRECTED.append(outdate_letters)
            corrections.CARRIERS.append(say_carriers)
        redirected.connect(queue_alert)
        invited.connect(mail_invitation)
        if settings.ANYMAIL_PROVIDER:
            from letters.bounces.webhooks import start_listening

            start_listening()
