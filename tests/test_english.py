"""What people read is plain British English: no phrase that no native speaker writes, and no page hard to read."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from campaign.content.models import Campaign
from letters.models import Letter
from letters.privacy.tokens import make_confirm_token, make_token
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import DETAILS, come_to_details, go

ROOT = Path(__file__).resolve().parents[1]
MAX_AGE = 11  # in years

# As a regular expression: what to write instead.
BETTER = {
    r"persons? of the campaign": "someone from the campaign",
    r"\bwhoever\b": "anyone who …, or name them",
    r"\bbox of its own\b": "a separate box",
    r"\b(?:stands?|stood) (?:here|there|below|above|at the (?:foot|top)|on (?:its|the|your) page|in the (?:list|text))\b": "is, or “you will find it at …”",
    r"\b(?:goes|go|went|sent) (?:out |on )?by (?:itself|themselves)\b": "is sent automatically",
    r"\bby (?:itself|themselves)\b": "automatically",
    r"\bwaits? (?:here|for you)\b": "is on hold",
    r"\bgo(?:es|ing)? on (?:to|with|trying|saying|where)\b": "continue to, carry on with, keep trying",
    r"\b(?:before you|when they|to) go on\b": "continue, resume",
    r"^go on$": "Continue",
    r"\bmanieth\b": "number",
    r"\bmails (?:about|from us|to supporters)\b": "emails about …",
    r"\bget (?:no more|no) mails?\b": "get no more emails",
    r"\btake a look whether\b|\bto look whether\b": "to check whether",
    r"\bin the sense of the law\b": "under data protection law",
    r"\bwhy we may\b": "our legal basis",
    r"\bwhat became of\b": "what has happened to",
    r"\bwhat stays is\b": "we keep only",
    r"\bnone is on show\b": "… is no longer available",
    r"\btakes? no (?:new )?letters\b": "is not accepting letters",
    r"\bfor the moment\b|\bjust now\b": "at the moment",
    r"\bnot for you to see\b": "you cannot see this page",
    r"\bcarry the proof\b": "say what could not be checked",
    r"\bnothing of yours\b": "nothing about you",
    r"\bnobody but your MP\b": "name who else sees it",
    r"\bof which nobody knows\b": "we do not know whether",
    r"\bstart anew\b|\bup a phone anew\b": "again",
    r"\bin order to be able\b": "to",
    r"\ba great deal has come\b": "we have had a lot of requests",
    r"\bis answered for\b": "is responsible for",
    r"\bhas lost its partner\b": "has only one of its marks",
    r"\bthe more so\b": "especially",
    r"\bwhat for\b": "why",
    r"\b(\w+ \w+ \w+(?: \w+)*),? \1\b": "say it once",
}

# In documents also:
IN_DOCUMENTS = {
    r"\b(?:of|with) (?:its|their|one's) own\b(?! words)": "a separate …, its own …",
    r"\bdesk\b": "admin",
    r"\bdoors?\b": "sign-in",
    r"(?<!their )\bseats?\b": "constituency",
    r"\bstands? (?!for\b)": "is",
    r"\bgo(?:es)? on\b": "continue",
    r"\bwhat becomes of\b": "what happens to",
    r"\bput right\b|\bmends?\b": "correct",
    r"\btold of\b|\btells? of\b": "reported, says",
}


def read_templates() -> Iterator[tuple[str, str]]:
    """The text of each template, line by line, without its tags."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"\{% (?:translate|trans) ([\"'])(.*?)\1[^%]*%\}", r"\2", text)
        text = re.sub(r"<[^>]*>|\{%.*?%\}", "\x00", re.sub(r"\{\{.*?\}\}", "…", text), flags=re.DOTALL)
        for piece in html.unescape(text).split("\x00"):
            if piece.strip():
                yield str(path.relative_to(ROOT)), " ".join(piece.split())


def read_strings() -> Iterator[tuple[str, str]]:
    """The strings of the code, but not its docstrings."""
    for path in sorted(path for package in ("campaign", "letters") for path in (ROOT / package).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def read_documents() -> Iterator[tuple[str, str]]:
    """The paragraphs of our documents, without code and names between backticks."""
    for path in sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "campaign").rglob("*.md")}):
        text = re.sub(r"^```.*?^```$|`[^`]+`", "…", path.read_text(), flags=re.DOTALL | re.MULTILINE)
        for paragraph in text.split("\n\n"):
            yield str(path.relative_to(ROOT)), " ".join(paragraph.split())


