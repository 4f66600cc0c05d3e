"""The rules that hold a letter before it is queued. Each says where it found something; a person decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from campaign.parliament.models import Constituency
from letters.models import Finding, HoldRules, Letter, Part, Rule
from letters.models.validators import list_lines
from letters.moderation.diff import choose_base, find_changed, has_overlap
from letters.moderation.matching import (
    Span,
    find_links,
    find_phrases,
    find_postcodes_elsewhere,
    has_name,
    is_in_domains,
)
from letters.writing.local_fact import list_supplied
from letters.writing.originality import is_near_copy

MAX_FOUND = 20  # spans per rule; a person reads the letter anyway


@dataclass(frozen=True)
class Passage:
    """A text of a letter, with the campaign's texts that it may come from."""

    part: Part
    text: str
    paragraph: int | None = None
    bases: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The campaign's text that it was probably made from; empty if it is the supporter's own."""
        return choose_base(self.text, self.bases)

    @cached_property
    def own(self) -> list[Span]:
        return find_changed(self.text, self.base)

    def keep_own(self, spans: Iterable[Span]) -> Iterator[Finding]:
        for start, end in spans:
            if has_overlap((start, end), self.own):
                yield Finding(part=self.part, paragraph=self.paragraph, start=start, end=end)


@dataclass(frozen=True)
class Held:
    """What the rules check."""

    letter: Letter
    rules: HoldRules
    passages: list[Passage] = field(default_factory=list)

    def find_in(self, parts: Iterable[Part], find: Callable[[str], Iterable[Span]]) -> Iterator[Finding]:
        for passage in self.passages:
            if passage.part in parts:
                yield from passage.keep_own(find(passage.text))


TYPED = (Part.TEXT, Part.NAME, Part.BEHALF, Part.ADDRESS)


def find_threats(held: Held) -> Iterator[Finding]:
    phrases = list_lines(held.rules.threats)
    return held.find_in(TYPED, lambda text: find_phrases(text, phrases))


def find_web_links(held: Held) -> Iterator[Finding]:
    return held.find_in(TYPED, find_links) if held.rules.links else iter(())


def find_postcodes(held: Held) -> Iterator[Finding]:
    gss = held.letter.constituency_gss
    where = (Part.TEXT, Part.ADDRESS)
    return held.find_in(where, lambda text: find_postcodes_elsewhere(text, gss)) if held.rules.postcodes else iter(())


def find_member(held: Held) -> Iterator[Finding]:
    name = held.letter.sender_name
    if held.rules.members and has_name(name, held.letter.member_name):
        yield Finding(part=Part.NAME, start=0, end=len(name))


def find_disposable(held: Held) -> Iterator[Finding]:
    email = held.letter.sender_email
    if is_in_domains(email, list_lines(held.rules.disposable)):
        yield Finding(part=Part.EMAIL, start=email.rfind("@") + 1, end=len(email))


def find_near_copy(held: Held) -> Iterator[Finding]:
    if held.rules.near_copies and is_near_copy(held.letter):
        yield Finding(part=Part.WHOLE)


RULES: dict[Rule, Callable[[Held], Iterator[Finding]]] = {
    Rule.THREAT: find_threats,
    Rule.LINK: find_web_links,
    Rule.POSTCODE: find_postcodes,
    Rule.MEMBER: find_member,
    Rule.DISPOSABLE: find_disposable,
    Rule.NEAR_COPY: find_near_copy,
}
OF_SENDER = (Rule.THREAT, Rule.LINK, Rule.POSTCODE, Rule.MEMBER)  # rules for name and address


def read_rules(letter: Letter) -> HoldRules:
    return HoldRules.objects.filter(campaign=letter.campaign_id).first() or HoldRules(campaign_id=letter.campaign_id)


def list_passages(letter: Letter) -> list[Passage]:
    constituency = Constituency(gss=letter.constituency_gss, name=letter.constituency_name)
    usual = {*list_supplied(letter.campaign, constituency), *letter.campaign.preface_list}
    passages = []
    for part in letter.paragraphs.select_related("argument").prefetch_related("argument__phrasings"):
        bases = (
            tuple(phrasing.words for phrasing in part.argument.phrasings.all()) or (part.argument.claim,)
            if part.argument
            else (part.text,)
            if part.text in usual
            else ()
        )
        passages.append(Passage(Part.TEXT, part.text, part.position, bases))
    return passages


def list_sender(letter: Letter) -> list[Passage]:
    others = [Passage(Part.BEHALF, letter.on_behalf_of)] if letter.on_behalf_of else []
    return [Passage(Part.NAME, letter.sender_name), *others, Passage(Part.ADDRESS, letter.sender_address)]


def find_reasons(letter: Letter, *, only_sender: bool = False) -> list[Finding]:
    passages = list_sender(letter) if only_sender else [*list_sender(letter), *list_passages(letter)]
    held = Held(letter, read_rules(letter), passages)
    found: list[Finding] = []
    for rule in OF_SENDER if only_sender else RULES:
        for finding in islice(RULES[rule](held), MAX_FOUND):
            finding.letter, finding.rule = letter, rule
            found.append(finding)
    return found


def tell_reasons(findings: Iterable[Finding]) -> str:
    told = ", ".join(dict.fromkeys(str(finding) for finding in findings))
    return f"Held by a rule: {told}."[:500] if told else ""
