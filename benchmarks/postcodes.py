"""Is a postcode's constituency found quickly? Run: python -m benchmarks.postcodes

Asks the shipped table for the same 20,000 postcodes as a dict of all live ones and a SQLite table with an index, in
turns in one process, and weighs loading against unpickling that dict. Exits 1 if a gate is missed: a look-up at most
20 times a dict's and 2 times SQLite's, loading at most a twentieth of the dict's, memory at most a twentieth of it.
"""

from __future__ import annotations

import gc
import pickle
import random
import sqlite3
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from campaign.parliament.postcode_table import PostcodeTable, read_table

FILE = Path(__file__).resolve().parent.parent / "campaign" / "parliament" / "data" / "postcodes.bin"
QUERY = "SELECT gss, certain FROM postcode WHERE code = ?"
ROUNDS = 5
SAMPLE = 20_000
GATES = {"look-up : dict": 20.0, "look-up : SQLite": 2.0, "load : unpickled dict": 0.05, "memory : dict": 0.05}


def list_postcodes(table: PostcodeTable) -> Iterator[tuple[str, str]]:
    """Yield every postcode of a table, as outward and inward codes, by trying each possible unit."""
    letters = sorted(table._letters)
    for outward in table._outwards:
        for digit in "0123456789":
            if table._find_sector(outward, digit) is not None:
                for first in letters:
                    for second in letters:
                        if table.look_up(outward, digit + first + second):
                            yield outward, digit + first + second


def measure(action: Callable[[], object]) -> float:
    """Return the seconds of one call, garbage collection off."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    action()
    seconds = time.perf_counter() - start
    gc.enable()
    return seconds


def measure_memory(action: Callable[[], object]) -> int:
    """Return the bytes that a call's result holds."""
    tracemalloc.start()
    kept = action()
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return held


def main() -> int:
    """Measure, print ratios, return 1 if one is past its gate."""
    table = read_table(FILE)
    everything: dict[str, Any] = {
        outward + inward: table.look_up(outward, inward) for outward, inward in list_postcodes(table)
    }
    constituencies = {postcode: (place.gss, place.certain) for postcode, place in everything.items()}
    packed = pickle.dumps(constituencies)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE postcode (code TEXT PRIMARY KEY, gss TEXT, certain INTEGER) WITHOUT ROWID")
    database.executemany(
        "INSERT INTO postcode VALUES (?, ?, ?)",
        ((code, *constituency) for code, constituency in constituencies.items()),
    )

    asked = random.Random(1).sample(sorted(constituencies), SAMPLE)
    halves = [(code[:-3], code[-3:]) for code in asked]
    times: dict[str, list[float]] = {name: [] for name in ("table", "dict", "sqlite", "load", "unpickle")}
    for _round in range(ROUNDS):
        times["table"].append(measure(lambda: [table.look_up(*half) for half in halves]))
        times["dict"].append(measure(lambda: [constituencies.get(code) for code in asked]))
        times["sqlite"].append(measure(lambda: [database.execute(QUERY, (code,)).fetchone() for code in asked]))
        times["load"].append(measure(lambda: read_table(FILE)))
        times["unpickle"].append(measure(lambda: pickle.loads(packed)))
    middle = {name: statistics.median(seconds) for name, seconds in times.items()}
    memory = measure_memory(lambda: read_table(FILE))
    memory_dict = measure_memory(lambda: pickle.loads(packed))

    per_look_up = {name: middle[name] / SAMPLE * 1e6 for name in ("table", "dict", "sqlite")}
    print(f"{table.count:,} postcodes, {FILE.stat().st_size:,} bytes (the dict pickled: {len(packed):,})")
    print("one look-up: " + ", ".join(f"{name} {value:.2f} µs" for name, value in per_look_up.items()))
    print(f"loading: table {middle['load'] * 1e3:.1f} ms, unpickled dict {middle['unpickle'] * 1e3:.0f} ms")
    print(f"memory: table {memory / 1e6:.1f} MB, dict {memory_dict / 1e6:.0f} MB")
    ratios = {
        "look-up : dict": middle["table"] / middle["dict"],
        "look-up : SQLite": middle["table"] / middle["sqlite"],
        "load : unpickled dict": middle["load"] / middle["unpickle"],
        "memory : dict": memory / memory_dict,
    }
    missed = [name for name, gate in GATES.items() if ratios[name] > gate]
    for name, gate in GATES.items():
        print(f"{name}: {ratios[name]:.3f} (gate {gate})" + (" MISSED" if name in missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