def find_faults(strings: Iterator[tuple[str, str]], phrases: Mapping[str, str] = BETTER) -> list[str]:
    return [
        f"{where}: “{found[0]}”. Better: {better}."
        for where, text in strings
        for pattern, better in phrases.items()
        for found in re.finditer(pattern, text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("read", [read_templates, read_strings])
def test_no_phrase_that_no_native_speaker_writes(read: Callable[[], Iterator[tuple[str, str]]]) -> None:
    assert find_faults(read()) == []


def test_documents_use_no_such_phrase_and_the_fields_words() -> None:
    assert find_faults(read_documents(), BETTER | IN_DOCUMENTS) == []


class Reader(HTMLParser):
    """The sentences of a page: what ends with a full stop, but no headings, labels and names, and no campaign's words."""

    BLOCKS = re.compile("p|li|d[dlt]|h[1-4]|div|label|legend|summary|button|section|form|[uo]l|t[dh]")
    VOID = re.compile("input|br|img|hr|meta|link|path|rect|use")
    SKIPPED = re.compile("script|style|svg|template|textarea|option|blockquote|head")
    OTHERS = frozenset(("letter-sheet", "case-prose", "case-argument", "theme", "imprint"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.blocks: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.BLOCKS.fullmatch(tag):
            self.blocks.append("")
        if not self.VOID.fullmatch(tag):
            others = self.OTHERS & set((given.get("class") or "").split())
            hidden = bool(self.SKIPPED.fullmatch(tag)) or bool(others) or given.get("lang") == "en" or "hidden" in given
            self.open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass
        if self.BLOCKS.fullmatch(tag):
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not any(hidden for _tag, hidden in self.open):
            self.blocks[-1] += data

    def list_sentences(self) -> list[str]:
        texts = [" ".join(block.split()) for block in self.blocks]
        return [
            sentence
            for text in texts
            if text.endswith((".", "?", ":", ";"))
            for sentence in re.split(r"(?<=[.?!])\s+", text)
            if len(sentence.split()) > 1
        ]


def count_syllables(word: str) -> int:
    """Groups of vowels, but for an "e" that is not heard."""
    word = re.sub(r"(?<=[^aeiouyl])(?:e|es|ed)$|(?<=[aeiou]l)e$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def find_age(sentences: list[str]) -> float:
    """The age at which the sentences can be read, by Flesch and Kincaid."""
    words = [word for sentence in sentences for word in re.findall(r"[a-z]+(?:['’][a-z]+)?", sentence, re.IGNORECASE)]
    syllables = sum(map(count_syllables, words))
    return 5 + 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("The cat sat on the mat.", 3.6),
        ("We use it to find your MP. We do not keep it.", 5.0),
        ("The organisation's administrative representatives communicated considerable dissatisfaction.", 42.0),
    ],
)
def test_the_age_rises_with_long_sentences_and_words(text: str, age: float) -> None:
    assert find_age(re.split(r"(?<=\.)\s+", text)) == pytest.approx(age, abs=2.5)


@pytest.mark.django_db
@pytest.mark.usefixtures("empty_windows")
def test_the_supporters_pages_can_be_read_at_eleven(client: Client) -> None:
    make_constituency()
    campaign = make_campaign()
    Campaign.objects.filter(pk=campaign.pk).update(mode=Campaign.Mode.LIVE)
    make_campaign("bees", title="Save the bees")
    pages = {
        name: client.get(reverse(name)) for name in ("home", "privacy", "lost-link", "accessibility", "complaints")
    }
    pages |= {"who-runs-this": client.get(reverse("who-runs-this")), "campaign": client.get("/peace/")}
    pages |= {"nowhere": client.get("/nowhere/at/all/"), "constituencies": go(client, "write-constituencies")}
    come_to_details(
        client,
        "My father served in the army for many years, and he always told me what wars do to people and to towns.",
    )
    for step in ("write-mp", "write-arguments", "write-words", "write-details"):
        pages[step] = go(client, step)
    pages["write-check"] = go(client, "write-check", DETAILS)
    go(client, "write-send", DETAILS | {"consent": "on"})
    letter = Letter.objects.get()
    pages["write-sent"] = go(client, "write-sent")
    confirm = reverse("confirm", args=[make_confirm_token(letter)])
    pages["confirm"] = client.get(confirm)
    client.post(confirm)
    pages["letter"] = client.get(reverse("letter", args=[make_token(letter.id, "letter")]))
    ages = {}
    for name, page in pages.items():
        assert page.status_code == (404 if name == "nowhere" else 200), name
        reader = Reader()
        reader.feed(page.content.decode())
        ages[name] = find_age(reader.list_sentences())
    assert {name: round(age, 1) for name, age in ages.items() if age > MAX_AGE} == {}
