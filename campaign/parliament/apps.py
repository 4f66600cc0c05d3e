"""The app configuration of campaign.parliament."""

from django.apps import AppConfig


class ParliamentConfig(AppConfig):
    name = "campaign.parliament"
    label = "parliament"
