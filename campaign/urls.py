"""The URLconf. It only names what the apps serve; it imports neither of them."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("letters.urls")),
    path("", include("campaign.content.urls")),
]
