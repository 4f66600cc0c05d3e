"""The admin page of a campaign: its themes and asks, and the links to go live, pause and close."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaign.content.admin.campaign_pages import change_mode_logged, change_mode_page, copy_page, go_live_page
from campaign.content.admin.corrections import AsksAboutCorrections
from campaign.content.admin.inlines import PLAIN_TEXT, EmptyRowIfNew, Explained, has_protected
from campaign.content.admin.packs import give_pack, load_pack, may_load
from campaign.content.admin.pictures import picture_page
from campaign.content.admin.rooms import make_add_url
from campaign.content.admin.setup import may_set_up, new_campaign, set_up
from campaign.content.admin.setup_preview import preview, preview_new
from campaign.content.forms import AskForm
from campaign.content.models import Argument, Ask, Campaign, Theme
from campaign.content.modes import find_redirection, say_missing
from campaign.staff.concurrent_edits import MergesSaves
from campaign.staff.destinations import GuardsDestination
from campaign.staff.sudo import require_proof

if TYPE_CHECKING:  # Django's admin classes are not generic at run time
    CampaignBase = admin.ModelAdmin[Campaign]
    AskBase = admin.StackedInline[Ask, Campaign]
    ThemeBase = admin.StackedInline[Theme, Campaign]
else:
    CampaignBase, AskBase, ThemeBase = admin.ModelAdmin, admin.StackedInline, admin.StackedInline

Mode = Campaign.Mode
NEW = _("It will be a draft: only organisers can see it until you change its mode.")
FIRST: list[Any] = ["title", "slug", "language", "mode"]


class ThemeInline(EmptyRowIfNew, ThemeBase):
    """The campaign's themes."""

    model = Theme
    fields = ["title", "key", "intro", "position"]
    prepopulated_fields = {"key": ["title"]}


class AskInline(EmptyRowIfNew, AskBase):
    """The campaign's asks."""

    model = Ask
    form = AskForm
    fields = ["label", "key", "text", "wordings", "in_chamber", "not_for", "only_for", "position"]
    prepopulated_fields = {"key": ["label"]}
    formfield_overrides = PLAIN_TEXT


