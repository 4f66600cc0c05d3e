"""What is said: a campaign, its argument bank and its asks."""

from __future__ import annotations

from campaign.content.models.argument import Argument, ArgumentQuerySet, Theme
from campaign.content.models.ask import Ask
from campaign.content.models.campaign import Campaign
from campaign.content.models.local import LocalFact
from campaign.content.models.picture import CampaignPicture
from campaign.content.models.texts import Fact, Phrasing, Source
from campaign.content.models.version import CORRECTED, Text, TextVersion, record_versions, saving_as, watch_changes

__all__ = [
    "CORRECTED",
    "Argument",
    "ArgumentQuerySet",
    "Ask",
    "Campaign",
    "CampaignPicture",
    "Fact",
    "LocalFact",
    "Phrasing",
    "Source",
    "Text",
    "TextVersion",
    "Theme",
    "record_versions",
    "saving_as",
    "watch_changes",
]
