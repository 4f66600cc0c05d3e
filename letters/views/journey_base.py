"""The context of the journey's steps, and which step has to come first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from typing import Any, Concatenate

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from campaign.content.models import Argument, Campaign
from campaign.content.preview import find_campaign
from campaign.content.views import get_availability
from campaign.core.error_pages import list_typed, show_refusal
from campaign.parliament.models import Constituency, Member
from letters.models import StepCount
from letters.views.throttling import Action, refuse_if_too_often
from letters.writing.compose import Check, LetterText, Sender, write_letter
from letters.writing.draft import Draft, read_piece
from letters.writing.fact_check import check_edit
from letters.writing.originality import compare_with_bank
from letters.writing.own_words import FindOwn, count_own_words
from letters.writing.session import has_draft, load_draft, save_draft
from letters.writing.wordings import begin_in_own_words, choose_wordings

STEPS = [
    ("write-mp", gettext_lazy("Your MP")),
    ("write-arguments", gettext_lazy("Your words")),
    ("write-words", gettext_lazy("Your letter")),
    ("write-details", gettext_lazy("Your details")),
    ("write-check", gettext_lazy("Check")),
    ("write-sent", gettext_lazy("Confirm")),
]
# The pages that easy read has instead.
EASY_STEPS = {"write-arguments": "easy-reason", "write-words": "easy-words", "write-details": "easy-name"}
TYPED = (  # on the details page
    *("name", "address_1", "address_2", "town", "postcode", "email"),
    *("reply_by", "phone", "own_case", "on_behalf_of"),
)
MAX_MARKS = 100  # of what was counted, in one session: more drafts than anybody begins in one


@dataclass(frozen=True)
class Withdrawn:
    """An argument that a draft has and that is offered no more, with what its supporter made of it."""

    argument: Argument
    edits: list[str]


@dataclass
class Journey:
    """A supporter's request within one campaign."""

    request: HttpRequest
    campaign: Campaign
    draft: Draft

    @cached_property
    def offered(self) -> dict[str, int]:
        """The keys of the arguments that supporters may choose, each with its place in letters."""
        rows = Argument.objects.offered().filter(campaign=self.campaign).order_by()
        return dict(rows.values_list("key", "order"))

    @cached_property
    def arguments(self) -> dict[str, Argument]:
        """Those offered arguments that the draft has or had, with all their texts; `load` adds others."""
        return self.find_arguments(self.draft.known_keys)

    def find_arguments(self, keys: Iterable[str]) -> dict[str, Argument]:
        found = Argument.objects.offered().with_facts().filter(campaign=self.campaign, key__in=list(keys))
        arguments = {argument.key: argument for argument in found}
        for argument in arguments.values():
            argument.campaign = self.campaign
        return arguments

    def list_offered(self) -> list[Argument]:
        """Return all that supporters may choose from, with themes and sources."""
        return list(Argument.objects.offered().with_sources().filter(campaign=self.campaign))

    def load(self, keys: Iterable[str]) -> None:
        """Load arguments that the draft is to have."""
        if missing := {*keys} - self.arguments.keys():
            self.arguments.update(self.find_arguments(missing))

    @cached_property
    def withdrawn(self) -> dict[str, Withdrawn]:
        """The draft's arguments that are no longer offered, by key: chosen ones, and any with the supporter's words."""
        gone = {piece.key: piece for piece in self.draft.pieces if piece.key not in self.arguments}
        kept = {piece.key: piece for piece in self.draft.aside if piece.edits and piece.key not in self.arguments}
        if not (gone or kept):
            return {}
        found = Argument.objects.filter(campaign=self.campaign, key__in={*gone, *kept}).with_texts()
        pieces = kept | gone
        return {one.key: Withdrawn(one, [*pieces[one.key].edits.values()]) for one in found}

    @cached_property
    def check(self) -> Check:
        """`check_edit`, cached for this request."""
        return cache(check_edit)

    @cached_property
    def find_own(self) -> FindOwn:
        """`find_own` in all that the campaign supplies for this letter, cached for this request."""
        return compare_with_bank(self.campaign, self.constituency)

    @cached_property
    def found_constituency(self) -> Constituency | None:
        return Constituency.objects.with_members().filter(pk=self.draft.gss).first() if self.draft.gss else None

    @property
    def constituency(self) -> Constituency:
        """The chosen constituency; only for steps that need one."""
        assert self.found_constituency is not None
        return self.found_constituency

    @property
    def member(self) -> Member:
        """The MP written to; only for steps that need one."""
        assert self.constituency.member is not None
        return self.constituency.member

    @property
    def chosen(self) -> list[str]:
        return [key for key in self.draft.keys if key in self.arguments]

    @property
    def said(self) -> list[str]:
        """The chosen arguments that the letter says something about: one in the supporter's own words may be empty."""
        pieces = [piece for piece in self.draft.pieces if piece.key in self.arguments]
        return [piece.key for piece in pieces if read_piece(piece, self.arguments[piece.key]).strip()]

    @property
    def is_alone(self) -> bool:
        """Whether the letter is to have no argument. Easy read, which asks about one, always has one."""
        return self.draft.alone and not self.draft.easy

    def choose(self, keys: Iterable[str]) -> None:
        """Set the draft's arguments, in the order in which they read best, each with a wording."""
        self.draft.choose(keys, self.offered)
        self.load(self.draft.keys)
        if not self.draft.easy:
            begin_in_own_words(self.draft, self.arguments)
        choose_wordings(self.draft, self.campaign, self.arguments)

    @cached_property
    def carried(self) -> dict[str, str]:
        """Name and address, carried from the check page through a correction and back; stored nowhere."""
        posted = self.request.POST
        if "carry" not in posted or not any(posted.get(name) for name in TYPED):
            return {}
        return {name: posted[name] for name in (*TYPED, "email_meant", "channel", "started") if name in posted}

    @property
    def can_return(self) -> bool:
        """Whether the details are complete, so that a correction can go back to the check page."""
        return all(self.carried.get(name) for name in ("name", "address_1", "town", "postcode"))

    @property
    def opens(self) -> bool:
        """Whether this POST only opens the page, with the details."""
        return self.request.POST.get("carry") == "open"

    @property
    def in_place(self) -> bool:
        """Whether this is an htmx request."""
        return bool(HtmxDetails(self.request))

    def save(self, page: str = "", turn: int = 0) -> None:
        """Save the draft, for the builder with the page's name and request number."""
        save_draft(self.request.session, self.campaign.slug, self.draft, page, turn)

    def choose_way(self) -> None:
        """Take easy read or the full way, if the form says which. Not saved yet."""
        if "way" in self.request.POST:
            self.draft.easy = self.request.POST["way"] == "easy"

    def count_step(self, step: StepCount.Step) -> None:
        if self.campaign.is_draft:
            return
        mark, counted = f"{self.draft.id} {step.value}", self.request.session.get("steps", [])
        if mark not in counted:
            self.request.session["steps"] = [*counted, mark][-MAX_MARKS:]
            StepCount.add_one(self.campaign, step)

    def write(self, sender: Sender | None = None) -> LetterText:
        nobody = Sender(_("Your name"), (_("Your address"),), "")
        return write_letter(
            self.draft, self.campaign, self.arguments, self.constituency, self.member, sender or nobody, self.check
        )

    def hash_words(self) -> str:
        """Return a hash that shows whether the letter still says what the supporter has seen."""
        text = self.write()
        return hashlib.sha256(repr((text.paragraphs, text.ask, text.sources)).encode()).hexdigest()

    @property
    def own_word_count(self) -> int:
        """The number of the supporter's own words, except those pasted from the campaign's texts."""
        return count_own_words(self.draft, self.find_own)

    @property
    def says_nothing(self) -> bool:
        """Whether the letter says nothing about an argument and has no word of the supporter's own."""
        return not self.said and not self.own_word_count

    @property
    def missing_own_words(self) -> int:
        """How many own words are missing before the letter can be emailed; 0 if it can only be posted."""
        by_email = self.found_constituency and self.found_constituency.member and self.found_constituency.member.email
        return max(0, self.campaign.own_words_minimum - self.own_word_count) if by_email else 0

    def render(self, step: str, template: str, context: dict[str, Any]) -> HttpResponse:
        """Render a page of the journey; only the browser itself may cache it."""
        number = [name for name, _title in STEPS].index(step) + 1
        context |= {
            "campaign": self.campaign,
            "journey": self,
            "step_number": number,
            "step_count": len(STEPS),
            "step_title": STEPS[number - 1][1],
        }
        response = render(self.request, template, context)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    def go_on(self, step: str) -> HttpResponse:
        """Go to the next step; with details, back to the check page, or to complete them."""
        if not self.carried:
            return self.go(step)
        back = "write-check" if self.can_return else "write-details"
        return redirect(back, self.campaign.slug, preserve_request=True)

    def go(self, step: str, anchor: str = "") -> HttpResponse:
        """Go to the step, or to the page that easy read has for it."""
        step = EASY_STEPS.get(step, step) if self.draft.easy else step
        response = redirect(step, self.campaign.slug)
        if anchor:
            response["Location"] += f"#{anchor}"
        return response


