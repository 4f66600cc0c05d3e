"""The app configuration of campaign.content."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "campaign.content"
    label = "content"
