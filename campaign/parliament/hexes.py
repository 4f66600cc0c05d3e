"""Each constituency's place on a map of equal hexagons."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HEXES = Path(__file__).parent / "data" / "hexes.csv"


@dataclass(frozen=True)
class Hex:
    """A constituency's column and row, rows from the north; odd rows are half a hexagon further right."""

    gss: str
    column: int
    row: int
    region: str


@cache
def read_hexes() -> tuple[Hex, ...]:
    with HEXES.open(encoding="utf-8", newline="") as file:
        return tuple(
            Hex(row["gss"], int(row["column"]), int(row["row"]), row["region"]) for row in csv.DictReader(file)
        )
