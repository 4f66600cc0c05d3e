"""Constituencies and members in Django's admin: an organiser may record a by-election or a new address."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.parliament.address import fold_name
from campaign.parliament.models import Constituency, ConstituencyQuerySet, Member
from campaign.parliament.portrait_page import portrait_page
from campaign.staff.concurrent_edits import MergesSaves
from campaign.staff.destinations import GuardsDestination


class VacancyFilter(admin.SimpleListFilter):
    """Constituencies with a sitting member, and vacant ones."""

    title = _("sitting member")
    parameter_name = "sitting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("has one")), ("no", _("vacant"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        sitting = Exists(Member.objects.filter(constituency=OuterRef("pk"), sitting=True))
        if self.value() == "yes":
            return queryset.filter(sitting)
        return queryset.filter(~sitting) if self.value() == "no" else queryset


class PartyFilter(admin.SimpleListFilter):
    """Constituencies by the party of their sitting member."""

    title = _("party")
    parameter_name = "party"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        parties = Member.objects.filter(sitting=True).order_by("party").values_list("party", flat=True).distinct()
        return [(party, party) for party in parties]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if party := self.value():
            return queryset.filter(
                Exists(Member.objects.filter(constituency=OuterRef("pk"), sitting=True, party=party))
            )
        return queryset


@admin.register(Constituency)
class ConstituencyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Constituencies come from the members file: nobody adds or deletes one here."""

    list_display = ["name", "name_cy", "nation", "show_member", "show_party", "gss"]
    list_filter = ["nation", VacancyFilter, PartyFilter]
    search_fields = ["search_name"]
    search_help_text = _(
        "Search by name of the constituency, in English or Welsh, or of its MP. Accents do not matter."
    )
    fields = ["gss", "name", "name_cy", "nation", "show_member", "as_of", "vacant_as_of"]
    readonly_fields = ["gss", "nation", "show_member"]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> ConstituencyQuerySet:
        return Constituency.objects.with_members()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if isinstance(queryset, ConstituencyQuerySet) and search_term:
            return queryset.search(search_term), False
        return super().get_search_results(request, queryset, fold_name(search_term))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("MP"))
    def show_member(self, constituency: Constituency) -> str:
        return constituency.member.name_display if constituency.member else str(_("vacant"))

    @admin.display(description=_("party"))
    def show_party(self, constituency: Constituency) -> str:
        return constituency.member.party if constituency.member else ""


@admin.register(Member)
class MemberAdmin(GuardsDestination, MergesSaves, admin.ModelAdmin):  # type: ignore[type-arg]
    """Members, sitting and former. After a by-election, untick "sitting" for the old one and add the new one."""

    list_display = ["name_display", "constituency", "party", "sitting", "email", "as_of"]
    list_filter = ["sitting", "constituency__nation", "party"]
    list_select_related = ["constituency"]
    search_fields = ["search_name", "constituency__search_name"]
    search_help_text = _("Search by name of the MP or the constituency. Accents do not matter.")
    autocomplete_fields = ["constituency"]
    readonly_fields = ["show_envelope", "show_salutation"]
    list_per_page = 100

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, fold_name(search_term))

    def lock(self, pk: str) -> None:
        """Lock the constituency first, as imports do."""
        list(
            Constituency.objects.select_for_update(no_key=True).filter(
                pk__in=Member.objects.filter(pk=pk).values("constituency")
            )
        )
        super().lock(pk)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(portrait_page)
        return [
            path("<path:object_id>/portrait/", page, {"admin_page": self}, name="parliament_member_portrait"),
            *super().get_urls(),
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"as_of": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def find_destination(self, obj: Member) -> str:
        return obj.destination

    def save_model(self, request: HttpRequest, obj: Member, form: "ModelForm[Any]", change: bool) -> None:
        if change and form.changed_data and "as_of" not in form.changed_data:
            obj.as_of = timezone.localdate()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("on the envelope"))
    def show_envelope(self, member: Member) -> str:
        return member.envelope

    @admin.display(description=_("salutation"))
    def show_salutation(self, member: Member) -> str:
        return f"{member.salutation}," if member.name_display else ""
