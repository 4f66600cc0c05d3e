"""Which of the campaign's sentences a letter is given: those used least to the same MP, and lately to others.

It is decided once, when the arguments are chosen; for a draft without a decision its id decides, so that letters differ
but a draft always reads the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Count, QuerySet

from campaign.content.models import Ask, Campaign, Text, TextVersion
from letters.models import CarriedText, Letter, LetterParagraph
from letters.writing.draft import Draft

NEWEST = 100  # letters to any MP


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


def rank_sentences(campaign: Campaign, gss: str) -> Counter[str]:
    """Return how much each subject, opening, preface and ask is used: the fewer, the better for a new letter.

    One letter to this constituency's MP counts for more than all the newest letters to other MPs.
    """
    letters = Letter.objects.filter(campaign=campaign).order_by("-created_at")
    newest = letters.filter(pk__in=letters.values("pk")[:NEWEST])
    rank = count_sentences(newest, campaign)
    for sentence, count in count_sentences(letters.filter(constituency_gss=gss), campaign).items() if gss else ():
        rank[sentence] += count * (NEWEST + 1)
    return rank


def count_sentences(letters: QuerySet[Letter], campaign: Campaign) -> Counter[str]:
    """Count these letters of the campaign with each subject, opening, preface and ask."""
    letters = letters.order_by()
    used = _count(letters.values_list("subject").annotate(Count("pk")))
    carried = CarriedText.objects.filter(letter__in=letters).order_by()
    carried = carried.filter(version__kind__in=[TextVersion.Kind.PREFACE, TextVersion.Kind.ASK])
    used += _count(carried.values_list("version__words").annotate(Count("pk")))
    begun = LetterParagraph.objects.filter(letter__in=letters, position=0, argument_key="").order_by()
    openings = dict(enumerate(campaign.opening_list))
    numbered = begun.filter(variant__isnull=False).values_list("variant").annotate(Count("pk"))
    return used + _count((openings.get(number or 0, ""), count) for number, count in numbered)


def _count(rows: Iterable[tuple[str, int]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for words, count in rows:
        counted[words] += count
    return counted
