"""The page on which an organiser records that they have checked arguments, and against what."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.content.admin.rooms import make_list_url
from campaign.content.forms import ReviewForm
from campaign.content.models import Argument

MAX_REVIEWED = 50  # one page of the list


def review_page(request: HttpRequest, admin_page: ModelAdmin[Argument]) -> HttpResponse:
    """Show the arguments with their dates and sources; a POST with a note reviews them."""
    if not admin_page.has_change_permission(request):
        raise PermissionDenied
    numbers = [int(one) for one in request.GET.getlist("of")[:MAX_REVIEWED] if one.isdecimal() and len(one) < 18]
    arguments = list(Argument.objects.filter(pk__in=numbers).with_texts().select_related("campaign", "reviewed_by"))
    if not arguments:
        messages.info(request, _("Choose the arguments that you have checked, then “Review”."))
        return HttpResponseRedirect(reverse("admin:content_argument_changelist"))
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            for argument in Argument.objects.select_for_update().filter(pk__in=numbers):
                argument.note_review(request.user, form.cleaned_data["note"])
                argument.save(update_fields=["reviewed_on", "reviewed_by", "review_note"])
                said = f"Reviewed: {argument.review_note} Next review by {argument.review_by}."
                admin_page.log_change(request, argument, said)
        count = len(arguments)
        text = ngettext("%d argument is marked as reviewed.", "%d arguments are marked as reviewed.", count) % count
        messages.success(request, text)
        return HttpResponseRedirect(make_list_url(arguments[0].campaign))
    context = admin_page.admin_site.each_context(request) | {
        "title": _("Review"),
        "opts": admin_page.opts,
        "arguments": arguments,
        "list_url": make_list_url(arguments[0].campaign),
        "form": form,
    }
    return TemplateResponse(request, "admin/content/argument/review.html", context)
