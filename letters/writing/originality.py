"""How much of a letter is the supporter's own, and how similar to other letters to the MP (docs/distinctiveness.md).

This gives advice only; just the campaign's minimum of own words can keep a letter from being emailed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.content.models import Argument, Campaign
from campaign.parliament.models import Constituency
from letters.models import Fingerprint, Letter, Status
from letters.writing.compose import Check, compose_paragraphs
from letters.writing.draft import Draft
from letters.writing.fact_check import check_edit
from letters.writing.local_fact import list_supplied
from letters.writing.minhash import Nearness, compare, compare_each, take_fingerprint
from letters.writing.own_words import FindOwn, OwnWords, count_own_words, find_own, read_corpus
from letters.writing.text import count_words

MAX_COMPARED = 5000  # letters to one MP, the newest
ENOUGH_OWN = 0.5  # the share of own words that gets full marks
SET_WEIGHT = 0.15  # weight of an unusual choice of arguments
FEW_LETTERS = 5  # fewer letters say little about what is common
NEAR = 0.5  # share of own words found in other letters from which to say so
LIKE = 0.2  # share of them in one other letter that is worth showing
COMMON = 0.4
FEW_WORDS = 20  # own words; fewer hardly show in a letter
PAGE_WORDS = 380  # about what fits on a page with address and notes
PRAISED = 0.7


@dataclass(frozen=True)
class Advice:
    """What would help most now."""

    code: str  # none-own, pasted, few-own, near, long, unedited, common-set, good
    text: str  # in the reader's language


@dataclass(frozen=True)
class Originality:
    """How distinct a letter is."""

    own_words: int  # in the box for own words, except those pasted from the campaign
    own_share: float  # of all words in paragraphs, 0–1
    own_nearness: float  # share of own words nearly found in others' letters to this MP, 0–1
    set_commonness: float  # how common this choice of arguments is there, 0–1; not shown to supporters
    score: float  # 0–1, higher: more the supporter's own
    advice: Advice | None


@dataclass(frozen=True)
class Measured:
    """A letter's paragraphs, measured."""

    parts: tuple[tuple[OwnWords, bool], ...]  # with whether the paragraph is an argument's

    @property
    def own_count(self) -> int:
        return sum(owned.own_count for owned, _argued in self.parts)

    @property
    def own_share(self) -> float:
        return self.own_count / max(1, sum(owned.word_count for owned, _argued in self.parts))

    @property
    def unedited(self) -> bool:
        argued = [owned for owned, its in self.parts if its]
        return bool(argued) and not any(owned.own_count for owned in argued)

    def take_fingerprint(self) -> bytes:
        return take_fingerprint(owned.stretches for owned, _argued in self.parts)


def measure_paragraphs(paragraphs: Iterable[tuple[str, Argument | None]], find: FindOwn) -> Measured:
    return Measured(tuple((find(text, argument), argument is not None) for text, argument in paragraphs))


def compare_with_bank(campaign: Campaign, constituency: Constituency) -> FindOwn:
    """Return `find_own` for letters from this constituency; it remembers what it was asked."""
    bank = read_corpus(campaign, *list_supplied(campaign, constituency))
    return cache(lambda text, argument: find_own(text, bank, argument))


def find_base(argument: Argument | None, variant: int | None) -> Argument | None:
    """Return the argument whose wording a paragraph began as; none if it is said in the supporter's own words."""
    return argument if variant is not None else None


def score_draft(
    draft: Draft,
    campaign: Campaign,
    arguments: dict[str, Argument],
    constituency: Constituency,
    find: FindOwn,
    check: Check = check_edit,
) -> Originality:
    """Return how distinct the draft is from other letters to this constituency's MP, in one query.

    `arguments` need their texts prefetched, or each costs another query.
    """
    composed = compose_paragraphs(draft, campaign, arguments, constituency, check)
    measured = measure_paragraphs(((part.text, find_base(part.argument, part.variant)) for part in composed), find)
    # The supporter's own letter of this draft, if it is confirmed already, is no other.
    others = Fingerprint.objects.exclude(letter__draft_id=draft.id)
    keys = [part.argument.key for part in composed if part.argument]
    nearness, commonness = compare_letter(measured, keys, campaign, constituency.gss, others)
    own_words = count_own_words(draft, find)
    length = sum(count_words(part.text) for part in composed)
    return Originality(
        own_words=own_words,
        own_share=measured.own_share,
        own_nearness=nearness.share,
        set_commonness=commonness,
        score=count_score(measured.own_share, nearness.share, commonness),
        advice=choose_advice(
            measured, nearness, commonness, own_words, length, campaign, bool(draft.own_words.strip())
        ),
    )


def compare_letter(
    measured: Measured, keys: Sequence[str], campaign: Campaign, gss: str, others: models.QuerySet[Fingerprint]
) -> tuple[Nearness, float]:
    others = others.filter(campaign=campaign, constituency_gss=gss).order_by("-pk")
    mine = measured.take_fingerprint()
    if mine:
        rows = list(others.values_list("argument_keys", "own")[:MAX_COMPARED])
    else:
        rows = [(theirs, b"") for theirs in others.values_list("argument_keys", flat=True)[:MAX_COMPARED]]
    nearness = compare(mine, [bytes(own) for _keys, own in rows])
    return nearness, count_commonness(keys, Counter(theirs for theirs, _own in rows))


