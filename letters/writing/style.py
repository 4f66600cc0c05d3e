"""What makes an office take a letter for a template or a machine's work, and one gentle hint about it at a time.

Only what the supporter has typed is looked at, never what they quote. A hint keeps no letter from anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from django.utils.translation import gettext as _

from campaign.content.models import Argument
from letters.writing.draft import OWN_WAY, Draft, Piece
from letters.writing.originality import Advice
from letters.writing.own_words import split_known, split_words

QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
LIST_ITEM = re.compile(r"^( *)(?:[-–—*•‣◦·]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]) +\S", re.MULTILINE)
MIN_ITEMS = 3  # of a plain list; one inside another is a list in any case
# "us" but not "US", "i" but not "i.e.".
PERSONAL = re.compile(r"\b(?:[Ii](?!\.e\b)|[Mm](?:e|y|ine|yself)|[Ww]e|us|[Oo]ur(?:s|selves)?)\b")
# Spellings that nobody in Britain uses. Not here: -ize, which is Oxford's too; program, license, practice, meter and
# check, which are British words as well; and mom, which is Birmingham's. Capitals are names: Department of Defense.
AMERICAN = {
    "analyze": "analyse", "analyzed": "analysed", "analyzing": "analysing", "airplane": "aeroplane",
    "aluminum": "aluminium", "armor": "armour", "behavior": "behaviour", "canceled": "cancelled",
    "canceling": "cancelling", "center": "centre", "centered": "centred", "centers": "centres", "color": "colour",
    "colors": "colours", "councilor": "councillor", "defense": "defence", "dialog": "dialogue",
    "endeavor": "endeavour", "endeavors": "endeavours", "favor": "favour", "favorable": "favourable",
    "favored": "favoured", "favorite": "favourite", "favors": "favours", "fiber": "fibre", "fueled": "fuelled",
    "fueling": "fuelling", "fulfill": "fulfil", "fulfills": "fulfils", "gotten": "got", "gray": "grey",
    "honor": "honour", "honorable": "honourable", "honored": "honoured", "honors": "honours", "humor": "humour",
    "jewelry": "jewellery", "kilometer": "kilometre", "kilometers": "kilometres", "labor": "labour",
    "leveled": "levelled", "liter": "litre", "liters": "litres", "maneuver": "manoeuvre",
    "maneuvers": "manoeuvres", "marvelous": "marvellous", "neighbor": "neighbour", "neighborhood": "neighbourhood",
    "neighboring": "neighbouring", "neighbors": "neighbours", "offense": "offence", "paralyzed": "paralysed",
    "plow": "plough", "rumor": "rumour", "rumors": "rumours", "skeptical": "sceptical", "skepticism": "scepticism",
    "skillful": "skilful", "somber": "sombre", "theater": "theatre", "theaters": "theatres", "traveled": "travelled",
    "traveler": "traveller", "traveling": "travelling", "valor": "valour", "vigor": "vigour",
}  # fmt: skip
LEGAL = (
    *("aforementioned", "aforesaid", "cease and desist", "forthwith", "hereby", "hereinafter", "heretofore"),
    *("herewith", "hitherto", "in lieu thereof", "inter alia", "ipso facto", "jus cogens", "mutatis mutandis"),
    *("prima facie", "pursuant to", "thereof", "ultra vires", "vis-a-vis", "vis-à-vis", "whereof", "without prejudice"),
)
UNSUPPORTED = (
    *("all the evidence shows", "everybody knows", "everyone agrees", "everyone knows", "experts agree"),
    *("experts say", "it has been proven", "it has been shown", "it is a fact that", "it is a known fact"),
    *("it is a well-known fact", "it is proven", "it is well known", "it's a fact that", "polls show"),
    *("research has shown", "research shows", "scientists say", "statistics show", "studies have shown"),
    *("studies show", "surveys show", "the evidence is clear", "the evidence shows", "the facts are clear"),
)
PERCENT = re.compile(
    r"\b\d[\d.,]* ?(?:%|per ?cent\b)|\b(?:nine|eight|seven) (?:out of|in) (?:every )?ten\b", re.IGNORECASE
)
# Whoever says where it comes from, or that it is their own, has supported it.
SUPPORTED = re.compile(
    r"https?://|www\.|\b(?:said|says|told|wrote|found|put|rated|estimates?|estimated|according to|as reported)\b|"
    r"\breport(?:ed|s)? (?:by|in|from)\b|"
    r"\b(?:poll|survey|study|figures?|research|data|statistics) (?:by|from|of|in|for)\b|"
    r"\(\D*\d{4}\)|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)


def advise_on_style(draft: Draft, arguments: Mapping[str, Argument]) -> Advice | None:
    return find_advice(list_typed(draft, arguments))


def list_typed(draft: Draft, arguments: Mapping[str, Argument]) -> list[str]:
    """Return what the supporter has typed into the letter, without the sentences that are the campaign's."""
    texts = [draft.opening or "", draft.reason, draft.own_words, draft.preface_words]
    for piece in draft.pieces:
        if piece.key in arguments:
            texts += list_edits(piece, arguments[piece.key])
    return [text for text in texts if text.strip()]


