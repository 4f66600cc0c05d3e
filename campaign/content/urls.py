"""URLs of the public pages."""

from django.urls import path

from campaign.content import pages, views

urlpatterns = [
    path("", views.show_home, name="home"),
    path("privacy/", pages.show_privacy, name="privacy"),
    path("who-runs-this/", pages.show_who_runs_this, name="who-runs-this"),
    path("complaints/", pages.show_complaints, name="complaints"),
    path("accessibility/", pages.show_accessibility, name="accessibility"),
    path("<slug:slug>/", views.show_campaign, name="campaign"),
    path("<slug:slug>/picture/<str:digest>.webp", views.show_picture, name="campaign-picture"),
    path("<slug:slug>/card.png", views.show_card, name="campaign-card"),
]
