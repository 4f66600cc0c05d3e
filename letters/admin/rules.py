"""The admin page of a campaign's rules for holding letters."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Campaign
from letters.models import HoldRules
from letters.models.validators import list_lines


@admin.register(HoldRules)
class HoldRulesAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # not generic at run time
    """Every campaign has its rules, which are changed, but neither added nor deleted."""

    list_display = ["campaign", "count_threats", "links", "postcodes", "members", "count_domains", "near_copies"]
    list_select_related = ["campaign"]
    ordering = ["campaign__title"]
    fieldsets = [
        (
            None,
            {
                "fields": ["campaign", "threats", "links", "postcodes", "members", "disposable", "near_copies"],
                "description": _(
                    "Letters that these rules find will not be sent until someone has read them. The rules "
                    "check what supporters write, not the campaign's own texts."
                ),
            },
        )
    ]
    readonly_fields = ["campaign"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[HoldRules]:
        if self.has_view_permission(request):
            without = Campaign.objects.exclude(pk__in=HoldRules.objects.values("campaign"))
            HoldRules.objects.bulk_create([HoldRules(campaign=one) for one in without], ignore_conflicts=True)
        rules: QuerySet[HoldRules] = super().get_queryset(request)
        return rules

    @admin.display(description=_("threatening words"))
    def count_threats(self, rules: HoldRules) -> Any:
        return len(list_lines(rules.threats)) or _("off")

    @admin.display(description=_("disposable email domains"))
    def count_domains(self, rules: HoldRules) -> Any:
        return len(list_lines(rules.disposable)) or _("off")