def list_edits(piece: Piece, argument: Argument) -> list[str]:
    edited = piece.edits.get(piece.length, "")
    if piece.length == OWN_WAY:
        return [edited]
    phrasings = [phrasing.words for phrasing in argument.phrasings.all()]
    supplied = {split_known(sentence) for words in phrasings for sentence in SENTENCE_END.split(words)}
    return [sentence for sentence in SENTENCE_END.split(edited) if split_words(sentence) not in supplied]


def find_advice(texts: Iterable[str]) -> Advice | None:
    """Return the first hint that applies to what somebody has typed."""
    said = [QUOTED.sub(" ", text) for text in texts]
    if not any(split_words(text) for text in said):
        return None
    found = (check(said) for check in CHECKS)
    return next((advice for advice in found if advice), None)


def check_personal(texts: list[str]) -> Advice | None:
    if any(PERSONAL.search(text) for text in texts):
        return None
    text = _("Your own words do not mention you yet. A sentence with “I” or “my” shows that a person wrote this.")
    return Advice("impersonal", text)


def check_lists(texts: list[str]) -> Advice | None:
    for text in texts:
        indents = [len(item[1]) for item in LIST_ITEM.finditer(text)]
        if len(indents) >= MIN_ITEMS or len(set(indents)) > 1:
            return Advice("list", _("A list makes a letter look like a report. Could you say it in a few sentences?"))
    return None


def check_support(texts: list[str]) -> Advice | None:
    for sentence in (part for text in texts for part in SENTENCE_END.split(text)):
        claim = find_phrase(sentence, UNSUPPORTED)
        percent = PERCENT.search(sentence)
        if (claim or percent) and not SUPPORTED.search(sentence):
            said = claim or (percent[0] if percent else "")
            text = _(
                "“%(said)s” makes an office ask how you know. Say who found it and when, or say that it is what you "
                "think."
            )
            return Advice("unsupported", text % {"said": said})
    return None


def check_legal(texts: list[str]) -> Advice | None:
    for text in texts:
        if term := find_phrase(text, LEGAL):
            hint = _("“%(term)s” sounds like a lawyer’s letter. How would you say it to a neighbour?")
            return Advice("legal", hint % {"term": term})
    return None


def check_spelling(texts: list[str]) -> Advice | None:
    for word in (word for text in texts for word in re.findall(r"\b[a-z]+\b", text)):
        if word in AMERICAN:
            hint = _("“%(word)s” is the American spelling. British offices notice: here it is “%(better)s”.")
            return Advice("american", hint % {"word": word, "better": AMERICAN[word]})
    return None


@cache
def compile_phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    pattern = "|".join(re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]") for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def find_phrase(text: str, phrases: Iterable[str]) -> str:
    """Return the first of the phrases in the text, as it is typed there; empty if there is none."""
    found = compile_phrases(tuple(phrases)).search(text)
    return " ".join(found[0].split()) if found else ""


CHECKS: tuple[Callable[[list[str]], Advice | None], ...] = (
    check_personal,
    check_lists,
    check_support,
    check_legal,
    check_spelling,
)
