"""Arguments inside their campaign: whose list it is, and which themes a new one may have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.content.models import Argument, Campaign, Theme

if TYPE_CHECKING:
    ArgumentBase = admin.ModelAdmin[Argument]
else:
    ArgumentBase = object

OF_CAMPAIGN = "campaign__id__exact"  # as the list's filter has it
FILTERS = "_changelist_filters"  # how Django's admin takes a list's address along to its pages


def find_room(request: HttpRequest) -> Campaign | None:
    """Return the campaign that the page is about; if there is only one, that one."""
    asked = request.GET.get(OF_CAMPAIGN) or parse_qs(request.GET.get(FILTERS, "")).get(OF_CAMPAIGN, [""])[0]
    if asked:
        return Campaign.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 18 else None
    campaigns = list(Campaign.objects.order_by()[:2])
    return campaigns[0] if len(campaigns) == 1 else None


def make_list_url(campaign: Campaign, **query: str) -> str:
    return f"{reverse('admin:content_argument_changelist')}?{urlencode({OF_CAMPAIGN: campaign.pk, **query})}"


def make_add_url(campaign: Campaign) -> str:
    filters = urlencode({FILTERS: urlencode({OF_CAMPAIGN: campaign.pk})})
    return f"{reverse('admin:content_argument_add')}?{filters}"


class ThemeFilter(admin.SimpleListFilter):
    """The themes of the campaign whose arguments are listed."""

    title = gettext_lazy("theme")
    parameter_name = "theme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        campaign = find_room(request)
        return [(str(theme.pk), theme.title) for theme in campaign.themes.all()] if campaign else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = [pk for pk, _title in self.lookup_choices]
        return queryset.filter(theme=self.value()) if self.value() in known else queryset


class RoomList(ChangeList):
    """A list that stays in its campaign when its search and filters are cleared."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.all_url = self.clear_all_filters_qs = f"?{urlencode({OF_CAMPAIGN: request.GET.get(OF_CAMPAIGN, '')})}"

    def get_results(self, request: HttpRequest) -> None:
        self.root_queryset = self.root_queryset.filter(campaign=request.GET[OF_CAMPAIGN])  # what "all" means
        super().get_results(request)


class InItsCampaign(ArgumentBase):
    """The pages of arguments, each within one campaign."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        campaign = find_room(request)
        query = {name: str(value) for name, value in request.GET.items() if name != OF_CAMPAIGN}
        if campaign is None:
            return self.choose_campaign(
                request, _("Arguments of which campaign?"), lambda one: make_list_url(one, **query)
            )
        if OF_CAMPAIGN not in request.GET:
            return HttpResponseRedirect(make_list_url(campaign, **query))
        extra = {"room": campaign, "has_others": Campaign.objects.exclude(pk=campaign.pk).exists()}
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RoomList

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_add_permission(request):
            raise PermissionDenied
        campaign = find_room(request)
        if campaign is None:
            return self.choose_campaign(request, _("Add an argument to which campaign?"), make_add_url)
        if not campaign.themes.exists():
            text = _("First add a theme, further down on this page. Arguments belong to themes.")
            messages.info(request, text)
            return HttpResponseRedirect(reverse("admin:content_campaign_change", args=[campaign.pk]))
        return super().add_view(request, form_url, {**(extra_context or {}), "room": campaign})

    def choose_campaign(self, request: HttpRequest, title: str, make_url: Callable[[Campaign], str]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "campaigns": [(one, make_url(one)) for one in Campaign.objects.order_by("title")],
            "may_add": request.user.has_perm("content.add_campaign"),
        }
        return TemplateResponse(request, "admin/content/argument/choose_campaign.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = Argument.objects.filter(pk=object_id) if object_id.isdecimal() and len(object_id) < 18 else None
        argument = found.select_related("campaign").first() if found is not None else None
        room = {"room": argument.campaign} if argument else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **room})

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        argument = self.get_object(request, unquote(object_id))
        request.room = argument.campaign if argument else None  # type: ignore[attr-defined]
        return super().delete_view(request, object_id, extra_context)

    def get_form(self, request: HttpRequest, obj: Argument | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        campaign = obj.campaign_id if obj else getattr(find_room(request), "pk", None)
        if "theme" in form.base_fields:
            form.base_fields["theme"].queryset = Theme.objects.filter(campaign=campaign)
        return form

    def get_preserved_filters(self, request: HttpRequest) -> str:
        """Return the list's filters; without any, those of the page's campaign: so the way back leads to its list."""
        kept = super().get_preserved_filters(request)
        room = getattr(request, "room", None)
        return kept or (urlencode({FILTERS: urlencode({OF_CAMPAIGN: room.pk})}) if room else "")

    def response_post_save_change(self, request: HttpRequest, obj: Argument) -> HttpResponseRedirect:
        request.room = obj.campaign  # type: ignore[attr-defined]
        return super().response_post_save_change(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Argument) -> HttpResponseRedirect:
        request.room = obj.campaign  # type: ignore[attr-defined]
        return super().response_post_save_add(request, obj)

    def response_add(self, request: HttpRequest, obj: Argument, post_url_continue: str | None = None) -> HttpResponse:
        request.room = obj.campaign  # type: ignore[attr-defined]
        return super().response_add(request, obj, post_url_continue)
