"""Django's handle on campaign.parliament."""

from django.apps import AppConfig


class ParliamentConfig(AppConfig):
    """The app's name and label."""

    name = "campaign.parliament"
    label = "parliament"
