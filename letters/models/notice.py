"""Mails owed to supporters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from letters.models.letter import Letter


class Notice(models.Model):
    """A mail to the supporter that is owed. Sending one twice is harmless, losing one is not."""

    class Kind(models.TextChoices):
        """What the mail is about."""

        CONFIRM = "confirm", _("Please confirm your letter")
        REMIND = "remind", _("Your letter is still to be sent")
        SENT = "sent", _("Your letter was sent")
        RETURNED = "returned", _("Your letter did not arrive")
        REFUSED = "refused", _("Your letter was not sent")
        HELD = "held", _("Your letter is on hold")
        OUTDATED = "outdated", _("Your letter needs a correction")
        CORRECTED = "corrected", _("A correction to a letter that you sent")
        LINKS = "links", _("The links to your letters")
        ANSWER = "answer", _("Did your MP answer?")

    # The constraint below has its index.
    letter = models.ForeignKey("letters.Letter", on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    due_at = models.DateTimeField(
        null=True, default=timezone.now, help_text=_("Not set once it has been sent or given up.")
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "kind"], name="one_notice_of_a_kind")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="notice_due")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.kind}"


CONFIRMING = (Notice.Kind.CONFIRM, Notice.Kind.REMIND)  # pointless once the letter is confirmed


def queue_confirmation(letter: Letter) -> Notice:
    return Notice.objects.create(letter=letter, kind=Notice.Kind.CONFIRM)
