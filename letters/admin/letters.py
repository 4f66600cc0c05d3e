"""The organisers' view of letters: read everything, change only where a letter goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from letters.admin.listing import PagesByLetter, PartyFilter, WhenFilter, search_letters
from letters.admin.shapes import SHAPES
from letters.admin.urls import list_dashboard_urls
from letters.decisions import DECISIONS, Decision, decide
from letters.drafting import read_letter
from letters.emails import choose_recipient, write_plain_text
from letters.encrypted import list_indexes
from letters.forms.decisions import ReasonForm
from letters.health import measure_health
from letters.models import Letter, Status
from letters.rendering import render_letter_pdf
from letters.tasks import wake_worker


@admin.register(Letter)
class LetterAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # not generic at run time
    """Letters are read, held, released and retried here; nobody edits another person's letter."""

    list_display = [
        "reference",
        "shown_status",
        "campaign",
        "constituency_name",
        "member_name",
        "shown_created",
        "shown_sent",
    ]
    list_filter = ["status", "campaign", "rehearsal", PartyFilter, WhenFilter]
    list_select_related = ["campaign"]
    search_fields = ["reference"]  # what else is searched: search_letters
    search_help_text = _("Search by reference, constituency, MP or GSS code.")
    ordering = ["-created_at", "-pk"]
    sortable_by = ()  # newest first: only so do pages follow on one another
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count every letter; the dashboard has the numbers
    list_per_page = 50
    readonly_fields = ["shown_status", "goes_to", "shown_text", "shown_timeline", "shown_pdf"]
    fieldsets = [
        (None, {"fields": ["reference", "shown_status", "campaign", "rehearsal", "goes_to", "shown_pdf"]}),
        (_("To"), {"fields": ["member_name", "constituency_name", "constituency_gss", "member_party", "salutation"]}),
        (_("From"), {"fields": ["sender_name", "sender_address", "sender_postcode", "sender_email"]}),
        (_("Letter"), {"fields": ["shown_text"]}),
        (_("What happened"), {"fields": ["shown_timeline", "attempts", "next_attempt_at", "last_answer"]}),
        (
            _("Dates"),
            {
                "fields": [
                    "created_at",
                    "confirmed_at",
                    "sent_at",
                    "posted_at",
                    "answered_at",
                    "text_erased_at",
                    "scrubbed_at",
                ]
            },
        ),
    ]

    class Media:
        css = {"all": ["admin/letters.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Letters are written by supporters."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Letters stay; their personal data is erased instead."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A letter's page is read-only; the actions of the list ask for this permission."""
        return obj is None and super().has_change_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add the dashboards, the PDF to the letter's page, and the way from a supporter's address to their letters."""
        own = self.admin_site.admin_view
        return [
            *list_dashboard_urls(self.admin_site),
            path("<uuid:pk>/letter.pdf", own(self.show_pdf), name="letters_letter_pdf"),
            path("find/", own(self.find_by_email), name="letters_letter_find"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        """Decrypt nothing for the list."""
        letters: Any = super().get_queryset(request).select_related("campaign")
        match = request.resolver_match
        of_one = match is not None and match.url_name == "letters_letter_change"
        return letters if of_one else letters.sealed()  # type: ignore[no-any-return]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PagesByLetter]:
        """Page by letters, not by numbers."""
        return PagesByLetter

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Letter], search_term: str) -> Any:
        """Search where an index helps."""
        return search_letters(queryset, search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Say above the list what needs a person now, and what is stuck."""
        health = measure_health(brief=True)
        undecided = [(Status.UNKNOWN, health.unknown), (Status.FAILED, health.failed), (Status.HELD, health.held)]
        needs = [{"status": status, "shape": SHAPES[status], "count": count} for status, count in undecided if count]
        return super().changelist_view(
            request,
            (extra_context or {})
            | {"problems": health.problems, "needs_a_person": needs, "may_find": self.may_find_by_email(request)},
        )

    def find_by_email(self, request: HttpRequest) -> HttpResponse:
        """List the letters of a supporter who has written from that address.

        The address is posted, and what the list is asked for is its keyed hash: it stands in no URL and in no log.
        """
        if request.method != "POST" or not self.may_find_by_email(request):
            raise PermissionDenied
        indexes = ",".join(list_indexes(request.POST.get("email", "")[:254]))
        query = f"?sender_email_index__in={indexes}" if indexes else ""
        return redirect(reverse("admin:letters_letter_changelist") + query)

    def may_find_by_email(self, request: HttpRequest) -> bool:
        """Whether this account may look for a supporter's letters."""
        return self.has_view_permission(request) and request.user.has_perm("letters.find_by_email")

    def show_pdf(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Give the letter's PDF to those who may see letters."""
        letter = Letter.objects.select_related("campaign").filter(pk=pk, text_erased_at=None).first()
        if letter is None or not self.has_view_permission(request, letter):
            raise Http404
        response = HttpResponse(render_letter_pdf(read_letter(letter)), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="letter-{letter.reference}.pdf"'
        response["Cache-Control"] = "no-store, private"
        return response

    @admin.display(description=_("status"), ordering="status")
    def shown_status(self, letter: Letter) -> SafeString:
        """The status as word, shape and colour."""
        shape, word = SHAPES[Status(letter.status)], letter.get_status_display()
        return format_html(
            '<span class="letter-status is-{}"><b aria-hidden="true">{}</b> {}</span>', letter.status, shape, word
        )

    @admin.display(description=_("written"), ordering="created_at")
    def shown_created(self, letter: Letter) -> str:
        """When it was written, short enough for a list."""
        return date_format(timezone.localtime(letter.created_at), "j M Y, H:i")

    @admin.display(description=_("sent"), ordering="sent_at")
    def shown_sent(self, letter: Letter) -> str:
        """When it was sent, if it was."""
        return date_format(timezone.localtime(letter.sent_at), "j M Y, H:i") if letter.sent_at else "–"

    @admin.display(description=_("goes to"))
    def goes_to(self, letter: Letter) -> str:
        """The address that the letter really goes to, which in rehearsal is not the MP's."""
        recipient = choose_recipient(letter)
        return f"{recipient} ({_('rehearsal')}; {letter.member_email})" if letter.rehearsal else recipient

    @admin.display(description=_("text"))
    def shown_text(self, letter: Letter) -> str | SafeString:
        """The letter as plain text."""
        if letter.text_erased_at:
            return _("Erased.")  # type: ignore[return-value]
        return format_html('<pre class="letter-text">{}</pre>', write_plain_text(read_letter(letter)))

    @admin.display(description=_("timeline"))
    def shown_timeline(self, letter: Letter) -> str:
        """Every event with time, note and who did it."""
        events = letter.events.select_related("actor")
        return render_to_string("admin/letters/letter/timeline.html", {"events": events})

    @admin.display(description=_("PDF"))
    def shown_pdf(self, letter: Letter) -> str | SafeString:
        """A link to the PDF."""
        if letter.text_erased_at:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:letters_letter_pdf", args=[letter.pk]), _("Open the PDF")
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the decisions to those who may change letters."""
        actions: dict[str, Any] = super().get_actions(request)
        if self.has_change_permission(request):
            actions |= {one.name: (ask_for_decision(one), one.name, one.label) for one in DECISIONS}
        return actions

    def settle(self, request: HttpRequest, letters: QuerySet[Letter], decision: Decision, reason: str) -> None:
        """Carry the decision out and say how many letters it moved."""
        chosen = list(letters)
        actor: Any = request.user
        moved = decide(decision, chosen, reason=reason, actor=actor)
        if moved:
            said = ngettext("%d letter: %s.", "%d letters: %s.", moved) % (moved, decision.done)
            self.message_user(request, said, messages.SUCCESS)
            wake_worker()
        if left := len(chosen) - moved:
            said = ngettext(
                "%(count)d letter was left as it is: this works only for letters that are “%(status)s” and not erased.",
                "%(count)d letters were left as they are: this works only for letters that are “%(status)s” and not "
                "erased.",
                left,
            )
            self.message_user(request, said % {"count": left, "status": decision.origin.label}, messages.WARNING)


def ask_for_decision(decision: Decision) -> Callable[..., HttpResponse | None]:
    """Return the admin action that asks for a reason, and carries the decision out once it has one."""

    def act(admin_page: LetterAdmin, request: HttpRequest, letters: QuerySet[Letter]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            admin_page.settle(request, letters, decision, form.cleaned_data["reason"])
            return None
        context = admin_page.admin_site.each_context(request) | {
            "title": decision.label,
            "opts": Letter._meta,
            "decision": decision,
            "letters": letters,
            "movable": letters.filter(status=decision.origin).count(),
            "form": form,
        }
        return TemplateResponse(request, "admin/letters/letter/decide.html", context)

    return act
