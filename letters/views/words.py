"""Step 3, the builder.

Every request from its page has the whole form. Buttons send it and, with scripts, so does every pause in typing; the
response is then only the changed parts of the page (`_words_saved.html`).
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from campaign.parliament.models import Constituency
from letters.forms.journey import SAYS_NOTHING
from letters.forms.words import WordsForm
from letters.rendering.page_count import count_pages
from letters.rendering.pdf import count_letter_pages
from letters.views.journey_base import Journey, journey_step
from letters.views.throttling import Action, refuse_if_too_often, require_room
from letters.writing.compose import MAX_PAGES, find_changes
from letters.writing.draft import (
    ADVISED_ARGUMENTS,
    MAX_ARGUMENTS,
    OWN,
    OWN_WAY,
    WORDS_FOR_ANOTHER,
    Draft,
    read_piece,
)
from letters.writing.originality import Advice, Originality, score_draft
from letters.writing.session import accept_other, find_conflicts, find_stashed, stash_conflict
from letters.writing.style import advise_on_style
from letters.writing.text import clean_line, count_words
from letters.writing.wordings import choose_wordings

# Actions that change more than the counts, with the parts to render again.
PARTS = dict.fromkeys(("up", "down", "arrange", "remove", "restore", "length", "refresh"), ("cards",))
PARTS |= {"question": ("question",), "next": ("few",), "more": ("few",)}


def make_again(journey: Journey) -> None:
    """Rebuild the draft from the posted form; the session may have expired while the page was open."""
    posted = journey.request.POST
    if journey.draft.pieces or journey.draft.alone or "own_words" not in posted:
        return
    gss = clean_line(posted.get("gss", ""))  # PostgreSQL rejects some characters in queries
    if Constituency.objects.filter(pk=gss).exists():
        journey.draft.gss = gss
        journey.choose(read_order(journey))


def keep_typed(journey: Journey) -> None:
    """Keep what was sent if all the draft's arguments were withdrawn while the page was open."""
    make_again(journey)
    if (
        "own_words" not in journey.request.POST
        or journey.chosen
        or not journey.draft.pieces
        or not journey.found_constituency
    ):
        return
    if journey.constituency.member is None:
        return
    form = make_form(journey, copy.deepcopy(journey.draft), sent=True)
    form.is_valid()
    form.update_draft()
    if form.showing.is_overtaken(journey.draft):
        stash_conflict(journey.request.session, journey.campaign.slug, journey.draft, form.draft)
    elif not form.showing.is_late(journey.draft):
        journey.draft = form.draft
        journey.save(form.showing.page, form.showing.turn)
    journey.__dict__.pop("withdrawn", None)  # now with the words


def read_order(journey: Journey) -> list[str]:
    keys = (key for key in journey.request.POST.get("order", "").split() if key != OWN)
    return [key for key in keys if key in journey.arguments or key in journey.offered][:MAX_ARGUMENTS]


@require_room
@journey_step(needs_member=True, needs_arguments=True, prepare=keep_typed)
def write_words(journey: Journey) -> HttpResponse:
    if page := refuse_if_too_often(Action.SAVE, journey.request, journey.campaign):
        return page
    if journey.request.method != "POST" or journey.opens:
        return show_words(journey, make_form(journey, journey.draft))
    action, _colon, key = journey.request.POST.get("action", "next").partition(":")
    here = copy.deepcopy(journey.draft)
    here.choose(read_order(journey) or here.keys)
    journey.load(here.keys)
    form = make_form(journey, here, sent=True)
    valid = form.is_valid()
    form.update_draft()
    if form.showing.is_late(journey.draft):
        return render_answer(journey, "save")
    overtaken = form.showing.is_overtaken(journey.draft)
    if action == "theirs":
        return take_theirs(journey, overtaken=overtaken)
    if overtaken and action != "mine":
        if not valid or find_conflicts(here, journey.draft, journey.arguments):
            return show_clash(journey, form)
        here = journey.draft  # nothing on this page would be lost, so the other tab's version is kept
        action = "refresh" if action == "save" else action
    changed_before, missed_before = list_changes(journey, journey.draft), journey.missing_own_words
    journey.draft = here
    if action == "mine" or not find_stashed(here, journey.arguments):
        here.other = {}
    said, focus = act(journey, action, key) if valid else ("", "")
    said = said or next(iter(list_changes(journey, here) - changed_before), "")
    if missed_before and not journey.missing_own_words:
        said = said or _("That is enough of your own words: we can email this letter.")
    if not journey.in_place or action == "next":
        choose_wordings(here, journey.campaign, journey.arguments)  # its supporters may now say “we”
    journey.save(form.showing.page, form.showing.turn)
    if valid and action == "next" and (pages := count_too_many(journey)):
        form.add_error(None, say_too_long(pages))
    if valid and action == "next" and journey.says_nothing:
        form.add_error("own_words", SAYS_NOTHING)
    if form.errors:
        return show_words(journey, form)
    return render_answer(journey, action, key, said, focus)


