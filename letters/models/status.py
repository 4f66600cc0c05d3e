"""A letter's statuses, the table of transitions, and its other events."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a letter is in its life (docs/states.md)."""

    UNCONFIRMED = "unconfirmed", _("Waiting for confirmation")
    QUEUED = "queued", _("Queued")
    HELD = "held", _("Held")
    CLAIMED = "claimed", _("Being prepared")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    BOUNCED = "bounced", _("Bounced")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown: may have been delivered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# The allowed transitions. Only a person's decision leads out of FAILED, and out of UNKNOWN too, unless the mail
# server's reply arrives after all.
TRANSITIONS: dict[str, set[str]] = {
    Status.UNCONFIRMED: {Status.QUEUED, Status.HELD, Status.WITHDRAWN},
    Status.QUEUED: {Status.CLAIMED, Status.HELD, Status.WITHDRAWN, Status.FAILED},
    Status.HELD: {Status.QUEUED, Status.WITHDRAWN, Status.FAILED},
    Status.CLAIMED: {Status.SENDING, Status.QUEUED, Status.FAILED, Status.WITHDRAWN},
    Status.SENDING: {Status.SENT, Status.QUEUED, Status.FAILED, Status.UNKNOWN},
    Status.SENT: {Status.BOUNCED},
    Status.BOUNCED: set(),
    Status.FAILED: {Status.QUEUED},
    Status.UNKNOWN: {Status.QUEUED, Status.SENT, Status.FAILED},
    Status.WITHDRAWN: set(),
}
LEASED = (Status.CLAIMED, Status.SENDING)
# The transitions that owe the supporter a mail, with the kind of Notice.
NOTICE_FOR_STATUS: dict[str, str] = {Status.SENT: "sent", Status.FAILED: "returned", Status.BOUNCED: "returned"}
WITHDRAWABLE = tuple(status for status, to in TRANSITIONS.items() if Status.WITHDRAWN in to)


class EventType(models.TextChoices):
    """Events other than transitions."""

    CREATED = "created", _("Written")
    POSTED = "posted", _("Posted by the supporter")
    ANSWERED = "answered", _("Answered by the MP")
    CORRECTED = "corrected", _("Corrected by the supporter")
    OUTDATED = "outdated", _("Not sent until the supporter has chosen: it carries words that were corrected")
    RENEWED = "renewed", _("The supporter has chosen about the corrected words")
    TEXT_ERASED = "text_erased", _("Text and address erased")
    ERASED = "erased", _("Personal data erased")
    LATE_REPLY = "late_reply", _("The mail server's reply, received too late")
    NOTE = "note", _("Note")


class EventCode(models.TextChoices):
    """Why something happened, for programs; the event's note tells people."""

    PREPARING_LOST = "preparing_lost", _("its sender stopped before it offered the letter")
    SENDING_LOST = "sending_lost", _("its sender stopped while it offered the letter")
    CORRECTED = "corrected", _("taken back from its sender, because the supporter corrected it")
    OUTDATED = "outdated", _("taken back from its sender, because it carries words that were corrected")
    RETURNED = "returned", _("a report of failure came, and the letter was not “sent”")
    DELAYED = "delayed", _("a report of delay came")
    UNCLEAR = "unclear", _("a report came that a person has to read")
    SOFT_BOUNCE = "soft_bounce", _("the mail provider could not deliver it, for a reason that may pass")
    MEMBER_CHANGED = "member_changed", _("its MP is no longer an MP, or has another address")
    COMPLAINT = "complaint", _("its recipient complained about it to the mail provider")
