"""Django's handles on the organisers' way in."""

from django.apps import AppConfig
from django.contrib.admin import apps


class StaffConfig(AppConfig):
    """The app's name and label."""

    name = "campaign.staff"
    label = "staff"

    def ready(self) -> None:
        """Register the checks of a deployment."""
        from campaign import checks  # noqa: F401


class DeskConfig(apps.AdminConfig):
    """Django's admin, behind our door."""

    default = False
    default_site = "campaign.staff.site.StaffSite"
