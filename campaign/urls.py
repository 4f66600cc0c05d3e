"""The URLconf. It only names what the apps serve; it imports none of them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from campaign.core.security_txt import show_security_txt

admin.site.site_header = _("Parley: for organisers")
admin.site.site_title = _("Parley")
admin.site.index_title = _("Campaigns")

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path(".well-known/security.txt", show_security_txt, name="security-txt"),
    path("", include("campaign.staff.urls")),
    path("", include("letters.urls")),
    path("", include("campaign.parliament.urls")),
    path("", include("campaign.content.urls")),
]