def count_commonness(keys: Sequence[str], others: Counter[str]) -> float:
    if not keys:
        return 0.0  # letters without an argument share none
    same_order = others[" ".join(keys)]
    same_set = sum(count for theirs, count in others.items() if sorted(theirs.split()) == sorted(keys))
    return (same_order + same_set) / 2 / (others.total() + FEW_LETTERS)


def count_score(own_share: float, nearness: float, commonness: float) -> float:
    own = min(1.0, own_share / ENOUGH_OWN) * (1 - nearness)
    return (1 - SET_WEIGHT) * own + SET_WEIGHT * (1 - commonness)


def choose_advice(
    measured: Measured,
    nearness: Nearness,
    commonness: float,
    own_words: int,
    length: int,
    campaign: Campaign,
    has_written: bool,
) -> Advice | None:
    wanted = max(FEW_WORDS, campaign.own_words_minimum)
    if own_words == 0 and has_written:
        text = _("So far your letter uses only the campaign’s words. Say in your own words why it matters to you.")
        return Advice("pasted", text)
    if own_words == 0:
        text = _("Add two or three sentences of your own: what made you care, or how it affects where you live.")
        return Advice("none-own", text)
    if own_words < wanted:
        missing = wanted - own_words
        text = ngettext(
            "A good start. About %(count)d more word of your own would make it yours.",
            "A good start. About %(count)d more words of your own would make it yours.",
            missing,
        )
        return Advice("few-own", text % {"count": missing})
    if is_near(nearness):
        text = _("Other letters to your MP use almost the same words. Say it as you would to a neighbour.")
        return Advice("near", text)
    if length > PAGE_WORDS:
        return Advice(
            "long", _("A single page is easier to read and to answer. Could you shorten a paragraph, or leave one out?")
        )
    score = count_score(measured.own_share, nearness.share, commonness)
    if measured.unedited and score < PRAISED:
        return Advice("unedited", _("Put one argument into your own words: how would you say it to a friend?"))
    if commonness >= COMMON:
        text = _("Is there an argument that matters more to you than these? Put the one you care about most first.")
        return Advice("common-set", text)
    if score >= PRAISED:
        return Advice("good", _("This letter is yours: it says what only you can say."))
    return None


def measure_letter(letter: Letter) -> tuple[Measured, list[str]]:
    paragraphs = list(letter.paragraphs.all())
    known = Argument.objects.prefetch_related("phrasings").in_bulk([part.argument_id for part in paragraphs])
    constituency = Constituency(gss=letter.constituency_gss, name=letter.constituency_name)
    find = compare_with_bank(letter.campaign, constituency)
    texts = ((part.text, find_base(known.get(part.argument_id or 0), part.variant)) for part in paragraphs)
    measured = measure_paragraphs(texts, find)
    return measured, [part.argument_key for part in paragraphs if part.argument_key]


def is_near_copy(letter: Letter) -> bool:
    measured, keys = measure_letter(letter)
    others = Fingerprint.objects.exclude(letter=letter)
    nearness, _commonness = compare_letter(measured, keys, letter.campaign, letter.constituency_gss, others)
    return is_near(nearness)


def find_alike(letter: Letter, most: int) -> list[tuple[Letter, Nearness]]:
    """Return the letters to the same MP that have nearly the letter's own words, nearest first.

    They are computed each time: no row ties letters together, and erased or withdrawn ones are not found.
    """
    mine = measure_letter(letter)[0].take_fingerprint()
    here = Fingerprint.objects.filter(campaign=letter.campaign, constituency_gss=letter.constituency_gss)
    rows = here.exclude(letter=letter).order_by("-pk").values_list("letter", "own")[:MAX_COMPARED]
    near = dict(zip((pk for pk, _own in rows), compare_each(mine, [bytes(own) for _pk, own in rows]), strict=True))
    # The rule sums over several letters, each of which may have less than it asks for.
    alike = sorted((pk for pk in near if near[pk].share >= LIKE or is_near(near[pk])), key=lambda pk: -near[pk].share)
    alike = alike[:most]
    letters = Letter.objects.defer_encrypted().in_bulk(alike)
    return [(letters[pk], near[pk]) for pk in alike if pk in letters]


def is_near(nearness: Nearness) -> bool:
    return nearness.copied or nearness.share >= NEAR


def record_fingerprint(letter: Letter) -> None:
    """Store a confirmed letter's fingerprint and how much of it is the supporter's own. Idempotent.

    Does nothing for a letter that was erased or withdrawn meanwhile.
    """
    campaign = letter.campaign
    measured, keys = measure_letter(letter)
    others = Fingerprint.objects.exclude(letter=letter)
    nearness, commonness = compare_letter(measured, keys, campaign, letter.constituency_gss, others)
    own_words = sum(owned.own_count for owned, argued in measured.parts if not argued)
    with transaction.atomic():
        here = Letter.objects.filter(pk=letter.pk, text_erased_at=None).exclude(status=Status.WITHDRAWN)
        numbers = {
            "own_word_count": own_words,
            "own_share": measured.own_share,
            "own_score": count_score(measured.own_share, nearness.share, commonness),
        }
        if here.update(**numbers):
            fields: dict[str, Any] = {"own": measured.take_fingerprint(), "argument_keys": " ".join(keys)}
            fields |= {"campaign": campaign, "constituency_gss": letter.constituency_gss}
            Fingerprint.objects.update_or_create(letter=letter, defaults=fields)
