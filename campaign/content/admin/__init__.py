"""The organisers' pages for what is said."""

from campaign.content.admin import arguments, campaigns

__all__ = ["arguments", "campaigns"]
