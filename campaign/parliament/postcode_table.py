"""The project's own file of postcodes: a bit for each possible unit of a sector, and the constituencies as runs.

A file is a header (see _HEADER) and one zlib stream of blocks, integers little-endian, in this order:

- constituencies: GSS codes joined by newlines; number 0 is the empty one, for postcodes without a place;
- alphabet: the letters that units are made of (20 for live postcodes: ABDEFGHJLNPQRSTUWXYZ);
- outwards: outward codes in order, joined by newlines, and per outward code 16 bits: which sectors 0 to 9 it has;
- counts: 16 bits for each sector, how many postcodes it has;
- runs: constituencies in postcode order, 16 bits for each run (2 × its constituency's number + 1 if certain), then
  16 bits its length;
- maps: for each sector a bit for each unit in the alphabet's order, first the lowest bit of the first byte.
"""

import struct
import sys
import zlib
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

MAGIC = b"PARLEYPC"
VERSION = 1
# Magic, version, as-of date, postcodes, those without a place, sectors, runs, bytes of the three texts, CRC-32.
_HEADER = struct.Struct("<8sH10sIIIIIIII")
_DIGITS = {str(digit): digit for digit in range(10)}
_MAX_FILE = 50_000_000  # bytes unpacked; a table of everything has 0.9 million


class PostcodeTableError(Exception):
    """The file is missing, damaged or of another version; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a postcode is; `gss` is None for one in use that is not tied to a place."""

    gss: str | None
    certain: bool


class PostcodeTable:
    """A table in memory (2 MB for all live postcodes), read-only and so thread-safe."""

    def __init__(self, as_of: str, count: int, count_without_place: int, blocks: "Blocks") -> None:
        self.as_of = as_of  # 2025-11 or 2025-11-30
        self.count = count
        self.count_without_place = count_without_place
        self.constituencies = blocks.constituencies
        self._letters = {letter: place for place, letter in enumerate(blocks.alphabet)}
        self._outwards = {outward: place for place, outward in enumerate(blocks.outwards)}
        self._masks = blocks.masks
        self._firsts = array("I", accumulate(map(int.bit_count, blocks.masks), initial=0))  # sectors before an outward
        self._ranks = array("I", accumulate(blocks.counts, initial=0))  # postcodes before a sector
        self._ends = array("I", accumulate(blocks.run_lengths))  # postcodes up to the end of a run
        self._values = blocks.run_values
        self._maps = blocks.maps
        self._map_size = measure_map(blocks.alphabet)
        # A Place for each value of a run, so that a look-up creates none.
        self._places = [Place(gss or None, certain) for gss in blocks.constituencies for certain in (False, True)]

    def look_up(self, outward: str, inward: str) -> Place | None:
        sector = self._find_sector(outward, inward)
        first, second = self._letters.get(inward[1:2]), self._letters.get(inward[2:])
        if sector is None or first is None or second is None:
            return None
        unit = first * len(self._letters) + second
        start = sector * self._map_size
        units = int.from_bytes(self._maps[start : start + self._map_size], "little")
        if not units >> unit & 1:
            return None
        rank = self._ranks[sector] + (units & ((1 << unit) - 1)).bit_count()
        return self._places[self._values[bisect_right(self._ends, rank)]]

    def _find_sector(self, outward: str, inward: str) -> int | None:
        place = self._outwards.get(outward)
        digit = _DIGITS.get(inward[:1])
        if place is None or digit is None:
            return None
        mask = self._masks[place]
        if not mask >> digit & 1:
            return None
        return self._firsts[place] + (mask & ((1 << digit) - 1)).bit_count()

    def list_constituencies(self, outward: str, inward: str) -> list[str]:
        """Return the GSS codes of a sector's postcodes, the commonest first; [] if there is no such sector."""
        sector = self._find_sector(outward, inward)
        if sector is None:
            return []
        rank, last = self._ranks[sector], self._ranks[sector + 1]
        numbers: Counter[int] = Counter()
        run = bisect_right(self._ends, rank)
        while rank < last:
            end = min(self._ends[run], last)
            numbers[self._values[run] >> 1] += end - rank
            rank, run = end, run + 1
        return [self.constituencies[number] for number, _count in numbers.most_common() if number]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The unpacked contents of a file."""

    constituencies: list[str]
    alphabet: str
    outwards: list[str]
    masks: "array[int]"
    counts: "array[int]"
    run_values: "array[int]"
    run_lengths: "array[int]"
    maps: bytes


def measure_map(alphabet: str) -> int:
    return (len(alphabet) ** 2 + 7) // 8


def read_table(path: Path) -> PostcodeTable:
    """Raises PostcodeTableError if the file is missing, damaged or of another version."""
    try:
        return decode_table(path.read_bytes())
    except (OSError, ValueError, struct.error, zlib.error) as error:
        raise PostcodeTableError(f"{path}: {error}. Restore the file, or run manage.py build_postcodes.") from error


def decode_table(data: bytes) -> PostcodeTable:
    """Raises ValueError, struct.error or zlib.error if the data are damaged."""
    magic, version, as_of, count, without, sectors, runs, *sizes, crc = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise ValueError("this is not a table of postcodes")
    if version != VERSION:
        raise ValueError(f"version {version} of the format, this program reads {VERSION}")
    packed = memoryview(data)[_HEADER.size :]
    if zlib.crc32(packed, zlib.crc32(data[: _HEADER.size - 4])) != crc:
        raise ValueError("the file is damaged (its checksum is wrong)")
    unpacker = zlib.decompressobj()
    body = memoryview(unpacker.decompress(packed, _MAX_FILE))
    texts = []
    for size in sizes:
        texts.append(str(body[:size], "ascii"))
        body = body[size:]
    outwards = texts[2].split("\n") if texts[2] else []
    numbers = []
    for size in (len(outwards), sectors, runs, runs):
        numbers.append(_read_numbers(body[: 2 * size]))
        body = body[2 * size :]
    masks, counts, values, lengths = numbers
    blocks = Blocks(texts[0].split("\n"), texts[1], outwards, masks, counts, values, lengths, bytes(body))
    if not (
        sum(map(int.bit_count, masks)) == len(counts) == sectors
        and len(blocks.maps) == sectors * measure_map(blocks.alphabet)
        and sum(counts) == sum(lengths) == count
    ):
        raise ValueError("the parts of the file do not fit together")
    return PostcodeTable(as_of.rstrip(b"\0").decode("ascii"), count, without, blocks)


def encode_table(blocks: Blocks, as_of: str, count_without_place: int) -> bytes:
    """Return a file's bytes, the same for the same input; `as_of` is 2025-11 or 2025-11-30."""
    texts = [
        text.encode("ascii") for text in ("\n".join(blocks.constituencies), blocks.alphabet, "\n".join(blocks.outwards))
    ]
    numbers = [blocks.masks, blocks.counts, blocks.run_values, blocks.run_lengths]
    body = b"".join([*texts, *(_write_numbers(each) for each in numbers), blocks.maps])
    packed = zlib.compress(body, 9)
    header = _HEADER.pack(
        MAGIC,
        VERSION,
        as_of.encode("ascii"),
        sum(blocks.counts),
        count_without_place,
        len(blocks.counts),
        len(blocks.run_values),
        *map(len, texts),
        0,
    )[:-4]
    return header + struct.pack("<I", zlib.crc32(packed, zlib.crc32(header))) + packed


def _read_numbers(data: memoryview) -> "array[int]":
    numbers = array("H", bytes(data))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _write_numbers(values: Iterable[int]) -> bytes:
    numbers = array("H", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
