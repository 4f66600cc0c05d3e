"""URLs of what is shown of MPs."""

from django.urls import path

from campaign.parliament import views

urlpatterns = [path("portraits/<str:digest>.webp", views.show_portrait, name="portrait")]
