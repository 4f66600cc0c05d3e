"""The organisers' pages outside the admin."""

from django.urls import path

from campaign.staff.invitation_link import take_invitation

urlpatterns = [path("invitation/<str:token>/", take_invitation, name="invitation")]
