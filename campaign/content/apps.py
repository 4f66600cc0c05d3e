"""Django's handle on campaign.content."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """The app's name and label."""

    name = "campaign.content"
    label = "content"
