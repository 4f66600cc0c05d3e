"""The filters of the list of letters, with counts where the roll-up has them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.filters import ChoicesFieldListFilter, RelatedFieldListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Argument
from campaign.parliament.models import Member
from campaign.parliament.parties import find_family, list_family
from campaign.parliament.regions import list_regions
from letters.actions.decide import needs_a_person
from letters.admin.dates import Period, read_period, say_period
from letters.admin.desk import list_campaigns_once
from letters.models import Letter, LetterParagraph
from letters.statistics.rollup import HAS_LEFT, NOT_WRITTEN


def find_numbers(changelist: Any, by: str, values: list[tuple[Any, Any]]) -> dict[str, str]:
    counts = changelist.facets.count(by)
    return {f"{key}__c": f"{counts[value]:,}" for key, value in values}


def read_key(text: str) -> int:
    """Return a row's key as a link has it; 0, which no row has, for anything else."""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", text) else 0


class StatusFilter(ChoicesFieldListFilter):
    def get_facet_queryset(self, changelist: Any) -> Any:
        return find_numbers(changelist, "status", [(at, one[0]) for at, one in enumerate(self.field.flatchoices)])


class CampaignFilter(RelatedFieldListFilter):
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(campaign.pk, str(campaign)) for campaign in list_campaigns_once(request)]

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
    """The MP's party, Labour with Labour (Co-op), with choices from the members, without reading letters."""

    title = _("party")
    parameter_name = "party"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        parties = Member.objects.order_by("party").values_list("party", flat=True).distinct()
        return [(party, party) for party in sorted({find_family(party) for party in parties})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(member_party__in=list_family(self.value() or "")) if self.value() else queryset

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


class StageFilter(Uncounted):
    """How far the letter has come, as the overview counts it, whatever its status is now."""

    title = _("how far it has come")
    parameter_name = "stage"
    CONFIRMED, STANDING, LEFT, ANSWERED = "confirmed", "standing", "left", "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (self.CONFIRMED, _("Confirmed")),
            (self.STANDING, _("Confirmed, and not withdrawn")),
            (self.LEFT, _("Sent, also if it came back")),
            (self.ANSWERED, _("Answered")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        match self.value():
            case self.CONFIRMED:
                return queryset.filter(confirmed_at__isnull=False)
            case self.STANDING:
                return queryset.exclude(status__in=NOT_WRITTEN)
            case self.LEFT:
                return queryset.filter(status__in=HAS_LEFT)
            case self.ANSWERED:
                return queryset.filter(answered_at__isnull=False)
        return queryset


class ConfirmedFilter(Uncounted):
    """On which day, or from which to which day, the letter was confirmed; only where a chart leads to it."""

    title = _("when it was confirmed")
    parameter_name = "confirmed"
    DAYS = re.compile(r"(\d{4}-\d\d-\d\d)(?:_(\d{4}-\d\d-\d\d))?", re.ASCII)
    LATE = dt.timedelta(days=31)  # a letter may still be confirmed so long after its link should have expired

    @classmethod
    def write(cls, first: dt.date, more: int = 0) -> str:
        """Return the parameter for a day and so many more."""
        return f"{first.isoformat()}_{(first + dt.timedelta(days=more)).isoformat()}" if more else first.isoformat()

    @classmethod
    def read(cls, text: str) -> tuple[Period, Period] | None:
        """Parse the first and the last day; None for anything else."""
        found = cls.DAYS.fullmatch(text)
        first, last = (read_period(found[1]), read_period(found[2] or found[1])) if found else (None, None)
        return (first, last) if first and last else None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        value = request.GET.get(self.parameter_name, "")
        days = self.read(value)
        if not days:
            return []  # the filter is not shown
        first, last = (say_period(day) for day in days)
        return [(value, first if first == last else f"{first} – {last}")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        days = self.read(self.value() or "")
        if not days:
            return queryset
        start, end = days[0].start, days[1].end
        # By when it was written, too, which has an index: else a planner may read all letters.
        written = start - dt.timedelta(days=settings.UNCONFIRMED_DAYS) - self.LATE
        return queryset.filter(
            confirmed_at__gte=start, confirmed_at__lt=end, created_at__gte=written, created_at__lt=end
        )


class RegionFilter(Uncounted):
    """The constituency's nation, or region of England."""

    title = _("nation or region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(region, region) for region in list_regions()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        if not self.value():
            return queryset
        return queryset.filter(constituency_gss__in=list_regions().get(self.value() or "", []))


class ArgumentFilter(Uncounted):
    """An argument that the letter has, of the campaign chosen, or of the only one."""

    title = _("argument")
    parameter_name = "argument"
    template = "admin/letters/letter/folded_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        arguments = Argument.objects.order_by("theme__position", "position", "pk")
        if chosen := read_key(request.GET.get("campaign__id__exact", "")):
            arguments = arguments.filter(campaign=chosen)
        found = list(arguments.values_list("pk", "title", "campaign"))
        several = len({campaign for _pk, _title, campaign in found}) > 1
        return [] if several else [(str(pk), title) for pk, title, _campaign in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        if not self.value():
            return queryset
        has_it = LetterParagraph.objects.filter(letter=OuterRef("pk"), argument=read_key(self.value() or ""))
        return queryset.filter(Exists(has_it))


class WhenFilter(Uncounted):
    """When the letter was written: today, recently, or in the year, month or day chosen above the list."""

    title = _("when it was written")
    parameter_name = "written"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        period = read_period(self.value() or "")
        chosen = [(self.value() or "", say_period(period))] if period else []
        return [("today", _("Today")), ("week", _("In the last 7 days")), ("month", _("This month")), *chosen]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        value, now = self.value() or "", timezone.localtime()
        if value == "today":
            return queryset.filter(created_at__gte=now.replace(hour=0, minute=0, second=0, microsecond=0))
        if value == "week":
            return queryset.filter(created_at__gte=now - dt.timedelta(days=7))
        if value == "month":
            return queryset.filter(created_at__gte=now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
        if period := read_period(value):
            return queryset.filter(created_at__gte=period.start, created_at__lt=period.end)
        return queryset
