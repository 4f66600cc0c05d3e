"""Gives a letter its wordings when the arguments are chosen, and introduces people in it once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count

from campaign.content.models import Argument, Campaign, Phrasing
from letters.models import LetterParagraph
from letters.writing.draft import OWN_WAY, Draft, Piece, read_piece
from letters.writing.given import draw, give, name_purpose, pick, rank_sentences
from letters.writing.openings import split_openings
from letters.writing.preface import shows_signs
from letters.writing.text import count_words
from letters.writing.voice import fit_voice, is_from_several, speaks_as_one

MAX_QUESTIONS = 2  # in a letter's paragraphs, besides what it asks for
SHORTEST = 2  # wordings that easy read chooses from

Used = Mapping[tuple[str, int], int]  # number of letters by argument key and variant


def count_used(campaign: Campaign, gss: str, keys: Iterable[str]) -> Used:
    """Count the letters to this constituency's MP with each wording of these arguments."""
    mine = LetterParagraph.objects.filter(letter__campaign=campaign, letter__constituency_gss=gss)
    mine = mine.filter(argument_key__in=list(keys), variant__isnull=False).order_by()
    counted = mine.values_list("argument_key", "variant").annotate(Count("pk"))
    return {(key, variant): count for key, variant, count in counted if variant is not None}


def begin_in_own_words(draft: Draft, arguments: Mapping[str, Argument]) -> None:
    """Leave arguments that are newly chosen, and have facts to write from, to the supporter's own words."""
    for piece in draft.pieces:
        argument = arguments.get(piece.key)
        if argument and piece.variant is None and not piece.edits and argument.facts.all():
            piece.length = OWN_WAY


def find_length(piece: Piece) -> str:
    """Return the length of the campaign's text: what it would be, if the supporter says it in their own words."""
    return Phrasing.Length.SHORT if piece.length == OWN_WAY else piece.length


def choose_wordings(draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> None:
    """Choose, for all that has no wording yet, the one used least in letters to the same MP.

    A letter gets few questions, says what the preface says once, and says “we” if its supporters do, as far as there
    are other wordings.
    """
    as_we = is_from_several(draft)
    new = [
        piece
        for piece in draft.pieces
        if piece.key in arguments and (piece.variant is None or (as_we and jars(piece, arguments[piece.key])))
    ]
    several = [piece for piece in new if len(arguments[piece.key].list_variants(find_length(piece))) > 1]
    used = count_used(campaign, draft.gss, (piece.key for piece in several)) if several and draft.gss else {}
    before = [piece for piece in draft.pieces if piece.key in arguments and piece not in new]
    said = [draft.own_words, *(read_piece(piece, arguments[piece.key]) for piece in before)]
    for piece in new:
        argument = arguments[piece.key]
        length = find_length(piece)
        variants = argument.list_variants(length) or [0]
        words = {one: read_piece(Piece(piece.key, length, one), argument) for one in variants}
        asked, condemned = sum("?" in text for text in said), shows_signs(campaign, said)
        fitting = [
            one
            for one in variants
            if not ("?" in words[one] and asked >= MAX_QUESTIONS)
            and not (condemned and shows_signs(campaign, [words[one]]))
            and not (as_we and speaks_as_one(words[one]))
        ]
        piece.variant = min(
            fitting or variants, key=lambda one: (used.get((piece.key, one), 0), draw(draft.id, piece.key, one))
        )
        said.append(words[piece.variant] if length == piece.length else "")
    give_sentences(draft, campaign, arguments)


def jars(piece: Piece, argument: Argument) -> bool:
    """Whether the campaign's paragraph says “I”, and the supporter has changed nothing in it."""
    shown = Piece(piece.key, find_length(piece), piece.variant)
    return not piece.edits and speaks_as_one(read_piece(shown, argument))


def give_sentences(draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> None:
    """Give the draft its opening, preface, subject and asks."""
    as_we, used = is_from_several(draft), rank_sentences(campaign, draft.gss)
    complete, incomplete = (fit_voice(texts, several=as_we) for texts in split_openings(campaign))
    give(draft, "opening", complete, used)
    give(draft, "because", incomplete, used)
    give(draft, "preface", fit_voice(campaign.preface_list, several=as_we), used)
    fitting = list_subjects(draft, campaign, arguments)
    give(draft, "subject", [*fitting, *campaign.subject_list], used, preferred=fitting)
    for ask in campaign.asks.all():
        give(draft, name_purpose(ask), fit_voice(ask.word_list, several=as_we), used)


def list_subjects(draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> list[str]:
    """Return the subject lines of the letter's first argument."""
    first = next((arguments[key] for key in draft.keys if key in arguments), None)
    return first.subject_list if first else []


def find_subject(draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> str:
    """Return the subject: the supporter's, or the one that the draft was given if it still fits."""
    given, fitting = draft.given.get("subject", ""), list_subjects(draft, campaign, arguments)
    if draft.subject or given in (*fitting, *campaign.subject_list):
        return draft.subject or given
    return pick(fitting or campaign.subject_list, draft.id, "subject")


def shorten_references(text: str, people: Iterable[Mapping[str, Any]], introduced: set[str]) -> str:
    """Shorten references to people who are in `introduced`, and add the others to it.

    An introduction that the supporter has changed is left alone.
    """
    for person in people:
        if person["introduced"] not in text:
            continue
        if person["who"] in introduced:
            text = text.replace(person["introduced"], person["after"], 1)
        introduced.add(person["who"])
    return text


def choose_shortest(draft: Draft, campaign: Campaign, arguments: Mapping[str, Argument]) -> None:
    """Choose, for arguments that the supporter has not edited, of the shortest wordings the one used least."""
    used = count_used(campaign, draft.gss, draft.keys)
    for piece in draft.pieces:
        argument = arguments.get(piece.key)
        texts = [one for one in argument.phrasings.all() if one.language == "en"] if argument else []
        if texts and not piece.edits:
            shortest = sorted(texts, key=lambda one: count_words(one.words))[:SHORTEST]
            chosen = min(
                shortest,
                key=lambda one: (used.get((piece.key, one.variant), 0), draw(draft.id, piece.key, one.variant)),
            )
            piece.length, piece.variant = chosen.length, chosen.variant