def count_too_many(journey: Journey) -> int:
    """Return the page count if over the limit, else 0. Lays the letter out only if the estimate is close."""
    text = journey.write()
    pages = count_letter_pages(text) if count_pages(text) > MAX_PAGES else 0
    return pages if pages > MAX_PAGES else 0


def say_too_long(pages: int) -> str:
    text = _(
        "Your letter has %(pages)d pages. It can have %(most)d at most: please shorten it, or leave an argument out. "
        "Everything you wrote is saved."
    )
    return text % {"pages": pages, "most": MAX_PAGES}


def make_form(journey: Journey, draft: Draft, *, sent: bool = False) -> WordsForm:
    return WordsForm(
        journey.request.POST if sent else None,
        campaign=journey.campaign,
        draft=draft,
        arguments=journey.arguments,
        constituency=journey.constituency,
        member=journey.member,
        check=journey.check,
        withdrawn={key: one.argument for key, one in journey.withdrawn.items()},
        page=journey.request.POST.get("page") or secrets.token_urlsafe(6),
    )


def act(journey: Journey, action: str, key: str) -> tuple[str, str]:
    """Apply the button's action to the draft; return the message, and the id of the element to focus."""
    draft = journey.draft
    title = (
        _("your own words") if key == OWN else f"“{journey.arguments[key].title}”" if key in journey.arguments else ""
    )
    if action == "question":
        draft.question += 1
        return "", "id_own_words"
    if action == "more":
        return "", "id_own_words"
    if action == "next":
        draft.channel = key
    if action in ("up", "down"):
        draft.move(key, -1 if action == "up" else 1)
    if action in ("up", "down", "arrange") and key in draft.order:
        place = {"title": title, "place": draft.order.index(key) + 1, "count": len(draft.order)}
        return _("Moved: %(title)s is now %(place)d of %(count)d.") % place, ""
    if action == "remove" and key in draft.keys:
        draft.choose(kept for kept in draft.keys if kept != key)
        return _("Removed: %(title)s. You can put it back.") % {"title": title}, f"restore-{key}"
    if action == "length" and key in draft.keys and key in journey.arguments:
        [piece] = [piece for piece in draft.pieces if piece.key == key]
        if piece.length == OWN_WAY:
            return _("%(title)s has facts and an empty box now, for your own words.") % {"title": title}, ""
        count = count_words(read_piece(piece, journey.arguments[key]))
        said = ngettext("%(title)s has %(count)d word now.", "%(title)s has %(count)d words now.", count)
        return said % {"title": title, "count": count}, ""
    if action == "restore" and key in journey.arguments:
        draft.restore(key)
        return _("Put back in your letter: %(title)s.") % {"title": title}, f"moving-{key}"
    return "", ""


def list_changes(journey: Journey, draft: Draft) -> set[str]:
    pieces = [(piece, journey.arguments[piece.key]) for piece in draft.pieces if piece.key in journey.arguments]
    return {change.text for piece, argument in pieces for change in find_changes(piece, argument, journey.check)}


def take_theirs(journey: Journey, *, overtaken: bool) -> HttpResponse:
    """Accept the other tab's text: the stored draft if this page is out of date, else the stashed conflict."""
    if journey.draft.other and not overtaken:
        journey.draft = accept_other(journey.draft)
    journey.draft.other = {}
    journey.save()
    return journey.go("write-words")


def show_clash(journey: Journey, form: WordsForm) -> HttpResponse:
    stored = copy.deepcopy(journey.draft)
    clashes = find_conflicts(form.draft, stored, journey.arguments)
    stash_conflict(journey.request.session, journey.campaign.slug, journey.draft, form.draft)
    journey.draft = form.draft
    return show_words(journey, form, others=[(clash.label, clash.there) for clash in clashes], clash=True)


