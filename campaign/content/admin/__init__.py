"""Admin pages for campaigns, arguments and packs."""

from campaign.content.admin import arguments, campaigns

__all__ = ["arguments", "campaigns"]
