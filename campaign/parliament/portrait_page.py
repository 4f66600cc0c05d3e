"""The admin page on which one MP gets, changes or loses a portrait."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.core.picture_form import UploadForm
from campaign.parliament.models import Member, Portrait
from campaign.parliament.portraits import MAX_CREDIT, RATIO, WIDTH


class PortraitForm(UploadForm):
    """A square portrait and its licence."""

    picture_width, ratio = WIDTH, RATIO

    credit = forms.CharField(
        label=gettext_lazy("Credit"),
        max_length=MAX_CREDIT,
        help_text=gettext_lazy(
            "Who made it, and under which licence you use it, such as “UK Parliament, CC BY 3.0”. It is shown below "
            "the portrait. People who do not see it hear “Portrait of” and the MP’s name."
        ),
        error_messages={
            "required": gettext_lazy("Say who made it and the licence: a portrait is shown only with both.")
        },
    )

    class Meta:
        model = Portrait
        fields = ["file", "credit"]


def portrait_page(request: HttpRequest, object_id: str, admin_page: ModelAdmin[Member]) -> HttpResponse:
    member: Member | None = admin_page.get_object(request, unquote(object_id))
    if member is None:
        raise Http404
    if not admin_page.has_change_permission(request, member):
        raise PermissionDenied
    portrait = Portrait.objects.filter(member=member).first()
    here = HttpResponseRedirect(reverse("admin:parliament_member_portrait", args=[member.pk]))
    if request.method == "POST" and "remove" in request.POST:
        with transaction.atomic():
            Portrait.objects.filter(member=member).delete()
            admin_page.log_change(request, member, "Removed the portrait.")
        messages.success(request, _("Supporters see this MP without a portrait."))
        return here
    posted = request.method == "POST"
    new = Portrait(member=member)
    form = PortraitForm(request.POST if posted else None, request.FILES if posted else None, instance=portrait or new)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            admin_page.log_change(request, member, "Changed the portrait.")
        messages.success(request, _("This is what supporters see now."))
        return here
    context = admin_page.admin_site.each_context(request) | {
        "title": _("Portrait: %s") % member.name_display,
        "opts": admin_page.opts,
        "member": member,
        "portrait": portrait,
        "form": form,
    }
    return TemplateResponse(request, "admin/parliament/member/portrait.html", context)
