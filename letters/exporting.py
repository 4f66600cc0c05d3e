"""Letters as rows of a table, for people who count elsewhere; streamed: a million needs no more memory than one.

django-import-export says what stands in a row. Its own way to a file holds all rows in memory, so writing is done here.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from import_export.fields import Field
from import_export.resources import Resource

from letters.models import Letter, LetterParagraph

BATCH = 500  # letters a query
LINES = 100  # of a CSV sent at once
MOST_IN_XLSX = 20_000  # rows: the file has to be written before it can be sent
# What a spreadsheet may take for a formula (OWASP, CSV injection), full-width signs included.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def make_pseudonym(letter: Letter) -> str:
    """Return what stands for the letter, the same in each export; without SECRET_KEY nobody can tell which it is."""
    return salted_hmac("letters.export", str(letter.pk), algorithm="sha256").hexdigest()[:16]


def tell_day(moment: dt.datetime | None) -> str:
    """Return the day in UK time, 2026-11-22; nothing for never."""
    return timezone.localdate(moment).isoformat() if moment else ""


def tell_moment(moment: dt.datetime | None) -> str:
    """Return the moment in UK time to the second, 2026-11-22 08:30:00; nothing for never."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def list_parts(letter: Any) -> list[tuple[str, str]]:
    """Return argument and text of the paragraphs of a letter that `walk_letters` has brought."""
    parts: list[tuple[str, str]] = letter.parts
    return parts


def _day(name: str) -> Field:
    return Field(attribute=name, column_name=name.replace("_at", "_on"))


class LetterRows(Resource):  # type: ignore[misc] # untyped
    """What a row says in any case: nothing of who wrote the letter, and of times the days only."""

    campaign = Field(attribute="slug")
    rehearsal = Field(attribute="rehearsal")
    language = Field(attribute="language")
    constituency_gss = Field(attribute="constituency_gss")
    constituency_name = Field(attribute="constituency_name")
    member_party = Field(attribute="member_party")
    arguments = Field()
    status = Field(attribute="status")
    own_word_count = Field(attribute="own_word_count")
    own_share = Field()
    own_score = Field()
    created_at = _day("created_at")
    confirmed_at = _day("confirmed_at")
    sent_at = _day("sent_at")
    posted_at = _day("posted_at")
    answered_at = _day("answered_at")

    def dehydrate_rehearsal(self, letter: Letter) -> str:
        """Say it as people do."""
        return "yes" if letter.rehearsal else "no"

    def dehydrate_arguments(self, letter: Letter) -> str:
        """Name the arguments in the letter's order, with spaces between."""
        return " ".join(key for key, _text in list_parts(letter) if key)

    def dehydrate_own_share(self, letter: Letter) -> str:
        """Say it to two places: more would mark the letter."""
        return "" if letter.own_share is None else f"{letter.own_share:.2f}"

    def dehydrate_own_score(self, letter: Letter) -> str:
        """Say it to two places."""
        return "" if letter.own_score is None else f"{letter.own_score:.2f}"

    def dehydrate_created_at(self, letter: Letter) -> str:
        """Say the day."""
        return tell_day(letter.created_at)

    def dehydrate_confirmed_at(self, letter: Letter) -> str:
        """Say the day."""
        return tell_day(letter.confirmed_at)

    def dehydrate_sent_at(self, letter: Letter) -> str:
        """Say the day."""
        return tell_day(letter.sent_at)

    def dehydrate_posted_at(self, letter: Letter) -> str:
        """Say the day."""
        return tell_day(letter.posted_at)

    def dehydrate_answered_at(self, letter: Letter) -> str:
        """Say the day."""
        return tell_day(letter.answered_at)


class PseudonymousLetters(LetterRows):
    """Nothing in a row says which of the letters on the desk it is."""

    pseudonym = Field()

    class Meta:
        export_order = ["pseudonym"]

    def dehydrate_pseudonym(self, letter: Letter) -> str:
        """Stand for the letter."""
        return make_pseudonym(letter)


