"""A campaign's facts about constituencies: see how many there are, load a file in their place, or take them away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaign.content.local_facts import (
    COLUMNS,
    MAX_BYTES,
    VALID_DAYS,
    FactsRefusedError,
    parse_facts,
    replace_facts,
    write_rows,
)
from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.statistics.export import write_csv


class FactsForm(forms.Form):
    """A file with facts."""

    file = forms.FileField(
        label=gettext_lazy("The CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than %d kB. Make it smaller.") % (MAX_BYTES // 1000))
        return file


def show_local_facts(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponseBase:
    """GET shows what there is, or gives it as CSV; POST puts a file's facts in its place, or removes them all."""
    if not request.user.has_perm("content.change_campaign"):
        raise PermissionDenied
    campaign = get_object_or_404(Campaign, slug=slug)
    if "download" in request.GET:
        answer = StreamingHttpResponse(write_csv(write_rows(campaign)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="local-facts-{campaign.slug}.csv"'
        return answer
    removes = "remove" in request.POST
    form = FactsForm(*((request.POST, request.FILES) if request.method == "POST" and not removes else ()))
    faults = []
    if removes:
        replace_facts(campaign, [])
        return finish(request, campaign, _("All local facts are removed."))
    if form.is_valid():
        known = set(Constituency.objects.values_list("pk", flat=True))
        try:
            loaded = replace_facts(campaign, parse_facts(form.cleaned_data["file"].read(), known))
        except FactsRefusedError as refused:
            faults = refused.faults
        else:
            said = ngettext(
                "Loaded facts about %d constituency.", "Loaded facts about %d constituencies.", loaded.count
            )
            late = _("Out of date, and therefore not shown: %d.") % loaded.out_of_date if loaded.out_of_date else ""
            return finish(request, campaign, f"{said % loaded.count} {late}".strip())
    facts = campaign.local_facts
    context = admin_site.each_context(request) | {
        "title": _("Local facts: %s") % campaign,
        "opts": Campaign._meta,
        "campaign": campaign,
        "form": form,
        "faults": faults,
        "count": facts.count(),
        "shown": facts.in_date().count(),
        "columns": ",".join(COLUMNS),
        "valid_days": VALID_DAYS,
    }
    return TemplateResponse(request, "admin/letters/local_facts.html", context)


def finish(request: HttpRequest, campaign: Campaign, said: str) -> HttpResponseRedirect:
    """Say it, and write it into the campaign's history."""
    user: Any = request.user
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Campaign),
        object_id=str(campaign.pk),
        object_repr=str(campaign)[:200],
        action_flag=CHANGE,
        change_message=said,
    )
    messages.success(request, said)
    return HttpResponseRedirect(request.path)
