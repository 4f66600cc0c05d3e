"""The public pages: which campaigns there are, and the case each makes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from campaign.content.models import Campaign


def show_home(request: HttpRequest) -> HttpResponse:
    """List the campaigns that can be written for."""
    return render(request, "content/home.html", {"campaigns": Campaign.objects.all()})


def show_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the campaign's case: its arguments by theme with their sources, who runs it, and the way in."""
    return render(request, "content/campaign.html", {"campaign": get_object_or_404(Campaign, slug=slug)})