@admin.register(Campaign)
class CampaignAdmin(GuardsDestination, AsksAboutCorrections, MergesSaves, Explained, CampaignBase):
    """Campaigns. The mode is not a field to fill in: it changes by actions, and to live on a page of its own."""

    list_display = ["title", "mode", "shown_arguments", "shown_dates"]
    list_filter = ["mode"]
    search_fields = ["title", "slug", "tagline"]
    search_help_text = _("Search by title, slug or tagline.")
    readonly_fields = ["mode"]
    inlines = [ThemeInline, AskInline]
    formfield_overrides = PLAIN_TEXT
    actions = ["pause", "resume", "close"]
    fieldsets = [
        (None, {"fields": FIRST}),
        (
            _("The case"),
            {
                "fields": ["subject", "subjects", "tagline", "brief", "credit"],
                "description": _("What supporters read first, and the subject lines that MPs read."),
            },
        ),
        (
            _("Supporters' own words"),
            {
                "fields": ["prompts", "own_words_minimum"],
                "description": _(
                    "MPs' offices set aside identical letters. These help people put it in their own words."
                ),
            },
        ),
        (
            _("How letters begin"),
            {
                "fields": ["openings", "preface", "preface_signs", "preface_own_signs", "preface_by_default"],
                "description": _(
                    "Supporters can choose and change the opening. Leave empty for one plain sentence and no preface."
                ),
            },
        ),
        (
            _("Who runs it, and when"),
            {
                "fields": [
                    "promoter_name",
                    "promoter_address",
                    "contact_email",
                    "complaints_contact",
                    "starts_on",
                    "ends_on",
                ],
                "description": _("A campaign cannot go live without a promoter, an address and contacts."),
            },
        ),
        (
            _("Goal"),
            {
                "fields": ["goal", "goal_occasion"],
                "description": _("Counts the letters that the site has sent, and those that supporters have posted."),
            },
        ),
        (
            _("When letters are sent"),
            {
                "fields": ["send_from", "send_until", "send_days"],
                "description": _("Supporters can write at any time. Outside these hours, letters are on hold."),
            },
        ),
        (
            _("News"),
            {
                "fields": ["offers_news"],
                "description": _(
                    "A separate box on the check page, never ticked for them. They can stop the news at any time."
                ),
            },
        ),
        (_("Rehearsal, and pauses"), {"fields": ["rehearsal_address", "pause_message"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[str]:
        return ["slug", "mode"] if obj else ["mode"]

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        if obj:
            return sets
        fields = [name for name in FIRST if name != "mode"]
        return [(None, {"fields": fields, "description": NEW}), *sets[1:]]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Campaign | None = None) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["title"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        offered = Q(arguments__in=Argument.objects.offered())
        due = Q(arguments__in=Argument.objects.due_for_review())
        found: QuerySet[Campaign] = super().get_queryset(request)
        return found.annotate(
            offered=Count("arguments", filter=offered, distinct=True),
            due=Count("arguments", filter=due, distinct=True),
        )

    @admin.display(description=_("arguments"), ordering="offered")
    def shown_arguments(self, campaign: Campaign) -> str:
        offered, due = int(campaign.offered), int(campaign.due)  # type: ignore[attr-defined]
        said = _("%d offered") % offered
        return f"{said}, {_('%d due for review') % due}" if due else said

    @admin.display(description=_("first and last day"), ordering="starts_on")
    def shown_dates(self, campaign: Campaign) -> str:
        first, last = (date_format(day) if day else "" for day in (campaign.starts_on, campaign.ends_on))
        return f"{first or '…'} – {last or '…'}" if first or last else ""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, list[str]]:
        """Refuse to delete campaigns with letters, and say what to do instead. Django would list every letter."""
        if kept := [campaign for campaign in objs if has_protected(campaign)]:
            text = _("%s has letters, so it cannot be deleted. To end it, change its mode to Closed.")
            return [], {}, set(), [text % campaign for campaign in kept]
        return super().get_deleted_objects(objs, request)

    def view_on_site(self, campaign: Campaign) -> str:
        return campaign.get_absolute_url()

    def find_destination(self, obj: Campaign) -> str:
        return obj.test_address

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=[*form.changed_data, "updated_at"])
        else:
            obj.mode = Mode.DRAFT  # hidden from the public until it is ready
            super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj: Campaign) -> HttpResponseRedirect:
        address = make_add_url(obj)
        said = _("Next, it needs arguments:")
        messages.info(request, format_html('{} <a href="{}">{}</a>', said, address, _("add the first one")))
        return HttpResponseRedirect(reverse("admin:content_campaign_change", args=[obj.pk]))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the five screens; the whole form is for what was typed into it and has to be added again."""
        if request.method == "GET" and may_set_up(request):
            return HttpResponseRedirect(reverse("admin:content_campaign_new"))
        return super().add_view(request, form_url, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra_context = {
            **(extra_context or {}),
            "may_go_live": request.user.has_perm("content.take_live"),
            "may_load": may_load(request),
            "may_add_arguments": request.user.has_perm("content.add_argument"),
            "may_set_up": may_set_up(request),
        }
        return super().change_view(request, object_id, form_url, extra_context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {**(extra_context or {}), "may_load": may_load(request)})

    @admin.action(description=_("Pause: put letters on hold"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        self.change_modes(request, queryset, Mode.PAUSED)

    @admin.action(description=_("Rehearse: letters go to the test address"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        """Put the chosen campaigns into rehearsal, drafts too; going live is a separate step."""
        self.change_modes(request, queryset, Mode.REHEARSAL)

    @admin.action(description=_("Close: no new letters"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        self.change_modes(request, queryset, Mode.CLOSED)

    def change_modes(self, request: HttpRequest, queryset: QuerySet[Campaign], mode: Campaign.Mode) -> None:
        if any(find_redirection(campaign, mode) for campaign in queryset):
            require_proof(request)  # before any message says that it is done
        for campaign in queryset:
            if missing := say_missing(campaign):
                self.message_user(request, f"{campaign}: {missing}", messages.WARNING)
            elif change_mode_logged(self, request, campaign, mode):
                self.message_user(request, f"{campaign}: {mode.label}", messages.SUCCESS)
            else:
                now = campaign.get_mode_display()
                text = _("%(campaign)s was not changed. It is: %(now)s") % {"campaign": campaign, "now": now}
                self.message_user(request, text, messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        own, me = self.admin_site.admin_view, {"admin_page": self}
        return [
            path("load-pack/", own(load_pack), me, name="content_campaign_load_pack"),
            path("new/", own(new_campaign), me, name="content_campaign_new"),
            path("new/preview/", own(preview_new), me, name="content_campaign_new_preview"),
            path("<int:object_id>/setup/<slug:step>/", own(set_up), me, name="content_campaign_setup"),
            path("<int:object_id>/setup/<slug:step>/preview/", own(preview), me, name="content_campaign_setup_preview"),
            path("<path:object_id>/pack.yaml", own(give_pack), me, name="content_campaign_pack"),
            path("<path:object_id>/copy/", own(copy_page), me, name="content_campaign_copy"),
            path("<path:object_id>/picture/", own(picture_page), me, name="content_campaign_picture"),
            path("<path:object_id>/mode/", own(change_mode_page), me, name="content_campaign_mode"),
            path("<path:object_id>/go-live/", own(go_live_page), me, name="content_campaign_go_live"),
            *super().get_urls(),
        ]
