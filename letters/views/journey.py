"""The steps from the postcode to the page on which the letter is checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from campaign.content.models import Theme
from campaign.parliament.finding import find_constituencies, load_constituencies
from campaign.parliament.models import Constituency
from letters.forms.journey import SAYS_NOTHING, BeginningForm, DetailsForm, PostcodeForm, SendForm
from letters.mail.addresses import address_letter
from letters.mail.messages import name_domain, write_subject
from letters.models import StepCount
from letters.rendering.pdf import count_letter_pages
from letters.views.details import ask_for, ask_for_words, begin_details, read_details, show_details
from letters.views.journey_base import Journey, journey_step
from letters.views.throttling import Action, refuse_if_too_often, require_room
from letters.writing.compose import MAX_PAGES
from letters.writing.draft import ADVISED_ARGUMENTS, MAX_ARGUMENTS, WORDS_FOR_ANOTHER
from letters.writing.first_picks import pick_first
from letters.writing.minhash import warm_up
from letters.writing.session import stash_conflict
from letters.writing.text import clean_line

LISTED_AT_ONCE = 40  # constituencies; of more, those with one first letter
FINDING = "finding"  # session key of the last result; the postcode itself is not kept


def choose_constituency(journey: Journey, gss: str) -> bool:
    gss = clean_line(gss)  # PostgreSQL rejects some characters in queries
    if not Constituency.objects.filter(pk=gss).exists():
        return False
    journey.draft.gss = gss
    journey.__dict__.pop("found_constituency", None)
    journey.request.session.pop(FINDING, None)
    journey.save()
    journey.count_step(StepCount.Step.STARTED)
    return True


def take_ticks(journey: Journey) -> None:
    """Choose what was ticked on the campaign's page."""
    ticked = [key for key in journey.request.POST.getlist("arguments") if key in journey.offered]
    if ticked:
        journey.choose(ticked[:MAX_ARGUMENTS])
        journey.save()
        if len(ticked) > MAX_ARGUMENTS:
            text = _("You ticked %(count)d arguments. A letter has %(most)d at most: these are the first ones.")
            messages.info(journey.request, text % {"count": len(ticked), "most": MAX_ARGUMENTS})


def go_to_arguments(journey: Journey) -> HttpResponse:
    """Go on to the arguments, whose page names the MP; a constituency without one is explained first."""
    has_member = journey.found_constituency is not None and journey.found_constituency.member is not None
    return journey.go_on("write-arguments" if has_member else "write-mp")


@journey_step()
def find_member(journey: Journey) -> HttpResponse:
    """Step 1: from a postcode to the MP. Several answers are a question."""
    session = journey.request.session
    asked = journey.request.method == "POST" and not journey.opens
    form = PostcodeForm(journey.request.POST if asked and "postcode" in journey.request.POST else None)
    suggestion = ""
    if asked:
        journey.choose_way()
        take_ticks(journey)
        if choose_constituency(journey, journey.request.POST.get("gss", "")):
            return go_to_arguments(journey)
        if form.is_valid():
            if page := refuse_if_too_often(Action.LOOK_UP, journey.request, journey.campaign):
                return page
            finding, _constituencies = find_constituencies(form.cleaned_data["postcode"])
            if finding.status == "found" and choose_constituency(journey, finding.gss[0]):
                return go_to_arguments(journey)
            if finding.gss:
                journey.draft.gss = ""
                journey.save()
                # Unlike the message, what is kept does not name the postcode.
                message = finding.message.replace(finding.postcode, _("Your postcode"))
                session[FINDING] = {"message": message, "gss": list(finding.gss)}
                if not journey.carried:
                    return journey.go("write-mp")
            else:
                form.add_error("postcode", finding.message)
                suggestion = finding.suggestion
    found = session.get(FINDING) or {"message": "", "gss": []}
    constituencies = load_constituencies(found["gss"])
    context = {
        "form": form,
        "suggestion": suggestion,
        "message": found["message"],
        "constituencies": constituencies,
        "dissolved": Constituency.objects.is_dissolved(),
    }
    return journey.render("write-mp", "letters/mp.html", context)


@journey_step()
def choose_from_list(journey: Journey) -> HttpResponse:
    if journey.request.method == "POST" and choose_constituency(journey, journey.request.POST.get("gss", "")):
        return go_to_arguments(journey)
    query = clean_line(journey.request.GET.get("q", ""))[:60]
    constituencies = Constituency.objects.search(query).with_members()
    count = constituencies.count()
    context: dict[str, object] = {"query": query, "count": count}
    if not query and count > LISTED_AT_ONCE:
        initials = constituencies.list_initials()
        initial = journey.request.GET.get("initial", "").lower()
        context |= {"initials": initials, "initial": initial if initial in initials else ""}
        constituencies = (
            constituencies.filter(search_name__startswith=initial) if initial in initials else constituencies.none()
        )
    return journey.render("write-mp", "letters/constituencies.html", context | {"constituencies": constituencies})


