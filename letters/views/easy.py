"""Easy read: the way to a letter with one short question a page. The draft, the letter and the rest are the same."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import ngettext

from letters.forms.easy import EasyChoiceForm, EasyWordsForm
from letters.forms.journey import PostcodeForm
from letters.forms.own_words import list_prompts
from letters.views.journey_base import Journey, journey_step
from letters.views.throttling import Action, refuse_if_too_often, require_room
from letters.writing.compose import choose_asks, get_ask
from letters.writing.first_picks import pick_first
from letters.writing.text import count_words
from letters.writing.wordings import choose_shortest, choose_wordings


@journey_step()
def begin(journey: Journey) -> HttpResponse:
    """Ask for the postcode, which the usual first step takes. A POST changes to the full way."""
    if journey.request.method == "POST":
        journey.choose_way()
        journey.save()
        return journey.go("write-arguments")
    return journey.render("write-mp", "letters/easy/postcode.html", {"form": PostcodeForm(), "number": 1})


@journey_step(needs_member=True)
def choose_reason(journey: Journey) -> HttpResponse:
    """Ask for one argument; one of its shortest wordings goes into the letter."""
    offered = {argument.key: argument for argument in journey.list_offered()}
    titles = [(key, argument.title) for key, argument in offered.items()]
    sent = journey.request.method == "POST" and not journey.opens
    form = EasyChoiceForm(journey.request.POST if sent else None, choices=titles)
    if form.is_valid():
        journey.choose([form.cleaned_data["choice"]])
        choose_shortest(journey.draft, journey.campaign, journey.arguments)
        journey.save()
        return journey.go_on("write-words")
    first = pick_first(offered.values(), journey.draft.id)
    chosen = next((key for key in journey.draft.keys if key in offered), "")
    context = {
        "form": form,
        "first": [offered[key] for key in first],
        "more": [argument for key, argument in offered.items() if key not in first],
        "more_open": bool(chosen) and chosen not in first,
        "chosen": chosen,
        "number": 2,
    }
    return journey.render("write-arguments", "letters/easy/reason.html", context)


@require_room
@journey_step(needs_member=True, needs_arguments=True)
def write_own_words(journey: Journey) -> HttpResponse:
    """Ask for own words, by one question at a time. Too few to email are a choice: write more, or print."""
    if page := refuse_if_too_often(Action.SAVE, journey.request, journey.campaign):
        return page
    draft, action, few = journey.draft, journey.request.POST.get("action", "next"), False
    sent = journey.request.method == "POST" and not journey.opens
    form = EasyWordsForm(journey.request.POST if sent else None, initial={"own_words": draft.own_words})
    if sent and form.is_valid():
        draft.own_words = form.cleaned_data["own_words"]
        draft.question += action == "question"
        draft.channel = "post" if action == "print" else ""
        choose_wordings(draft, journey.campaign, journey.arguments)
        journey.save()
        few = action == "next" and journey.missing_own_words > 0
        if action in ("next", "print") and not few:
            return journey.go_on("easy-ask")
    prompts = list_prompts(journey.campaign)
    context = {
        "form": form,
        "few": few,
        "prompt": prompts[draft.question % len(prompts)],
        "has_questions": len(prompts) > 1,
        "written": count_words(draft.own_words),
        "missing": say_missing(journey.missing_own_words),
        "number": 3,
    }
    return journey.render("write-words", "letters/easy/words.html", context)


def say_missing(count: int) -> str:
    return ngettext("Write %(count)d more word", "Write %(count)d more words", count) % {"count": count}


@journey_step(needs_member=True, needs_arguments=True)
def choose_ask(journey: Journey) -> HttpResponse:
    """Ask what the MP is to do."""
    asks = choose_asks(journey.campaign, journey.member)
    sent = journey.request.method == "POST" and not journey.opens
    form = EasyChoiceForm(journey.request.POST if sent else None, choices=[(ask.key, ask.label) for ask in asks])
    if form.is_valid():
        journey.draft.ask = form.cleaned_data["choice"]
        journey.save()
        return journey.go_on("write-details")
    ask = get_ask(journey.draft, asks)
    context = {"form": form, "asks": asks, "chosen": ask.key if ask else "", "number": 4}
    return journey.render("write-words", "letters/easy/ask.html", context)
