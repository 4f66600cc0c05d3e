"""A campaign pack as plain data: what a file says, in its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

PACK_FORMAT = 2
READABLE_FORMATS = ("1", "2")  # what 2 adds to 1 may be left out of either
PartialDate = NewType("PartialDate", str)
ClockTime = NewType("ClockTime", str)


# Names and order of the fields are the file's; those with a default may be left out.
@dataclass(frozen=True, kw_only=True)
class PackTheme:
    """A heading."""

    key: str
    title: str
    intro: str = ""


@dataclass(frozen=True, kw_only=True)
class PackAsk:
    """An ask."""

    key: str
    label: str
    text: str
    wordings: tuple[str, ...] = ()  # others, a line each
    in_chamber: bool = False
    not_for: tuple[str, ...] = ()  # values of campaign.content.audiences.Audience
    only_for: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PackPerson:
    """What a paragraph calls a person who has been introduced earlier in the letter: `after` for `introduced`."""

    who: str
    introduced: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PackPhrasing:
    """An argument's paragraph. Several of the same length are its wordings, in order."""

    language: str
    length: str
    text: str
    sources: tuple[int, ...] = ()  # numbers, from 1, of the argument's sources it relies on; none: all
    people: tuple[PackPerson, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PackSource:
    """Who said it, where and when."""

    who: str
    publisher: str = ""
    date: PartialDate
    title: str
    url: str = ""
    via: str = ""
    quotation: str = ""


@dataclass(frozen=True, kw_only=True)
class PackNote:
    """A fact, for supporters who use their own words."""

    text: str
    source: int = 0  # number, from 1, of the argument's source that says so; 0: none


@dataclass(frozen=True, kw_only=True)
class PackArgument:
    """One dated, sourced claim."""

    key: str
    theme: str
    title: str
    claim: str
    as_of: PartialDate
    review_every_days: int = 180
    question: str = ""
    subjects: tuple[str, ...] = ()
    order: int = 0
    first: bool = False
    notes: tuple[PackNote, ...] = ()
    since: str = ""
    since_date: PartialDate = PartialDate("")
    since_in_letter: bool = False
    phrasings: tuple[PackPhrasing, ...]
    sources: tuple[PackSource, ...]

    def __post_init__(self) -> None:
        in_order = sorted(self.phrasings, key=lambda one: (one.language, one.length != "short"))
        object.__setattr__(self, "phrasings", tuple(in_order))


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A whole pack. It has no mode, dates or rehearsal address."""

    format: int
    slug: str
    title: str
    language: str
    subject: str
    subjects: tuple[str, ...] = ()
    tagline: str
    brief: str
    credit: str = ""
    promoter_name: str = ""
    promoter_address: str = ""
    contact_email: str = ""
    complaints_contact: str = ""
    send_from: ClockTime = ClockTime("")
    send_until: ClockTime = ClockTime("")
    send_days: str = ""
    own_words_minimum: int = 20
    openings: tuple[str, ...] = ()
    preface: tuple[str, ...] = ()
    preface_signs: tuple[str, ...] = ()
    preface_own_signs: tuple[str, ...] = ()
    preface_by_default: bool = True
    prompts: tuple[str, ...] = ()
    themes: tuple[PackTheme, ...]
    asks: tuple[PackAsk, ...]
    arguments: tuple[PackArgument, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the line and the path of keys."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path}: {self.reason}" if self.path else f"line {self.line}: {self.reason}"


MAX_FAULTS = 100  # reported at once; nobody corrects more before trying again


class FaultList(list[Fault]):
    """The faults found so far. With too many the file is not a pack, and reading on would waste time."""

    def add(self, fault: Fault) -> None:
        """Add a fault. Raises PackRefusedError with all of them when there are too many."""
        self.append(fault)
        if len(self) == MAX_FAULTS - 1:
            last = max(known.line for known in self)
            raise PackRefusedError([*self, Fault("", last, "and perhaps more: correct these, then try again")])


class PackRefusedError(Exception):
    """The pack cannot be loaded. `faults` lists everything wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = sorted(faults, key=lambda fault: fault.line)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def shorten_text(text: str, width: int = 60) -> str:
    line = " ".join(text.split())
    line = line if len(line) <= width else line[: width - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)
