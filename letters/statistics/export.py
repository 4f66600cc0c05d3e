"""Exports letters as rows of a table, streamed: a million take no more memory than one."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import IO, Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from campaign.parliament.regions import name_regions
from letters.models import Letter, LetterParagraph

BATCH = 500  # letters per query
LINES = 100  # of a CSV, sent together
MAX_IN_XLSX = 20_000  # rows, since the whole file is written before it is sent
# With these a spreadsheet may take a cell for a formula (OWASP, CSV injection); full-width signs included.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def make_pseudonym(letter: Letter) -> str:
    """Return the letter's pseudonym, the same in every export; only SECRET_KEY can link them."""
    return salted_hmac("letters.export", str(letter.pk), algorithm="sha256").hexdigest()[:16]


def tell_day(moment: dt.datetime | None) -> str:
    """Return the day in UK time, 2026-11-22; empty for None."""
    return timezone.localdate(moment).isoformat() if moment else ""


def tell_moment(moment: dt.datetime | None) -> str:
    """Return the UK time to the second, 2026-11-22 08:30:00; empty for None."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


class Part(NamedTuple):
    """A paragraph; key and title are its argument's, if any, and the text is empty without personal data."""

    key: str
    title: str
    text: str


def list_parts(letter: Any) -> list[Part]:
    parts: list[Part] = letter.parts
    return parts


Column = tuple[str, Callable[[Any], object]]


def say_two_places(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _make_day_column(name: str) -> Column:
    return name.replace("_at", "_on"), lambda letter: tell_day(getattr(letter, name))


def _make_column(name: str) -> Column:
    return name, attrgetter(name)


# Columns of every export: nothing about the supporter, and days instead of times.
OF_LETTERS: list[Column] = [
    ("campaign", attrgetter("slug")),
    ("rehearsal", lambda letter: "yes" if letter.rehearsal else "no"),
    _make_column("language"),
    _make_column("constituency_gss"),
    _make_column("constituency_name"),
    ("region", lambda letter: name_regions().get(letter.constituency_gss, "")),
    _make_column("member_name"),
    _make_column("member_party"),
    ("arguments", lambda letter: " ".join(part.key for part in list_parts(letter) if part.key)),
    ("argument_titles", lambda letter: "; ".join(part.title for part in list_parts(letter) if part.title)),
    _make_column("status"),
    _make_column("own_word_count"),
    ("own_share", lambda letter: say_two_places(letter.own_share)),
    ("own_score", lambda letter: say_two_places(letter.own_score)),
    _make_day_column("created_at"),
    _make_day_column("confirmed_at"),
    _make_day_column("sent_at"),
    _make_day_column("posted_at"),
    _make_day_column("answered_at"),
]
# Nothing in a row tells which letter in the admin it is.
PSEUDONYMOUS: list[Column] = [("pseudonym", make_pseudonym), *OF_LETTERS]
# With personal data. No pseudonym, which would undo those in other files.
PERSONAL: list[Column] = [
    *OF_LETTERS,
    _make_column("reference"),
    ("confirmed_at", lambda letter: tell_moment(letter.confirmed_at)),
    ("sent_at", lambda letter: tell_moment(letter.sent_at)),
    _make_column("sender_name"),
    _make_column("sender_address"),
    _make_column("sender_postcode"),
    _make_column("sender_email"),
    _make_column("sender_phone"),
    _make_column("on_behalf_of"),
    _make_column("reply_by"),
    ("own_case", lambda letter: "yes" if letter.own_case else "no"),
    ("text", lambda letter: "\n\n".join(part.text for part in list_parts(letter))),
    _make_column("ask_text"),
]


def list_columns(*, with_person: bool) -> list[str]:
    return [name for name, _read in (PERSONAL if with_person else PSEUDONYMOUS)]


def walk_letters(letters: QuerySet[Letter], *, with_person: bool) -> Iterator[Letter]:
    """Yield the letters, oldest first, in batches: without an open transaction, and without needless decryption.

    Each has its campaign's slug and its paragraphs (`slug`, `parts`) as plain values: model instances that refer to
    each other would stay in memory until the garbage collector runs.
    """
    letters = letters.order_by("created_at", "pk").select_related(None).annotate(slug=F("campaign__slug"))
    letters = letters if with_person else letters.defer_encrypted()  # type: ignore[attr-defined]
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


def read_parts(letters: list[Letter], *, with_person: bool) -> dict[uuid.UUID, list[Part]]:
    """Return each letter's paragraphs in order."""
    rows = LetterParagraph.objects.filter(letter__in=[letter.pk for letter in letters]).order_by("position")
    rows = rows.annotate(title=F("argument__title"))
    parts: dict[uuid.UUID, list[Part]] = {}
    for row in rows.only("letter_id", "position", "argument_key", *(["text"] if with_person else [])):
        part = Part(row.argument_key, row.title or "", row.text if with_person else "")
        parts.setdefault(row.letter_id, []).append(part)
    return parts


def make_rows(letters: QuerySet[Letter], *, with_person: bool) -> Iterator[list[str]]:
    columns = PERSONAL if with_person else PSEUDONYMOUS
    yield list_columns(with_person=with_person)
    for letter in walk_letters(letters, with_person=with_person):
        yield [escape_cell(read(letter)) for _name, read in columns]


def escape_cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS) else text


class _Echo:
    """A file for the csv module whose `write` returns its argument."""

    def write(self, text: str) -> str:
        return text


def write_csv(rows: Iterable[list[str]], *, marked: bool = True) -> Iterator[bytes]:
    """Yield the rows as CSV (RFC 4180) in UTF-8.

    `marked`: with a byte order mark, without which Excel guesses the encoding wrongly, but which mailing programs take
    for part of the first column's name.
    """
    writer = csv.writer(_Echo())
    lines: Iterator[str] = chain(["\ufeff"] if marked else [], (writer.writerow(row) for row in rows))
    while some := "".join(line for _number, line in zip(range(LINES), lines, strict=False)):
        yield some.encode()


def write_xlsx(rows: Iterable[list[str]]) -> IO[bytes]:
    """Return the rows as XLSX in a temporary file, with constant memory."""
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