def begin_again(journey: Journey) -> None:
    """Begin the draft again for the posted constituency; the session may have expired while the page was open."""
    if not journey.draft.gss and "own_words" in journey.request.POST:
        choose_constituency(journey, journey.request.POST.get("gss", ""))


def take_own_words(journey: Journey, form: BeginningForm) -> None:
    """Take what was typed, unless the builder has more of it by now; if each has what the other lacks, keep both."""
    typed, stored = form.cleaned_data.get("own_words", ""), journey.draft.own_words
    is_late = (form.cleaned_data.get("version") or 0) < journey.draft.version
    if is_late and typed not in stored and stored not in typed:
        other = replace(journey.draft, own_words=typed, other={})
        stash_conflict(journey.request.session, journey.campaign.slug, journey.draft, other)
    elif not is_late or typed not in stored:
        journey.draft.own_words = typed


@journey_step(needs_member=True, prepare=begin_again)
def begin_letter(journey: Journey) -> HttpResponse:
    """Step 2: what the supporter wants to say, and an argument if one goes with it."""
    warm_up()  # the next step compares letters
    offered = {argument.key: argument for argument in journey.list_offered()}

    def make_form(data: QueryDict | None) -> BeginningForm:
        return BeginningForm(data, arguments=offered.values(), campaign=journey.campaign, draft=journey.draft)

    # The builder's "add" button sends details, too.
    if journey.request.method == "POST" and not journey.opens and "action" not in journey.request.POST:
        form = make_form(journey.request.POST)
        shows = "show" in journey.request.POST  # the button that opens all themes, without scripts
        if form.is_valid() and not shows:
            take_own_words(journey, form)
            journey.choose(form.get_keys())
            journey.save()
            if not (journey.carried and journey.says_nothing):
                return journey.go_on("write-words")
            form.add_error("own_words", SAYS_NOTHING)
        chosen = journey.request.POST.getlist("arguments")
    else:
        form = make_form(None)
        chosen = [key for key in journey.draft.keys if key in offered]
    all_shown = "show" in journey.request.POST
    first = pick_first(offered.values(), journey.draft.id)
    later = [key for key in offered if key not in first]
    cards = {
        key: {"number": number, "argument": offered[key], "chosen": key in chosen}
        for number, key in enumerate([*first, *later])
    }
    themes: dict[Theme, list[dict[str, Any]]] = {}
    for key in later:
        themes.setdefault(offered[key].theme, []).append(cards[key])
    context = {
        "form": form,
        "first": [cards[key] for key in first],
        "themes": [
            (theme, theirs, all_shown or any(card["chosen"] for card in theirs)) for theme, theirs in themes.items()
        ],
        "all_shown": all_shown,
        "count": len(cards),
        "chosen": chosen,
        "chosen_arguments": [offered[key] for key in chosen if key in offered],
        "most": MAX_ARGUMENTS,
        "advised": ADVISED_ARGUMENTS,
        "words_for_another": WORDS_FOR_ANOTHER,
    }
    return journey.render("write-arguments", "letters/arguments.html", context)


def show_check(journey: Journey, form: DetailsForm) -> HttpResponse:
    """Show step 5 for valid details (only consent may be missing), which go on in hidden fields, stored nowhere."""
    sender = form.get_sender()
    text = journey.write(sender)
    pages = count_letter_pages(text)
    rehearsal = journey.campaign.mode != journey.campaign.Mode.LIVE
    context = {
        "form": form,
        "rehearsal": rehearsal,
        "domain": name_domain(journey.campaign.test_address if rehearsal else journey.member.email),
        "consent": form
        if isinstance(form, SendForm)
        else SendForm(offers_news=journey.campaign.offers_news, **ask_for(journey)),
        "text": text,
        "pages": pages,
        "most_pages": MAX_PAGES,
        "too_long": pages > MAX_PAGES,
        "chosen": [journey.arguments[key] for key in journey.said],
        "sender": sender,
        "seen": journey.hash_words(),
        "mail_from": address_letter(sender.name, journey.campaign),
        "mail_subject": write_subject(text.subject, journey.constituency.name, rehearsal=rehearsal),
        "by_email": form.cleaned_data["channel"] == "email",
        "own_word_count": journey.own_word_count,
    }
    journey.count_step(StepCount.Step.MADE)
    template = "letters/easy/check.html" if journey.draft.easy else "letters/check.html"
    response = journey.render("write-check", template, context)
    patch_cache_control(response, no_store=True)
    return response


@require_room
@journey_step(needs_member=True, needs_arguments=True)
def check_letter(journey: Journey) -> HttpResponse:
    """Step 5: the letter as it will arrive, to download or send. A GET comes from "back" or "reload"."""
    if journey.request.method != "POST":
        return ask_for_words(journey) or show_details(journey, begin_details(journey), resume=True)
    form = read_details(journey)
    if not form.is_valid():
        return show_details(journey, form)
    # Counting its pages takes half as long as the PDF.
    return refuse_if_too_often(Action.PRINT, journey.request, journey.campaign) or show_check(journey, form)
