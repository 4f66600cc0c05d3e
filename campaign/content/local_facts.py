"""A campaign's facts of constituencies as a CSV file: read it, say line by line what is wrong, put it in place."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.content.dates import find_first_day
from campaign.content.models import Campaign, LocalFact
from campaign.content.pack import Fault

COLUMNS = ("gss", "figure", "sentence", "source", "date", "valid_until")
MAY_BE_EMPTY = {"valid_until"}
MAX_BYTES = 1_000_000
MAX_FAULTS = 100
VALID_DAYS = 365  # from its date, if the file does not say how long


class FactsRefusedError(ValueError):
    """The file cannot be used. Nothing has changed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(frozen=True)
class Loaded:
    """What has been put in place."""

    count: int
    out_of_date: int


def parse_facts(data: bytes, known: Container[str]) -> list[LocalFact]:
    """Return the file's facts, of no campaign yet. `known` are the GSS codes that there are.

    Raises FactsRefusedError with all that is wrong, each with its line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FactsRefusedError([Fault("", line, _("is not UTF-8. Save the file as “CSV UTF-8”."))]) from None
    facts: dict[str, LocalFact] = {}
    faults: list[Fault] = []
    try:
        for line, row in _read_rows(text):
            found = list(_check_row(line, row, known, facts))
            faults += found
            if not found:
                facts[row["gss"]] = _make_fact(row)
    except csv.Error as error:
        faults.append(Fault("", 1, _("is not a CSV file that can be read: %s.") % error))
    if not (facts or faults):
        faults.append(Fault("", 1, _("has no line below its header.")))
    if faults:
        raise FactsRefusedError(faults[:MAX_FAULTS])
    return list(facts.values())


def _read_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with the number of its first line. Raises FactsRefusedError if the header is another."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [name.strip().lower() for name in next(reader, [])]
    if missing := [name for name in COLUMNS if name not in header and name not in MAY_BE_EMPTY]:
        said = _("has no column “%(name)s”. The first line has to name the columns: %(columns)s.")
        raise FactsRefusedError([Fault("", 1, said % {"name": missing[0], "columns": ",".join(COLUMNS)})])
    if unknown := [name for name in header if name not in COLUMNS]:
        said = _("has a column “%(name)s”, which is not one of these: %(columns)s.")
        raise FactsRefusedError([Fault("", 1, said % {"name": unknown[0], "columns": ",".join(COLUMNS)})])
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = dict.fromkeys(COLUMNS, "") | dict(zip(header, (cell.strip() for cell in cells), strict=False))
            yield line, row | ({"": ""} if len(cells) > len(header) else {})
        line = reader.line_num + 1


def _check_row(line: int, row: dict[str, str], known: Container[str], before: dict[str, LocalFact]) -> Iterator[Fault]:
    if "" in row:
        yield Fault("", line, _("has more cells than the header. Put what has a comma in it between quotation marks."))
        return
    for name in COLUMNS:
        if not row[name] and name not in MAY_BE_EMPTY:
            yield Fault(name, line, _("It is empty. Fill it in."))
    row["gss"] = row["gss"].upper()
    empty = {name for name in COLUMNS if not row[name]}
    try:
        LocalFact(**row | {"valid_until": None}).clean_fields(exclude={"campaign", "valid_until", *empty})
    except ValidationError as error:
        for name, said in error.message_dict.items():
            yield Fault(name, line, said[0])
    if re.fullmatch(r"[ENSW][0-9]{8}", row["gss"]):
        if row["gss"] not in known:
            yield Fault("gss", line, _("There is no constituency %s today.") % row["gss"])
        if row["gss"] in before:
            yield Fault("gss", line, _("%s is in the file twice. Keep one line.") % row["gss"])
    yield from _check_sentence(line, row)
    yield from _check_dates(line, row)


def _check_sentence(line: int, row: dict[str, str]) -> Iterator[Fault]:
    sentence, figure = row["sentence"], row["figure"]
    if not sentence:
        return
    if unknown := [name for name in re.findall(r"\{(.*?)\}", sentence) if name not in ("figure", "place")]:
        yield Fault("sentence", line, _("“{%s}” is not known. There are {figure} and {place}.") % unknown[0])
    if figure and figure not in sentence and "{figure}" not in sentence:
        yield Fault("sentence", line, _("The figure is not in it. Write {figure} where it belongs."))
    if not sentence.endswith((".", "!", "?")):
        yield Fault("sentence", line, _("It has to end with a full stop."))


def _check_dates(line: int, row: dict[str, str]) -> Iterator[Fault]:
    if not row["valid_until"]:
        return
    try:
        until = dt.date.fromisoformat(row["valid_until"])
        if until < find_first_day(row["date"]):
            yield Fault("valid_until", line, _("It is before the date of the figure."))
    except ValueError:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", row["valid_until"]):
            yield Fault("valid_until", line, _("Write the day as 2027-03-31, or leave it empty."))
        elif re.fullmatch(r"\d{4}(-\d\d){0,2}", row["date"]):
            yield Fault("valid_until", line, _("There is no such date."))


def _make_fact(row: dict[str, str]) -> LocalFact:
    until = row["valid_until"]
    last = dt.date.fromisoformat(until) if until else find_first_day(row["date"]) + dt.timedelta(days=VALID_DAYS)
    return LocalFact(**{**row, "valid_until": last})


@transaction.atomic
def replace_facts(campaign: Campaign, facts: list[LocalFact]) -> Loaded:
    """Put these facts in place of all that the campaign has."""
    campaign.local_facts.all().delete()
    for fact in facts:
        fact.campaign = campaign
    LocalFact.objects.bulk_create(facts)
    today = timezone.localdate()
    return Loaded(len(facts), sum(fact.valid_until < today for fact in facts))


def write_rows(campaign: Campaign) -> Iterator[list[str]]:
    """Yield the campaign's facts as rows of a file that can be loaded again, the header first."""
    yield list(COLUMNS)
    for fact in campaign.local_facts.all():
        yield [str(getattr(fact, name)) for name in COLUMNS]
