"""Tells a supporter's own words from the campaign's, including pasted ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from campaign.content.models import Argument, Campaign
from letters.writing.draft import OWN_WAY, Draft

RUN = 8  # this many words in a row are pasted; fewer, such as "an end to the war in Ukraine", may be chance
MIN_LENGTH = 3  # words from which a whole prompt or claim counts
ALIKE = 0.4  # a paragraph that shares this part of its three-word runs with a text of the bank was made from it
BLOCK = 2  # in an edited paragraph, this many unchanged words in a row are the bank's
FORMATTING = (*range(0x20000), *range(0xE0000, 0xE0080))  # where Unicode has characters that only format
INVISIBLE = dict.fromkeys(number for number in FORMATTING if unicodedata.category(chr(number)) == "Cf")
MARK_IN_WORD = re.compile(r"(?<=\w)[’'\-‐‑](?=\w)")
WORD = re.compile(r"\w+")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Corpus:
    """Everything the campaign has written, as words."""

    texts: tuple[Words, ...]
    runs: frozenset[Words]  # every RUN words in a row, and the short texts whole
    lengths: tuple[int, ...]  # of the runs
    threes: tuple[frozenset[Words], ...]  # the three-word runs of each text

    def join(self, other: Corpus) -> Corpus:
        lengths = tuple(sorted({*self.lengths, *other.lengths}))
        return Corpus(self.texts + other.texts, self.runs | other.runs, lengths, self.threes + other.threes)


@dataclass(frozen=True)
class OwnWords:
    """A paragraph's stretches of the supporter's own words, and its word count."""

    stretches: tuple[Words, ...]
    word_count: int

    @property
    def own_count(self) -> int:
        return sum(len(stretch) for stretch in self.stretches)


def split_words(text: str) -> Words:
    """Return the words as compared: without case, punctuation and marks inside words.

    So "Isn’t" equals "isn't", and "cease-fire" equals "ceasefire".
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(INVISIBLE)
    return tuple(WORD.findall(MARK_IN_WORD.sub("", text)))


@lru_cache(maxsize=4096)
def split_known(text: str) -> Words:
    """`split_words` for the campaign's texts, cached; nothing of a supporter's may be asked for."""
    return split_words(text)


FindOwn = Callable[[str, Argument | None], OwnWords]  # `find_own` in a bank


def list_runs(words: Sequence[str], length: int) -> Iterator[Words]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


@lru_cache(maxsize=16)
def build_corpus(texts: tuple[str, ...]) -> Corpus:
    """`index_texts`, cached for a few campaigns; nothing of a supporter's is in it."""
    return index_texts(texts)


def index_texts(texts: Iterable[str]) -> Corpus:
    split = tuple(words for words in map(split_words, texts) if len(words) >= MIN_LENGTH)
    runs = frozenset(run for words in split for run in list_runs(words, min(RUN, len(words))))
    threes = tuple(frozenset(list_runs(words, 3)) for words in split)
    return Corpus(split, runs, tuple(sorted({len(run) for run in runs})), threes)


def read_corpus(campaign: Campaign, *more: str) -> Corpus:
    """Return what the campaign has written: phrasings, facts, claims, quotations, asks, its page …, and `more`.

    `more` differs between letters, so it is indexed apart: the rest is indexed only when it has changed.
    """
    texts = [*campaign.prompt_list, *campaign.preface_list, *campaign.brief.split("\n\n"), campaign.tagline]
    texts += [words for ask in campaign.asks.all() for words in ask.word_list]
    return build_corpus((*texts, *campaign.arguments.all().list_sayings())).join(index_texts(more))


def find_unchanged(words: Words, base: Words) -> set[int]:
    blocks = SequenceMatcher(None, base, words, autojunk=False).get_matching_blocks()
    return {at for block in blocks if block.size >= BLOCK for at in range(block.b, block.b + block.size)}


def find_own(text: str, bank: Corpus, argument: Argument | None = None) -> OwnWords:
    """Return which words of a paragraph are the supporter's own.

    RUN or more consecutive words of the bank are not. In a paragraph made from a text of the bank (of this argument, if
    given) only changed words are.
    """
    words = split_words(text)
    if argument:
        bases = [split_known(phrasing.words) for phrasing in argument.phrasings.all()] or [split_known(argument.claim)]
        if words in bases:
            return OwnWords((), len(words))
    taken = {
        at + offset
        for length in bank.lengths
        for at, run in enumerate(list_runs(words, length))
        if run in bank.runs
        for offset in range(length)
    }
    if not argument:
        threes = frozenset(list_runs(words, 3))
        likeness = [len(threes & theirs) for theirs in bank.threes]
        best = max(likeness, default=0)
        bases = [bank.texts[likeness.index(best)]] if best and best >= ALIKE * len(threes) else []
    taken |= max((find_unchanged(words, base) for base in bases), key=len, default=set())
    stretches: list[list[str]] = [[]]
    for at, word in enumerate(words):
        if at in taken:
            stretches.append([])
        else:
            stretches[-1].append(word)
    return OwnWords(tuple(tuple(stretch) for stretch in stretches if stretch), len(words))


def split_paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def count_own_words(draft: Draft, find: FindOwn) -> int:
    """Count the own words in the box for them, the reason and arguments put in their own way."""
    texts = [draft.own_words, draft.reason, draft.preface_words]
    texts += [piece.edits.get(OWN_WAY, "") for piece in draft.pieces if piece.length == OWN_WAY]
    return sum(find(part, None).own_count for text in texts for part in split_paragraphs(text))
