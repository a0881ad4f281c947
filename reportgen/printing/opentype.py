"""A font file -> the characters that it has, from its table “cmap” (OpenType 1.9: cmap, otff)."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from sys import byteorder

UNICODE = {(0, encoding) for encoding in (0, 1, 2, 3, 4, 6)} | {(3, 1), (3, 10)}  # platform and encoding
LAST = 0x10FFFF


@lru_cache(maxsize=64)
def characters_of(path: str, index: int = 0) -> frozenset[int] | None:
    """Return the characters of a font, in a collection the one at ``index``; None where that cannot be read."""
    try:
        with Path(path).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            return frozenset().union(*_characters(data, _table(data, index)))
    except (OSError, ValueError, IndexError, StopIteration, struct.error):
        return None


def _table(data: mmap, index: int) -> int:
    """Return where the table “cmap” begins."""
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * number) for number in range(count))
    return int(next(offset for tag, _sum, offset, _length in records if tag == b"cmap"))


def _characters(data: mmap, table: int) -> Iterator[Iterable[int]]:
    """Yield the characters of the subtables that are in Unicode; one for all its planes has those of the others."""
    count = struct.unpack_from(">H", data, table + 2)[0]
    records = (struct.unpack_from(">HHI", data, table + 4 + 8 * number) for number in range(count))
    starts = {table + offset for platform, encoding, offset in records if (platform, encoding) in UNICODE}
    kinds = {start: struct.unpack_from(">H", data, start)[0] for start in sorted(starts)}
    whole = {start: kind for start, kind in kinds.items() if kind in (12, 13)}
    for start, kind in (whole or kinds).items():
        if kind == 4:
            yield from _segments(data, start)
        elif kind == 6:
            first, several = struct.unpack_from(">HH", data, start + 6)
            glyphs = struct.unpack_from(f">{several}H", data, start + 10)
            yield [first + at for at, glyph in enumerate(glyphs) if glyph]
        elif kind in (12, 13):
            several = struct.unpack_from(">I", data, start + 12)[0]
            for first, last, glyph in struct.iter_unpack(">III", data[start + 16 : start + 16 + 12 * several]):
                if glyph or kind == 12:  # glyph 0 is that of no character
                    yield range(first + (not glyph), min(last, LAST) + 1)


def _segments(data: mmap, start: int) -> Iterator[Iterable[int]]:
    """Yield the characters of a subtable of format 4, segment by segment."""
    length, _language, twice = struct.unpack_from(">HHH", data, start + 2)
    words = array("H", data[start + 14 : start + max(length, 16) // 2 * 2])
    if byteorder == "little":
        words.byteswap()
    count = twice // 2
    lasts, firsts, deltas = words[:count], words[count + 1 : 2 * count + 1], words[2 * count + 1 : 3 * count + 1]
    for number, (first, last, delta) in enumerate(zip(firsts, lasts, deltas, strict=True)):
        at = 3 * count + 1 + number
        if words[at] == 0:
            yield [code for code in range(first, last + 1) if (code + delta) & 0xFFFF]
        else:
            glyphs = words[at + words[at] // 2 : at + words[at] // 2 + last - first + 1]
            yield [first + place for place, glyph in enumerate(glyphs) if glyph]
