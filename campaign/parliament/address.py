"""Forms of address, derived from the names that Parliament publishes.

The rules are common etiquette (Debrett's, the Commons' style for members), not authority. Where they leave a doubt the
full name is used: "Dear Mr Iain Duncan Smith" is stiff, but "Dear Mr Smith" would be wrong. Parliament's own "how to
address" takes precedence, and an organiser may fill it in for a member.
"""

import re
import unicodedata
from dataclasses import dataclass


def _read_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RIGHT_HONOURABLE = re.compile(r"^(?:the\s+)?(?:rt\.?|right)\s+hon(?:\.|ourable)?\s+", re.IGNORECASE)
_HONOURABLE = re.compile(r"^(?:the\s+)?hon(?:\.|ourable)?\s+", re.IGNORECASE)

_KNIGHTS = frozenset({"sir", "dame"})
_PEERS = {"lord": "Lord", "lady": "Lady", "baroness": "Baroness", "viscount": "Lord", "earl": "Lord"}
_PEERS |= {"viscountess": "Lady", "countess": "Lady"}
_TITLES = _read_words(
    """
    mr mrs ms miss mx dr doctor prof professor rev revd reverend canon rabbi imam captain capt major colonel col
    lieutenant lt commander cdr general gen brigadier brig admiral rear vice commodore squadron wing group leader
    """
)
_TITLES_OF_TWO_WORDS = frozenset({"wing commander", "group captain", "squadron leader"})
_BARONETS = frozenset({"bt", "bart"})
_LETTERS_AFTER = _read_words(
    """
    VC GC KG LG KT LT GCB KCB DCB CB OM GCMG KCMG DCMG CMG LVO CVO KCVO DCVO GCVO MVO CH GBE KBE DBE CBE OBE MBE
    ISO DSO DSC MC DFC AFC RRC GM DCM QGM QPM KPM BEM TD RD VRD VR ERD UD DL JP PC ADC KC QC SC PhD MD FRS FBA
    FRSE FRCP FRCS FRCGP MSP MS AM MLA MEP RN RM Jr Jnr Sr Snr
    """
)
# Words that begin a surname of several words: Marsha De Cordova, Dáithí Ó Murchú, Guto ap Rhys.
_PARTICLES = _read_words(
    """
    de da di du del della la le van von der den ter ten ó ui uí ní ni nic mac mc ap ab al el bin ibn dos das st
    saint
    """
)
_GIVEN_IN_THE_MIDDLE = frozenset({"singh", "kaur"})  # Sikh second names: Mr Dhesi, not Mr Singh Dhesi


@dataclass(frozen=True, slots=True)
class _Name:
    honour: str  # "The Rt Hon", "The Hon" or nothing
    titles: tuple[str, ...]
    names: tuple[str, ...]
    letters: tuple[str, ...]  # after the name, without MP


def fold_name(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(
        "".join(c if c.isalnum() else " " for c in plain.replace("'", "").replace("’", "")).casefold().split()
    )


def is_vacant(name: str) -> bool:
    """Whether a name says that nobody sits there: it is empty, or "Vacant"."""
    return name.strip().casefold() in {"", "vacant"}


def address_envelope(name_full_title: str) -> str:
    """Return the envelope line: "Rt Hon Sir Mel Stride KC MP" becomes "The Rt Hon Sir Mel Stride KC MP".

    Letters after the name keep their order, except that Bt comes first and MP last; a missing MP is added.
    Returns "" for a vacant constituency.
    """
    if is_vacant(name_full_title):
        return ""
    name = _read_name(name_full_title)
    baronet = [letters for letters in name.letters if letters.casefold() in _BARONETS]
    others = [letters for letters in name.letters if letters.casefold() not in _BARONETS]
    return " ".join(filter(None, [name.honour, *name.titles, *name.names, *baronet, *others, "MP"]))


def address_salutation(name_display: str, name_full_title: str, name_address_as: str) -> str:
    """Return the salutation without its comma: "Dear Ms Smith"; "" for a vacant constituency.

    In this order: what Parliament says ("Ms Abbott"); Sir or Dame, in either name, with the first name; a peer's title;
    any other title with the surname (the display name's title first); without a title the full name.
    """
    if is_vacant(name_display) and is_vacant(name_full_title):
        return ""
    if address_as := " ".join(name_address_as.replace(",", " ").split()):
        return f"Dear {address_as.removeprefix('Dear ')}"
    full_title = _read_name(name_full_title)
    display = full_title if is_vacant(name_display) else _read_name(name_display)
    for name in (full_title, display):
        for title in name.titles:
            if title.casefold() in _KNIGHTS and name.names:
                return f"Dear {title} {name.names[0]}"
    for name in (display, full_title):
        if name.titles and name.names:
            return f"Dear {_address_titled(name)}"
    return f"Dear {' '.join(display.names)}"


def _address_titled(name: _Name) -> str:
    title = name.titles[-1]  # Revd Dr Jones is Dr Jones, Lieutenant Colonel Jones is Colonel Jones
    if peer := _PEERS.get(title.casefold()):
        named = [word for word in name.names if word.casefold() != "of"]
        return f"{peer} {named[0]}"  # Lord Smith of Malvern, the Earl of Ancram, Lady Mary Jones
    return f"{title} {_find_surname(name.names) or ' '.join(name.names)}"


def _find_surname(names: tuple[str, ...]) -> str | None:
    start = len(names) - 1
    while start > 1 and names[start - 1].casefold() in _PARTICLES:
        start -= 1
    between = [
        word for word in names[1:start] if len(word.strip(".")) > 1 and word.casefold() not in _GIVEN_IN_THE_MIDDLE
    ]
    return None if between else " ".join(names[start:])


def _read_name(text: str) -> _Name:
    text = " ".join(text.replace(",", " ").split())
    honour = ""
    for pattern, written in ((_RIGHT_HONOURABLE, "The Rt Hon"), (_HONOURABLE, "The Hon")):
        if found := pattern.match(text):
            honour, text = written, text[found.end() :]
            break
    words = text.split()
    if len(words) > 1 and words[0].casefold() == "the":  # The Lord Smith, The Revd Jane Jones
        words = words[1:]
    titles: list[str] = []
    while len(words) > 1:
        pair = " ".join(words[:2])
        if len(words) > 2 and pair.casefold() in _TITLES_OF_TWO_WORDS:
            titles.append(pair)
            words = words[2:]
        elif _is_title(words):
            titles.append(words[0])
            words = words[1:]
        else:
            break
    letters: list[str] = []
    while len(words) > 1 and (words[-1] in _LETTERS_AFTER or words[-1] == "MP" or words[-1].casefold() in _BARONETS):
        letters.insert(0, words.pop())
    return _Name(honour, tuple(titles), tuple(words), tuple(word for word in letters if word != "MP"))


def _is_title(words: list[str]) -> bool:
    word = words[0].rstrip(".").casefold()
    if word == "earl":  # also a first name
        return words[1].casefold() == "of"
    return word in _TITLES or word in _KNIGHTS or word in _PEERS
