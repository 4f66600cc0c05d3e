"""The app configurations of campaign.staff."""

from django.apps import AppConfig
from django.apps import apps as installed
from django.contrib.admin import apps
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "campaign.staff"
    label = "staff"

    def ready(self) -> None:
        from campaign.core import checks  # noqa: F401

        names = {"auth": _("Accounts"), "axes": _("Lockouts"), "content": _("Campaigns and arguments")}
        for label, name in names.items():
            installed.get_app_config(label).verbose_name = name


class StaffAdminConfig(apps.AdminConfig):
    """Django's admin, with a second factor."""

    default = False
    default_site = "campaign.staff.site.StaffSite"
