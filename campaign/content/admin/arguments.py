"""The admin page of an argument: its texts and sources, and when it is due for review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Exists, Max, Model, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaign.content.admin.corrections import AsksAboutCorrections
from campaign.content.admin.inlines import PLAIN_TEXT, EmptyRowIfNew, Explained, OwnSources, has_protected
from campaign.content.admin.reviews import review_page
from campaign.content.admin.rooms import InItsCampaign, ThemeFilter, find_room
from campaign.content.forms import ArgumentForm
from campaign.content.models import Argument, ArgumentQuerySet, Campaign, Fact, Phrasing, Source
from campaign.staff.concurrent_edits import MergesSaves

if TYPE_CHECKING:  # Django's admin classes are not generic at run time
    ArgumentBase = admin.ModelAdmin[Argument]
    PhrasingBase = admin.StackedInline[Phrasing, Argument]
    SourceBase = admin.StackedInline[Source, Argument]
    FactBase = admin.StackedInline[Fact, Argument]
else:
    ArgumentBase, PhrasingBase, SourceBase = admin.ModelAdmin, admin.StackedInline, admin.StackedInline
    FactBase = admin.StackedInline

STATES = {
    "offered": ("●", _("Offered")),
    "due": ("◷", _("Due for review")),
    "unsourced": ("!", _("Needs a source")),
    "unpublished": ("○", _("Not published")),
}


class PhrasingInline(OwnSources, EmptyRowIfNew, PhrasingBase):
    """The argument's paragraphs."""

    model = Phrasing
    verbose_name = _("paragraph")
    verbose_name_plural = _("paragraphs, as they appear in letters")
    fields = ["language", "length", "variant", "text", "sources"]
    formfield_overrides = PLAIN_TEXT

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **kwargs, min_num=1, validate_min=True)


class FactInline(OwnSources, EmptyRowIfNew, FactBase):
    """Facts as short notes, for supporters who say it in their own words."""

    model = Fact
    verbose_name = _("fact")
    verbose_name_plural = _("facts, for those who use their own words")
    fields = ["text", "source", "position"]
    max_num = 5


class SourceInline(EmptyRowIfNew, SourceBase):
    """The argument's sources; without one it is not offered."""

    model = Source
    fields = ["who", "title", "publisher", "date", "url", "via", "quotation", "position"]
    formfield_overrides = PLAIN_TEXT

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        return 0 if isinstance(obj, Argument) and obj.sources.exists() else 1


