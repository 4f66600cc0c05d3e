"""Which of the campaign's sentences a letter is given: those used least in letters to the same MP.

It is decided once, when the arguments are chosen; for a draft without a decision its id decides, so that letters differ
but a draft always reads the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Count

from campaign.content.models import Ask, Campaign, Text, TextVersion
from letters.models import CarriedText, Letter, LetterParagraph
from letters.writing.draft import Draft


def draw(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "big")


def pick(options: Sequence[str], draft_id: str, purpose: str) -> str:
    """Return one of the options, the same each time; empty if there are none."""
    return options[draw(draft_id, purpose) % len(options)] if options else ""


def find_given(draft: Draft, purpose: str, options: Sequence[str]) -> str:
    """Return the option that the draft was given, or one that its id decides if there is none, or no such option."""
    given = draft.given.get(purpose, "")
    return given if given in options else pick(options, draft.id, purpose)


def give(draft: Draft, purpose: str, options: Sequence[str], used: Counter[str], preferred: Sequence[str] = ()) -> None:
    """Decide for the option that is used least, a preferred one of several, unless the draft has one already."""
    if options and draft.given.get(purpose) not in options:
        draft.given[purpose] = min(
            options, key=lambda one: (used[one], one not in preferred, draw(draft.id, purpose, one))
        )


def find_ask_text(draft: Draft, ask: Ask) -> Text:
    """Return the wording in which this letter asks for it."""
    texts = {text.words: text for text in ask.list_texts()}
    return texts[find_given(draft, name_purpose(ask), list(texts))]


def name_purpose(ask: Ask) -> str:
    return f"ask {ask.key}"


def count_sentences(campaign: Campaign, gss: str) -> Counter[str]:
    """Count the letters to this constituency's MP with each subject, opening, preface and ask."""
    if not gss:
        return Counter()
    letters = Letter.objects.filter(campaign=campaign, constituency_gss=gss).order_by()
    used = _count(letters.values_list("subject").annotate(Count("pk")))
    here = CarriedText.objects.filter(letter__campaign=campaign, letter__constituency_gss=gss).order_by()
    here = here.filter(version__kind__in=[TextVersion.Kind.PREFACE, TextVersion.Kind.ASK])
    used += _count(here.values_list("version__words").annotate(Count("pk")))
    begun = LetterParagraph.objects.filter(letter__campaign=campaign, letter__constituency_gss=gss).order_by()
    begun = begun.filter(position=0, argument_key="", variant__isnull=False)
    openings = dict(enumerate(campaign.opening_list))
    numbered = begun.values_list("variant").annotate(Count("pk"))
    return used + _count((openings.get(number or 0, ""), count) for number, count in numbered)


def _count(rows: Iterable[tuple[str, int]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for words, count in rows:
        counted[words] += count
    return counted
