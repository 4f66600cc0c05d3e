"""Builds a table of postcodes from CSV files: postcode, gss and method; or only postcode, for those without a place."""

import csv
import lzma
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TextIO

from campaign.parliament.postcode_table import Blocks, encode_table, measure_map
from campaign.parliament.postcodes import fold_postcode

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?|NPT)([0-9])([A-Z]{2})")
_GSS = re.compile(r"[ESW][0-9]{8}")
_UNCERTAIN = frozenset("sklb")  # split ward, nearest neighbours, boundary only
_MAX_RUN = 0xFFFF


class PostcodeFileError(Exception):
    """A file is not valid; the message names file, line and reason."""


@dataclass(slots=True)
class PostcodeRows:
    """Postcodes by sector and unit, as (constituency, certain); "" for one without a place."""

    units: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    northern_irish: int = 0  # left out, since they may not be redistributed

    def read(self, path: Path, *, with_place: bool = True) -> None:
        """Add the rows of a file, .csv or .csv.xz. Raises PostcodeFileError at the first row that is wrong."""
        try:
            with _open_text(path) as file:
                self._add(csv.DictReader(file, strict=True), path, with_place)
        except (OSError, EOFError, UnicodeDecodeError, lzma.LZMAError, csv.Error) as error:
            raise PostcodeFileError(f"{path}: {error}.") from error

    def _add(self, reader: "csv.DictReader[str]", path: Path, with_place: bool) -> None:
        needed = {"postcode", "gss", "method"} if with_place else {"postcode"}
        if missing := needed - set(reader.fieldnames or ()):
            raise PostcodeFileError(f"{path}, line 1: the column {min(missing)} is missing.")
        for row in reader:
            text = fold_postcode(row["postcode"])
            found = _POSTCODE.fullmatch(text)
            gss, method = (row["gss"], row["method"]) if with_place else ("", "b")
            if not found:
                reason = f"“{row['postcode']}” is not a postcode"
            elif with_place and not _GSS.fullmatch(gss or "") and not text.startswith("BT"):
                reason = f"“{gss}” is not the GSS code of a constituency in Great Britain"
            elif method != "w" and method not in _UNCERTAIN:
                reason = f"the method “{method}” is not one of w, s, k, l, b"
            elif text.startswith("BT"):
                self.northern_irish += 1
                continue
            elif self.units.setdefault((found[1] + found[2], found[3]), (gss, method == "w")) != (
                gss,
                method == "w",
            ):
                reason = f"{row['postcode']} was listed before, in another place"
            else:
                continue
            raise PostcodeFileError(f"{path}, line {reader.line_num}: {reason}.")


def build_table(rows: PostcodeRows, as_of: str) -> bytes:
    alphabet = "".join(sorted({letter for _sector, unit in rows.units for letter in unit}))
    constituencies = sorted({"", *(gss for gss, _certain in rows.units.values())})
    numbers = {gss: number for number, gss in enumerate(constituencies)}
    units = sorted(rows.units, key=_sort_by_outward)
    masks: dict[str, int] = {}
    counts = array("H")
    maps = bytearray()
    for sector, in_sector in groupby(units, key=lambda unit: unit[0]):
        bits = 0
        for _sector, letters in in_sector:
            bits |= 1 << alphabet.index(letters[0]) * len(alphabet) + alphabet.index(letters[1])
        masks[sector[:-1]] = masks.get(sector[:-1], 0) | 1 << int(sector[-1])
        counts.append(bits.bit_count())
        maps += bits.to_bytes(measure_map(alphabet), "little")
    values, lengths = array("H"), array("H")
    for value, length in _list_runs(
        numbers[gss] * 2 + certain for gss, certain in (rows.units[unit] for unit in units)
    ):
        values.append(value)
        lengths.append(length)
    blocks = Blocks(
        constituencies, alphabet, list(masks), array("H", masks.values()), counts, values, lengths, bytes(maps)
    )
    return encode_table(blocks, as_of, sum(1 for gss, _certain in rows.units.values() if not gss))


def _sort_by_outward(unit: tuple[str, str]) -> tuple[str, str, str]:
    sector, letters = unit
    return sector[:-1], sector[-1], letters  # keeps the sectors of an outward code together: E1 before E10


def _list_runs(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    for value, run in groupby(values):
        length = sum(1 for _each in run)
        while length > _MAX_RUN:
            yield value, _MAX_RUN
            length -= _MAX_RUN
        yield value, length


def _open_text(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