class PersonalLetters(LetterRows):
    """With the person: name, address, email, words, reference. No pseudonym: it would undo those in other files."""

    reference = Field(attribute="reference")
    confirmed_moment = Field(column_name="confirmed_at")
    sent_moment = Field(column_name="sent_at")
    member_name = Field(attribute="member_name")
    sender_name = Field(attribute="sender_name")
    sender_address = Field(attribute="sender_address")
    sender_postcode = Field(attribute="sender_postcode")
    sender_email = Field(attribute="sender_email")
    text = Field()
    ask_text = Field(attribute="ask_text")

    def dehydrate_confirmed_moment(self, letter: Letter) -> str:
        """Say the moment."""
        return tell_moment(letter.confirmed_at)

    def dehydrate_sent_moment(self, letter: Letter) -> str:
        """Say the moment."""
        return tell_moment(letter.sent_at)

    def dehydrate_text(self, letter: Letter) -> str:
        """Join the paragraphs, with an empty line between."""
        return "\n\n".join(text for _key, text in list_parts(letter))


def choose_resource(*, with_person: bool) -> LetterRows:
    """Return what builds the rows."""
    return PersonalLetters() if with_person else PseudonymousLetters()


def list_columns(*, with_person: bool) -> list[str]:
    """Return the names of the columns."""
    return [str(name) for name in choose_resource(with_person=with_person).get_export_headers()]


def walk_letters(letters: QuerySet[Letter], *, with_person: bool) -> Iterator[Letter]:
    """Yield the letters, oldest first, in batches: no transaction is kept open, and nothing is decrypted in vain.

    Each comes with its campaign's slug and its paragraphs (`slug`, `parts`) as plain values: rows that know one another
    would stay in memory until Python looks for them.
    """
    letters = letters.order_by("created_at", "pk").select_related(None).annotate(slug=F("campaign__slug"))
    letters = letters if with_person else letters.sealed()  # type: ignore[attr-defined]
    last: Letter | None = None
    while True:
        after = Q()
        if last is not None:
            after = Q(created_at__gte=last.created_at) & (Q(created_at__gt=last.created_at) | Q(pk__gt=last.pk))
        batch = list(letters.filter(after)[:BATCH])
        parts = read_parts(batch, with_person=with_person)
        for letter in batch:
            vars(letter)["parts"] = parts.get(letter.pk, [])
            yield letter
        if len(batch) < BATCH:
            return
        last = batch[-1]


def read_parts(letters: list[Letter], *, with_person: bool) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """Return argument and text of each letter's paragraphs in order; empty texts without the person."""
    rows = LetterParagraph.objects.filter(letter__in=[letter.pk for letter in letters]).order_by("position")
    parts: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for part in rows.only("letter_id", "position", "argument_key", *(["text"] if with_person else [])):
        parts.setdefault(part.letter_id, []).append((part.argument_key, part.text if with_person else ""))
    return parts


def make_rows(letters: QuerySet[Letter], *, with_person: bool) -> Iterator[list[str]]:
    """Yield the heading and a row for each letter, every cell harmless in a spreadsheet."""
    resource = choose_resource(with_person=with_person)
    yield list_columns(with_person=with_person)
    for letter in walk_letters(letters, with_person=with_person):
        yield [escape_cell(value) for value in resource.export_resource(letter)]


def escape_cell(value: Any) -> str:
    """Return the value as text that no spreadsheet takes for a formula: an apostrophe goes before one that might be."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS) else text


class _Echo:
    """A file for the csv module that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def stream_csv(rows: Iterable[list[str]], *, marked: bool = True) -> Iterator[bytes]:
    """Yield the rows as CSV (RFC 4180) in UTF-8.

    It begins with a byte order mark, for without it Excel guesses wrongly; mailing programs take it for a letter of
    the first column's name, so a list of addresses goes without.
    """
    writer = csv.writer(_Echo())
    lines: Iterator[str] = chain(["\ufeff"] if marked else [], (writer.writerow(row) for row in rows))
    while some := "".join(line for _number, line in zip(range(LINES), lines, strict=False)):
        yield some.encode()


def write_xlsx(rows: Iterable[list[str]]) -> IO[bytes]:
    """Return the rows as an XLSX in a file that is gone when it is closed. Memory does not grow with them."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Letters")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    book.save(file)
    file.seek(0)
    return file
