"""The filters of the list of letters, with counts where the roll-up has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import ChoicesFieldListFilter, RelatedFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.parliament.models import Member
from letters.actions.decide import needs_a_person
from letters.admin.dates import read_period, say_period
from letters.models import Letter


def find_numbers(changelist: Any, by: str, values: list[tuple[Any, Any]]) -> dict[str, str]:
    counts = changelist.facets.count(by)
    return {f"{key}__c": f"{counts[value]:,}" for key, value in values}


class StatusFilter(ChoicesFieldListFilter):
    def get_facet_queryset(self, changelist: Any) -> Any:
        return find_numbers(changelist, "status", [(at, one[0]) for at, one in enumerate(self.field.flatchoices)])


class CampaignFilter(RelatedFieldListFilter):
    def get_facet_queryset(self, changelist: Any) -> Any:
        return find_numbers(changelist, "campaign", [(pk, str(pk)) for pk, _name in self.lookup_choices])


class RehearsalFilter(admin.SimpleListFilter):
    """To the MP, or to the test address."""

    title = _("where letters go")
    parameter_name = "rehearsal__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("0", _("To MPs")), ("1", _("Rehearsal: not to MPs"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(rehearsal=self.value() == "1") if self.value() in ("0", "1") else queryset

    def get_facet_queryset(self, changelist: Any) -> Any:
        return find_numbers(changelist, "rehearsal", [(0, "0"), (1, "1")])


class PartyFilter(admin.SimpleListFilter):
    """The MP's party, with choices from the members, without reading letters."""

    title = _("party")
    parameter_name = "party"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        parties = Member.objects.order_by("party").values_list("party", flat=True).distinct()
        return [(party, party) for party in parties]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(member_party=self.value()) if self.value() else queryset

    def get_facet_queryset(self, changelist: Any) -> Any:
        return find_numbers(changelist, "party", [(at, one[0]) for at, one in enumerate(self.lookup_choices)])


class Uncounted(admin.SimpleListFilter):
    """A filter without counts, which the roll-up lacks."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        counted, changelist.add_facets = changelist.add_facets, False
        found = list(super().choices(changelist))
        changelist.add_facets = counted
        return iter(found)


class NeedsFilter(Uncounted):
    """What needs a person: held, in doubt, or failed and neither refused nor given up."""

    title = _("what to do")
    parameter_name = "needs"
    PERSON = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.PERSON, _("Someone needs to decide"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(needs_a_person()) if self.value() == self.PERSON else queryset


class WhenFilter(Uncounted):
    """When the letter was written: today, recently, or in the year, month or day chosen above the list."""

    title = _("when it was written")
    parameter_name = "written"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        period = read_period(self.value() or "")
        chosen = [(self.value() or "", say_period(period))] if period else []
        return [("today", _("Today")), ("week", _("In the last 7 days")), *chosen]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        value, now = self.value() or "", timezone.localtime()
        if value == "today":
            return queryset.filter(created_at__gte=now.replace(hour=0, minute=0, second=0, microsecond=0))
        if value == "week":
            return queryset.filter(created_at__gte=now - dt.timedelta(days=7))
        if period := read_period(value):
            return queryset.filter(created_at__gte=period.start, created_at__lt=period.end)
        return queryset
