"""The admin page on which a campaign gets, changes or loses its picture."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.content.admin.campaign_pages import find
from campaign.content.models import Campaign, CampaignPicture
from campaign.core.picture_form import UPLOAD_HELP, UploadForm


class PictureForm(UploadForm):
    picture_width, ratio = 640, 16 / 9

    class Meta:
        model = CampaignPicture
        fields = ["file", "description", "credit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("At least 640 pixels wide; it is cut to 16:9. %s") % UPLOAD_HELP


def picture_page(request: HttpRequest, object_id: str, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    campaign = find(request, object_id, admin_page)
    if not admin_page.has_change_permission(request, campaign):
        raise PermissionDenied
    picture = CampaignPicture.objects.filter(campaign=campaign).first()
    here = HttpResponseRedirect(reverse("admin:content_campaign_picture", args=[campaign.pk]))
    if request.method == "POST" and "remove" in request.POST:
        with transaction.atomic():
            CampaignPicture.objects.filter(campaign=campaign).delete()
            admin_page.log_change(request, campaign, "Removed the picture.")
        messages.success(request, _("The page no longer has a picture."))
        return here
    posted = request.method == "POST"
    new = CampaignPicture(campaign=campaign)
    form = PictureForm(request.POST if posted else None, request.FILES if posted else None, instance=picture or new)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            admin_page.log_change(request, campaign, "Changed the picture.")
        messages.success(request, _("This is what supporters see now."))
        return here
    context = admin_page.admin_site.each_context(request) | {
        "title": _("Picture: %s") % campaign,
        "opts": admin_page.opts,
        "campaign": campaign,
        "picture": picture,
        "form": form,
    }
    return TemplateResponse(request, "admin/content/campaign/picture.html", context)