def render_answer(journey: Journey, action: str, key: str = "", said: str = "", focus: str = "") -> HttpResponse:
    few = action == "next" and key != "post" and journey.missing_own_words > 0
    leads_on = action == "next" and not few
    # A script cannot pass on details: it sends the whole form again.
    step = "write-details" if leads_on and not (journey.in_place and journey.carried) else ""
    if action == "leave":
        step = "write-handover"
    if action == "add" or not (journey.draft.pieces or journey.is_alone):
        step = "write-arguments"
    if journey.in_place:
        if step:
            return HttpResponseClientRedirect(journey.go(step)["Location"])
        form = make_form(journey, journey.draft)
        parts = ("cards",) if has_withdrawn(journey) else PARTS.get(action, ())
        whole = leads_on and bool(journey.carried)
        return show_words(journey, form, parts=parts, few=few, said=said, focus="few" if few else focus, whole=whole)
    if few:
        response = journey.go("write-words")
        response["Location"] += "?few#few"
        return response
    if step:
        if step == "write-arguments" and journey.carried:
            return redirect(step, journey.campaign.slug, preserve_request=True)
        return journey.go_on(step)
    if action == "remove":
        return journey.go("write-words", "removed")
    card = "own" if key == OWN or action in ("question", "more") else key
    return journey.go("write-words", f"card-{card}" if card else "" if action == "mine" else "letter")


def has_withdrawn(journey: Journey) -> bool:
    """Whether the page still shows an argument that is no longer offered."""
    return any(f"text-{key}" in journey.request.POST for key in journey.withdrawn)


def show_words(
    journey: Journey,
    form: WordsForm,
    *,
    others: list[tuple[str, str]] | None = None,
    clash: bool = False,
    parts: Collection[str] = (),
    few: bool = False,
    whole: bool = False,
    said: str = "",
    focus: str = "",
) -> HttpResponse:
    """Render the builder or, for a script that has saved, the changed parts.

    `parts`: more parts to send; `few`: too few own words to go on; `whole`: the script is to send the whole form
    without itself; `said`: text for screen readers.
    """
    if others is None:
        others = [(clash.label, clash.here) for clash in find_stashed(journey.draft, journey.arguments)]
    text = journey.write()
    judgement = score_draft(
        journey.draft, journey.campaign, journey.arguments, journey.constituency, journey.find_own, journey.check
    )
    page_count, missing = count_pages(text), journey.missing_own_words
    context: dict[str, Any] = {
        "form": form,
        "preface_changed": form.has_other_preface(journey.request.POST),
        "text": text,
        "word_count": sum(count_words(paragraph.text) for paragraph in text.paragraphs) + count_words(text.ask),
        "page_count": page_count,
        "judgement": judgement,
        "advice": choose_advice(
            judgement, page_count, missing, advise_on_style(journey.draft, journey.arguments), len(journey.said)
        ),
        "missing": missing,
        "can_add": len(journey.chosen) < MAX_ARGUMENTS,
        "removed": [journey.arguments[piece.key] for piece in journey.draft.aside if piece.key in journey.arguments],
        "few": few,
        "others": others,
        "clash": clash,
        "parts": parts,
        "said": said,
    }
    if not journey.in_place:
        context["few"] = "few" in journey.request.GET and missing > 0
        return journey.render("write-words", "letters/words.html", context)
    response = journey.render("write-words", "letters/_words_saved.html", context)
    patch_vary_headers(response, ["HX-Request"])
    state = "clash" if clash else "refused" if form.errors else "saved"
    return trigger_client_event(
        response, "builder:answered", {"state": state, "focus": focus, "said": said, "whole": whole}
    )


def choose_advice(
    judgement: Originality, page_count: int, missing: int, style: Advice | None, argument_count: int
) -> Advice | None:
    """Return what would help most: own words first, then how they read, then what could be left out.

    The count beside it already says how many words are missing.
    """
    if page_count > MAX_PAGES:
        return Advice("too-long", say_too_long(page_count))
    advice = judgement.advice
    if advice and missing and advice.code in ("none-own", "few-own"):
        return None
    if advice and advice.code in ("none-own", "pasted", "few-own", "near"):
        return advice
    if style:
        return style
    if argument_count > ADVISED_ARGUMENTS + judgement.own_words // WORDS_FOR_ANOTHER:
        text = _("One argument is easier to answer than %(count)d. Could you remove those you care about less?")
        return Advice("many", text % {"count": argument_count})
    if page_count > 1:
        return Advice(
            "long", _("A single page is easier to read and to answer. Could you shorten a paragraph, or leave one out?")
        )
    return advice if advice and advice.code != "long" else None
