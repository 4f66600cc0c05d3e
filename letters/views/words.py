"""Step 3, the builder.

Every request of its page brings the whole form. A press of a button sends it; where scripts run, so does every pause in
typing, and the answer is then only those parts of the page that have changed (`_words_saved.html`).
"""

from __future__ import annotations

import copy
import secrets
from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from campaign.parliament.models import Constituency
from letters.forms.words import MOST_CHARACTERS, MOST_LINES, WordsForm, join_answers, list_prompts
from letters.rendering.page_count import count_pages
from letters.rendering.pdf import count_letter_pages
from letters.views.journey_base import Desk, journey_step
from letters.views.throttling import Act, costly, refuse_if_too_often
from letters.writing.compose import MOST_PAGES, find_changes
from letters.writing.draft import MOST_ARGUMENTS, OWN, Draft
from letters.writing.originality import Advice, Judgement, judge_draft
from letters.writing.session import find_clashes, find_set_apart, set_apart, take_other
from letters.writing.text import count_words, tidy_line

# What changes more of the page than its counts: the cards are shown anew after it.
REARRANGING = ("up", "down", "arrange", "remove", "restore", "length", "guide")


def make_again(desk: Desk) -> None:
    """Make a draft again from what its page sends, if its session has ended while the page was open."""
    posted = desk.request.POST
    if desk.draft.pieces or "own_words" not in posted:
        return
    keys = read_order(desk)
    gss = tidy_line(posted.get("gss", ""))  # PostgreSQL refuses to be asked for some characters
    if keys and Constituency.objects.filter(pk=gss).exists():
        desk.draft.gss = gss
        desk.draft.choose(keys)


def read_order(desk: Desk) -> list[str]:
    """Return the arguments that the page has, as far as they are offered."""
    return [key for key in desk.request.POST.get("order", "").split() if key in desk.arguments][:MOST_ARGUMENTS]


@costly
@journey_step(needs_member=True, needs_arguments=True, prepare=make_again)
def write_words(desk: Desk) -> HttpResponse:
    """Show the builder, or take what was typed and do what the button says."""
    if page := refuse_if_too_often(Act.SAVE, desk.request, desk.campaign):
        return page
    if desk.request.method != "POST":
        return show_words(desk, make_form(desk, desk.draft))
    action, _colon, key = desk.request.POST.get("action", "next").partition(":")
    here = copy.deepcopy(desk.draft)
    here.choose(read_order(desk) or here.keys)
    form = make_form(desk, here, sent=True)
    valid = form.is_valid()
    form.update_draft()
    if form.showing.is_late(desk.draft):
        return answer(desk, "save")
    overtaken = form.showing.is_overtaken(desk.draft)
    if action == "theirs":
        return take_theirs(desk, overtaken=overtaken)
    if overtaken and action != "mine":
        if not valid or find_clashes(here, desk.draft, desk.arguments):
            return show_clash(desk, form)
        here = desk.draft  # nothing of this page would be lost: what the other tab has saved stands
        action = "refresh" if action == "save" else action
    changed_before = list_changes(desk, desk.draft)
    desk.draft = here
    if action == "mine" or not find_set_apart(here, desk.arguments):
        here.other = {}
    said, focus = act(desk, action, key, form) if valid else ("", "")
    said = said or next(iter(list_changes(desk, here) - changed_before), "")
    desk.save(form.showing.page, form.showing.turn)
    if valid and action == "next" and (pages := count_too_many(desk)):
        form.add_error(None, say_too_long(pages))
    if form.errors:
        return show_words(desk, form)
    return answer(desk, action, key, said, focus)


def count_too_many(desk: Desk) -> int:
    """Return how many pages the letter has if that is too many to go on with; else 0. Laid out only if it may be."""
    text = desk.write()
    pages = count_letter_pages(text) if count_pages(text) > MOST_PAGES else 0
    return pages if pages > MOST_PAGES else 0


def say_too_long(pages: int) -> str:
    """Return what to do about a letter of so many pages."""
    text = _(
        "Your letter has %(pages)d pages. It can have %(most)d at most: please shorten it, or leave an argument out. "
        "All that you wrote is saved."
    )
    return text % {"pages": pages, "most": MOST_PAGES}


def make_form(desk: Desk, draft: Draft, *, sent: bool = False) -> WordsForm:
    """Return the form for a draft: with what was sent, or as the draft has it."""
    return WordsForm(
        desk.request.POST if sent else None,
        campaign=desk.campaign,
        draft=draft,
        arguments=desk.arguments,
        seat=desk.seat,
        member=desk.member,
        check=desk.check,
        page=desk.request.POST.get("page") or secrets.token_urlsafe(6),
    )


def act(desk: Desk, action: str, key: str, form: WordsForm) -> tuple[str, str]:
    """Do what the button says to the draft; return what is to be told, and the id of what takes the focus."""
    draft = desk.draft
    title = _("your own words") if key == OWN else f"“{desk.arguments[key].title}”" if key in desk.arguments else ""
    if action == "guide":
        return take_answers(draft, form)
    if action in ("up", "down"):
        draft.move(key, -1 if action == "up" else 1)
    if action in ("up", "down", "arrange") and key in draft.order:
        place = {"title": title, "place": draft.order.index(key) + 1, "count": len(draft.order)}
        return _("Moved: %(title)s is now %(place)d of %(count)d.") % place, ""
    if action == "remove" and key in draft.keys:
        draft.choose(kept for kept in draft.keys if kept != key)
        return _("Removed: %(title)s. You can put it back.") % {"title": title}, f"restore-{key}"
    if action == "restore" and key in desk.arguments:
        draft.restore(key)
        return _("Back in your letter: %(title)s.") % {"title": title}, f"remove-{key}"
    return "", ""