def show_unavailable(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Redirect to the campaign's page, which says why it is closed; if something was typed, show it first."""
    if request.method == "POST" and not HtmxDetails(request) and list_typed(request):
        return show_refusal(
            request, "letters/unavailable.html", {"campaign": campaign, "availability": get_availability(campaign)}
        )
    return redirect("campaign", campaign.slug)


def journey_step(
    needs_member: bool = False, needs_arguments: bool = False, prepare: Callable[[Journey], None] | None = None
) -> Callable[[Callable[[Journey], HttpResponse]], Callable[Concatenate[HttpRequest, str, ...], HttpResponse]]:
    """Make a function of a Journey into a view of (request, slug), going back to the step that is missing.

    `prepare` is called first, and may provide it.
    """

    def decorate(show: Callable[[Journey], HttpResponse]) -> Callable[Concatenate[HttpRequest, str, ...], HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(show)
        def view(request: HttpRequest, slug: str) -> HttpResponse:
            campaign = find_campaign(request, slug, Campaign.objects.prefetch_related("asks"))
            if not (campaign.takes_letters() or campaign.is_draft):
                return show_unavailable(request, campaign)
            had = has_draft(request.session, slug)
            # Storing a draft or a message creates a session row for visitors without one.
            makes_session = request.session.session_key is None and (
                request.method == "POST" or needs_member or needs_arguments
            )
            if makes_session and (page := refuse_if_too_often(Action.START, request, campaign)):
                return page
            journey = Journey(request, campaign, load_draft(request.session, slug))
            gone = had and not has_draft(request.session, slug)  # the draft could not be decrypted
            if prepare:
                prepare(journey)
            written = journey.draft.pieces or journey.draft.alone
            lost = not written and not has_draft(request.session, slug)
            if gone and lost:  # unless the builder's page has restored it
                messages.warning(
                    request,
                    _(
                        "Sorry, we cannot recover your draft. If your words are still on screen in another "
                        "tab, or when you go back in your browser, copy them before you start again."
                    ),
                )
            if request.method == "POST" and (needs_member or needs_arguments) and lost and not gone:
                # They were writing: say what happened, not only what to do.
                messages.warning(
                    request,
                    _(
                        "Your draft has been deleted. We keep drafts for %(hours)d hours, or until you delete "
                        "them. If you can still see your words when you go back in your browser, copy them "
                        "before you start again."
                    )
                    % {"hours": settings.DRAFT_HOURS},
                )
                return journey.go("write-mp")
            if needs_member and (journey.found_constituency is None or journey.found_constituency.member is None):
                if journey.found_constituency is None:  # a vacant constituency is explained on that page
                    messages.info(request, _("First, let us find your MP."))
                return journey.go("write-mp")
            if needs_arguments and not (journey.chosen or journey.is_alone):
                details = request.method == "POST" and "own_words" not in request.POST  # stored nowhere
                if details and journey.withdrawn and list_typed(request):
                    return show_refusal(
                        request, "letters/all_withdrawn.html", {"campaign": campaign, "journey": journey}
                    )
                messages.info(request, _("Start with this page: what do you want to tell your MP?"))
                return journey.go("write-arguments")
            return show(journey)

        return view

    return decorate
