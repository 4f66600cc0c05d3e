"""Paths of the public pages: the campaigns and their cases."""

from django.urls import path

from campaign.content import views

urlpatterns = [
    path("", views.show_home, name="home"),
    path("<slug:slug>/", views.show_campaign, name="campaign"),
]