def list_changes(desk: Desk, draft: Draft) -> set[str]:
    """Return what is to be said about claims that the draft's edits have changed."""
    pieces = [(piece, desk.arguments[piece.key]) for piece in draft.pieces if piece.key in desk.arguments]
    return {change.text for piece, argument in pieces for change in find_changes(piece, argument, desk.check)}


def take_answers(draft: Draft, form: WordsForm) -> tuple[str, str]:
    """Put the answers to the guiding questions below the own words that are there."""
    joined = join_answers(draft.answers)
    if not joined:
        return _("Answer at least one of the questions first."), "id_answer-0"
    own_words = f"{draft.own_words}\n\n{joined}".strip()
    if len(own_words) > MOST_CHARACTERS:
        form.add_error(
            "own_words",
            _("With your answers, your own words would have %(count)d characters; %(most)d fit in a letter.")
            % {"count": len(own_words), "most": MOST_CHARACTERS},
        )
        return "", ""
    if (lines := own_words.count("\n") + 1) > MOST_LINES:
        form.add_error(
            "own_words",
            _("With your answers, your own words would have %(count)d lines; %(most)d fit in a letter.")
            % {"count": lines, "most": MOST_LINES},
        )
        return "", ""
    draft.own_words, draft.answers = own_words, []
    return _("Your answers are in your own words now. Change them as you like."), "id_own_words"


def take_theirs(desk: Desk, *, overtaken: bool) -> HttpResponse:
    """Take what the other tab has: what is stored if this page was overtaken, else what was set apart."""
    if desk.draft.other and not overtaken:
        desk.draft = take_other(desk.draft)
    desk.draft.other = {}
    desk.save()
    return desk.go("write-words")


def show_clash(desk: Desk, form: WordsForm) -> HttpResponse:
    """Show this page's text and the other tab's, and keep both."""
    stored = copy.deepcopy(desk.draft)
    clashes = find_clashes(form.draft, stored, desk.arguments)
    set_apart(desk.request.session, desk.campaign.slug, desk.draft, form.draft)
    desk.draft = form.draft
    return show_words(desk, form, others=[(clash.label, clash.there) for clash in clashes], clash=True)


def answer(desk: Desk, action: str, key: str = "", said: str = "", focus: str = "") -> HttpResponse:
    """Lead on after a valid save: to another step, or to where the button was."""
    step = "write-details" if action == "next" else ""
    if action == "add" or not desk.draft.pieces:
        step = "write-arguments"
    if desk.in_place:
        if step:
            return HttpResponseClientRedirect(desk.go(step)["Location"])
        form = make_form(desk, desk.draft)
        return show_words(desk, form, whole=action in (*REARRANGING, "refresh"), said=said, focus=focus)
    if step:
        return desk.go(step)
    if action == "remove":
        return desk.go("write-words", "removed")
    card = "own" if key == OWN or action == "guide" else key
    return desk.go("write-words", f"card-{card}" if card else "" if action == "mine" else "letter")


def show_words(
    desk: Desk,
    form: WordsForm,
    *,
    others: list[tuple[str, str]] | None = None,
    clash: bool = False,
    whole: bool = False,
    said: str = "",
    focus: str = "",
) -> HttpResponse:
    """Show the builder; or, to a script that has saved, what has changed (`whole`: with the cards; `said`: aloud)."""
    if others is None:
        others = [(clash.label, clash.here) for clash in find_set_apart(desk.draft, desk.arguments)]
    text = desk.write()
    judgement = judge_draft(desk.draft, desk.campaign, desk.arguments, desk.seat, desk.check)
    page_count = count_pages(text)
    context: dict[str, Any] = {
        "form": form,
        "text": text,
        "word_count": sum(count_words(paragraph.text) for paragraph in text.paragraphs) + count_words(text.ask),
        "page_count": page_count,
        "judgement": judgement,
        "advice": choose_advice(judgement, page_count),
        "can_add": len(desk.chosen) < MOST_ARGUMENTS,
        "removed": [desk.arguments[piece.key] for piece in desk.draft.aside if piece.key in desk.arguments],
        "prompts": list_prompts(desk.campaign),
        "others": others,
        "clash": clash,
        "whole": whole,
        "said": said,
    }
    if not desk.in_place:
        return desk.render("write-words", "letters/words.html", context)
    response = desk.render("write-words", "letters/_words_saved.html", context)
    patch_vary_headers(response, ["HX-Request"])
    state = "clash" if clash else "refused" if form.errors else "saved"
    return trigger_client_event(response, "desk:answered", {"state": state, "focus": focus, "said": said})


def choose_advice(judgement: Judgement, page_count: int) -> Advice | None:
    """Return what would help most: own words come first; a letter is long if it really has more than one page."""
    if page_count > MOST_PAGES:
        return Advice("too-long", say_too_long(page_count))
    advice = judgement.advice
    if advice and advice.code in ("none-own", "pasted", "few-own", "near"):
        return advice
    if page_count > 1:
        return Advice("long", _("One page is read; two rarely are. Could you shorten a paragraph, or leave one out?"))
    return advice if advice and advice.code != "long" else None
