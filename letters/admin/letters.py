"""The admin of letters: organisers read them, but change only their status."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from campaign.core.ciphers import list_indexes
from letters.actions.decide import DECISIONS, REFUSE, list_kept_back
from letters.admin.actions import FILTERS, ask_for_decision, may_carry_out
from letters.admin.attention import ask_for, count_undecided
from letters.admin.changelist import PagesByLetter, search_letters
from letters.admin.display import SHAPES, LetterFields, list_fieldsets, say_status
from letters.admin.exports import list_export_urls
from letters.admin.filters import (
    ArgumentFilter,
    CampaignFilter,
    ConfirmedFilter,
    NeedsFilter,
    PartyFilter,
    RegionFilter,
    RehearsalFilter,
    StageFilter,
    StatusFilter,
    WhenFilter,
)
from letters.admin.letter_page import list_note_urls, make_letter_context
from letters.admin.moderation import list_moderation_urls
from letters.admin.permissions import may_export, may_find_by_email, may_moderate, may_see_letters, may_see_person
from letters.admin.urls import list_dashboard_urls
from letters.delivery.health import measure_health
from letters.models import Letter, Status
from letters.rendering.pdf import LetterTooLongError, render_letter_pdf
from letters.writing.compose import read_letter

# Parameters allowed in the list's URL. Others could ask for fields that the user may not see.
ASKABLE = {"status", "campaign", "rehearsal", "constituency_gss"}
ASKABLE |= {
    one.parameter_name
    for one in (ArgumentFilter, ConfirmedFilter, NeedsFilter, PartyFilter, RegionFilter, StageFilter, WhenFilter)
}
EXACTLY = {"", "exact", "in", "id__exact"}  # the lookups of the filters' links
BY_EMAIL = "sender_email_index"


@admin.register(Letter)
class LetterAdmin(LetterFields, admin.ModelAdmin):  # type: ignore[type-arg] # not generic at run time
    """Letters can be read, held, released and retried here, but not edited."""

    list_display = [
        "reference",
        "shown_status",
        "shown_campaign",
        "shown_recipient",
        "shown_times",
    ]
    list_filter = [
        *(("status", StatusFilter), StageFilter, NeedsFilter),
        *(
            ("campaign", CampaignFilter),
            RehearsalFilter,
            WhenFilter,
            ConfirmedFilter,
            RegionFilter,
            PartyFilter,
            ArgumentFilter,
        ),
    ]
    list_select_related = ["campaign", "refusal"]
    search_fields = ["reference"]  # search_letters searches more
    search_help_text = _("Search by reference, constituency, MP or GSS code.")
    ordering = ["-created_at", "-pk"]
    sortable_by = ()  # keyset pages need the order newest first
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # Django's would count every letter; PagesByLetter uses the roll-up
    list_per_page = 50
    readonly_fields = ["shown_rehearsal", "shown_text_erased", "shown_person_erased"]

    class Media:
        css = {"all": ["admin/letters.css"]}

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_see_letters(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return list_fieldsets()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the filters shown: a match on a hidden field would leak it."""
        if lookup == f"{BY_EMAIL}__in":
            return may_find_by_email(request)
        name, _sign, how = lookup.partition("__")
        return name in ASKABLE and how in EXACTLY and super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            *list_dashboard_urls(self.admin_site),
            *list_moderation_urls(self.admin_site),
            *list_export_urls(self),
            *list_note_urls(self.admin_site),
            path("<uuid:pk>/letter.pdf", own(self.show_pdf), name="letters_letter_pdf"),
            path("find/", own(self.find_letters), name="letters_letter_find"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        letters: Any = super().get_queryset(request).select_related("campaign", "refusal")
        match = request.resolver_match
        of_one = match is not None and match.url_name == "letters_letter_change"
        return letters if of_one and may_see_person(request) else letters.defer_encrypted()  # type: ignore[no-any-return]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PagesByLetter]:
        return PagesByLetter

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Letter], search_term: str) -> Any:
        return search_letters(queryset, search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if "@" in request.GET.get(SEARCH_VAR, ""):
            # An address typed into the URL must not stay there, nor be searched from there.
            messages.warning(
                request, _("Type an email address into the box. It cannot be searched for in the address bar.")
            )
            return redirect("admin:letters_letter_changelist")
        health = measure_health(brief=True)
        needs = [
            {"status": status, "shape": SHAPES[status], "count": count, "query": ask_for(status)}
            for status, count in count_undecided(health).items()
            if count
        ]
        return super().changelist_view(
            request,
            (extra_context or {})
            | {
                "problems": health.problems,
                "needs_a_person": needs,
                "may_find": may_find_by_email(request),
                "may_moderate": may_moderate(request),
                "may_export": may_export(request),
                "found_by_email": f"{BY_EMAIL}__in" in request.GET,
            },
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        letter = self.get_object(request, unquote(object_id))
        origin = letter.status if letter is not None else ""
        read = may_moderate(request) and origin == Status.HELD
        offered = [one for one in DECISIONS if one.origin == origin and may_carry_out(one, request)]
        if letter is not None and list_kept_back([letter], may_moderate=may_moderate(request)):
            offered = [one for one in offered if one.to != Status.QUEUED]
        extra = {"may_review": read, "decisions": [] if read else offered, "filters": request.GET.get(FILTERS, "")}
        if letter is not None and may_see_letters(request):
            extra |= make_letter_context(request, letter) | {
                "status_word": say_status(letter),
                "recipient": self.show_recipient(letter),
                "chosen": self.list_choice(letter),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        offered = [one for one in (*DECISIONS, REFUSE) if may_carry_out(one, request)]
        return actions | {one.name: (ask_for_decision(one), one.name, one.label) for one in offered}

    def find_letters(self, request: HttpRequest) -> HttpResponse:
        """Search for what was typed: an email by its keyed hash, so that it is in no URL and no log; else as it is.

        The chosen filters are kept, in the URL that is posted to.
        """
        if not may_see_letters(request):
            raise PermissionDenied
        asked = request.GET.copy()
        for name in (PAGE_VAR, SEARCH_VAR, f"{BY_EMAIL}__in"):
            asked.pop(name, None)
        sought = request.POST.get("sought", "").strip()[:254]  # empty after signing in again
        if "@" in sought:
            if not may_find_by_email(request):
                raise PermissionDenied
            asked.clear()  # all their letters, whatever their status
            if indexes := ",".join(list_indexes(sought)):
                asked[f"{BY_EMAIL}__in"] = indexes
        elif sought:
            asked[SEARCH_VAR] = sought
        query = f"?{asked.urlencode()}" if asked else ""
        return redirect(reverse("admin:letters_letter_changelist") + query)

    def show_pdf(self, request: HttpRequest, pk: Any) -> HttpResponse:
        if not may_see_person(request):
            raise PermissionDenied
        letter = Letter.objects.select_related("campaign").filter(pk=pk, text_erased_at=None).first()
        if letter is None:
            raise Http404
        try:
            pdf = render_letter_pdf(read_letter(letter))
        except LetterTooLongError:
            messages.error(request, "This letter is too long to print. Its text is on this page.")
            return redirect("admin:letters_letter_change", pk)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="letter-{letter.reference}.pdf"'
        response["Cache-Control"] = "no-store, private"
        return response