class StateFilter(admin.SimpleListFilter):
    """Offered, due for review, without a source, not published."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, word) for name, (_shape, word) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        assert isinstance(queryset, ArgumentQuerySet)
        match self.value():
            case "offered":
                return queryset.offered().in_date()
            case "due":
                return queryset.due_for_review()
            case "unsourced":
                return queryset.filter(published=True, sources__isnull=True)
            case "unpublished":
                return queryset.filter(published=False)
        return queryset


@admin.register(Argument)
class ArgumentAdmin(InItsCampaign, AsksAboutCorrections, MergesSaves, Explained, ArgumentBase):
    """Arguments with their texts and sources."""

    form = ArgumentForm
    formfield_overrides = PLAIN_TEXT
    list_display = ["title", "theme", "show_state", "review_by"]
    ordering = ["theme__position", "theme", "position", "pk"]
    list_filter = [StateFilter, ThemeFilter]
    list_select_related = ["theme"]
    list_per_page = 50
    search_fields = ["title", "key", "claim", "phrasings__text", "sources__who", "sources__title"]
    search_help_text = _("Search by title, key, claim, text or source.")
    inlines = [PhrasingInline, FactInline, SourceInline]
    actions = ["review"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("theme", "title", "key", "claim", "question", "subjects"),
                    *("published", "first", "position", "order"),
                ]
            },
        ),
        (
            _("How long it is in date"),
            {
                "fields": ["as_of", "review_every_days", "shown_review"],
                "description": _(
                    "After its review-by date a live campaign does not offer the argument. When you have "
                    "checked that it is still true, use “Review…”, at the top of this page or in the list of "
                    "arguments."
                ),
            },
        ),
        (
            _("Since then"),
            {
                "fields": ["since", "since_date", "since_in_letter"],
                "description": _("What has happened since the date of the facts, if an MP might ask about it."),
            },
        ),
    ]

    def lock(self, pk: str) -> None:
        """Lock its campaign first, as loading a pack does."""
        locked = Campaign.objects.select_for_update(no_key=True)
        list(locked.filter(pk__in=Argument.objects.filter(pk=pk).values("campaign")))
        super().lock(pk)

    def get_readonly_fields(self, request: HttpRequest, obj: Argument | None = None) -> list[str]:
        return ["key", "shown_review"] if obj else ["shown_review"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Argument | None = None) -> dict[str, Sequence[str]]:
        return {} if obj else {"key": ["title"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Put a new one behind the others of its campaign, under the theme of the one that was added last."""
        here = Argument.objects.filter(campaign=find_room(request))
        last, newest = here.aggregate(last=Max("position"))["last"], here.order_by("pk").last()
        initial = {"position": 0 if last is None else last + 1} | ({"theme": newest.theme_id} if newest else {})
        return {**initial, **super().get_changeform_initial_data(request)}

    def get_formset_kwargs(self, request: HttpRequest, obj: Argument, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, PhrasingInline) and not obj.pk:
            kwargs["initial"] = [{"length": Phrasing.Length.SHORT}, {"length": Phrasing.Length.FULL}]
        return kwargs

    def get_queryset(self, request: HttpRequest) -> QuerySet[Argument]:
        found: QuerySet[Argument] = super().get_queryset(request)
        return found.annotate(has_source=Exists(Source.objects.filter(argument=OuterRef("pk"))))

    def save_model(self, request: HttpRequest, obj: Argument, form: ArgumentForm, change: bool) -> None:
        if "published" in form.changed_data:
            obj.dropped_by_pack = False
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.instance.published and not form.instance.sources.exists():
            text = _("It has no source yet. Supporters will not see it until it has one.")
            self.message_user(request, text, messages.WARNING)

    @admin.display(description=_("state"))
    def show_state(self, argument: Argument) -> SafeString:
        if not argument.published:
            name = "unpublished"
        elif not argument.has_source:  # type: ignore[attr-defined]
            name = "unsourced"
        else:
            name = "due" if argument.is_due else "offered"
        shape, word = STATES[name]
        return format_html(
            '<span class="state state-{}"><span aria-hidden="true">{}</span> {}</span>', name, shape, word
        )

    @admin.display(description=_("review"))
    def shown_review(self, argument: Argument) -> str:
        """Who reviewed it when, with what note, and until when it holds."""
        if not argument.pk:
            return str(_("No one has reviewed it yet."))
        by = argument.reviewed_by or _("a deleted account")
        said = f"{argument.review_note} ({by})" if argument.reviewed_on else ""
        until = _("Next review by %s.") % date_format(argument.review_by)
        return " ".join(filter(None, [argument.age, said, until]))

    @admin.action(description=_("Review…"), permissions=["change"])
    def review(self, request: HttpRequest, queryset: QuerySet[Argument]) -> HttpResponse:
        """Go on to the page that asks what they were checked against."""
        chosen = urlencode([("of", pk) for pk in queryset.values_list("pk", flat=True)])
        return HttpResponseRedirect(f"{reverse('admin:content_argument_review')}?{chosen}")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, list[str]]:
        """Refuse to delete arguments that letters use, and say what to do instead."""
        if kept := [argument for argument in objs if has_protected(argument)]:
            text = _("Letters use “%s”, so it cannot be deleted. To stop offering it, untick “Published”.")
            return [], {}, set(), [text % argument for argument in kept]
        return super().get_deleted_objects(objs, request)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(review_page)
        return [path("review/", page, {"admin_page": self}, name="content_argument_review"), *super().get_urls()]
