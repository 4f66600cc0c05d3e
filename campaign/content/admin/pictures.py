"""The admin page on which a campaign gets, changes or loses its picture."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.content.admin.campaign_pages import find
from campaign.content.models import Campaign, CampaignPicture
from campaign.core.pictures import Picture, PictureError, make_picture

WIDTH, RATIO = 640, 16 / 9


class PictureForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """A file, needed only for a new picture, and what is said about it."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_(
            "JPEG, PNG or WebP, at least 640 pixels wide, at most 1.5 MB; your browser makes larger photos smaller "
            "before it sends them. It is cut to 16:9 and made small enough for a phone. What else the file holds, such "
            "as where the photo was taken, is not kept."
        ),
        widget=forms.FileInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp",
                "aria-describedby": "id_file_helptext",
                "data-shrink": "",
            }
        ),
    )

    class Meta:
        model = CampaignPicture
        fields = ["file", "description", "credit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.instance.pk
        for name in ("description", "credit"):
            self.fields[name].widget.attrs |= {"class": "vTextField", "aria-describedby": f"id_{name}_helptext"}

    def clean_file(self) -> Picture | None:
        file = self.cleaned_data["file"]
        if not file:
            return None
        try:
            return make_picture(file.read(), WIDTH, RATIO)
        except PictureError as error:
            raise ValidationError(str(error)) from error

    def save(self, commit: bool = True) -> CampaignPicture:
        if made := self.cleaned_data["file"]:
            for name in ("content", "digest", "width", "height"):
                setattr(self.instance, name, getattr(made, name))
        saved: CampaignPicture = super().save(commit)
        return saved


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
