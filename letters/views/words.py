"""Step 3, the builder."""

from __future__ import annotations

from django.http import HttpResponse

from letters.drafting import MOST_ARGUMENTS, OWN, count_words
from letters.forms.words import WordsForm
from letters.views.desk import Desk, journey_step


@journey_step(needs_member=True, needs_arguments=True)
def write_words(desk: Desk) -> HttpResponse:
    """Step 3, the builder. Every button saves everything that was typed, then does its own work."""
    data = desk.request.POST if desk.request.method == "POST" else None
    form = WordsForm(
        data,
        campaign=desk.campaign,
        draft=desk.draft,
        arguments=desk.arguments,
        seat=desk.seat,
        member=desk.member,
    )
    if form.is_valid():
        form.update_draft()
        action, _colon, key = desk.request.POST.get("action", "next").partition(":")
        if action in ("up", "down"):
            desk.draft.move(key, -1 if action == "up" else 1)
        elif action == "remove" and key in desk.draft.keys:
            desk.draft.choose(kept for kept in desk.draft.keys if kept != key)
        desk.save()
        if action == "next":
            return desk.go("write-details")
        if action == "add" or not desk.draft.pieces:
            return desk.go("write-arguments")
        card = "own" if key == OWN else key
        return desk.go("write-words", f"card-{card}" if card and action != "remove" else "letter")
    text = desk.write()
    context = {
        "form": form,
        "text": text,
        "word_count": sum(count_words(paragraph.text) for paragraph in text.paragraphs) + count_words(text.ask),
        "own_word_count": desk.own_word_count,
        "can_add": len(desk.chosen) < MOST_ARGUMENTS,
    }
    return desk.render("write-words", "letters/words.html", context)
