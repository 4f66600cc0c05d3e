"""What has to be rehearsed before a campaign goes live."""

from __future__ import annotations

from django.utils.translation import gettext as _

from campaign.content.models import Campaign
from campaign.content.modes import Requirement
from letters.models import Letter, Status


def require_rehearsal(campaign: Campaign) -> Requirement:
    """Ask for one letter that went the whole way in rehearsal, to the test address."""
    sent = Letter.objects.filter(campaign=campaign, rehearsal=True, status=Status.SENT)
    return Requirement(
        _("A letter sent in rehearsal"),
        sent.exists(),
        _("Write one on the campaign's page, confirm it, and wait until it has come to the test address."),
        "site",
    )
