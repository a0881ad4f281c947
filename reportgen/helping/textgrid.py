"""Lines of a plain text -> its texts, and which of them are cells of a table, as converters and Markdown write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

Grid = tuple[int, ...]  # table (by its first line), row and column; () for a text that is no cell
RULE = re.compile(r"[|:\-\s]+")  # |---|:--:|
LEAST = 2  # columns
LONGEST_HEAD = 12  # characters of a head: paragraphs that are set in are no cells


def cells(lines: Sequence[str]) -> Iterator[tuple[int, str, Grid]]:
    """Yield each text with the index of its line and its place in a table.

    A row is a line “| a | b |” or “a[tab]b”; or as many lines as the first row has, each a cell behind a tab, as Word
    files become when they are saved as text.
    """
    single = _one_a_line(lines)
    split = [[line] if at in single else _split(line) for at, line in enumerate(lines)]
    for columns, group in groupby(range(len(lines)), key=lambda at: len(split[at])):
        rows = [at for at in group if not RULE.fullmatch(lines[at]) or columns < LEAST]
        for row, at in enumerate(rows):
            if columns < LEAST:
                yield at, lines[at].strip(), single.get(at, ())
            else:
                yield from ((at, text, (rows[0], row, column)) for column, text in enumerate(split[at]))


def _split(line: str) -> Sequence[str]:
    """Return the cells of a line; one, where it is no row."""
    inner = line.strip()
    if inner.startswith("|") and inner.endswith("|") and len(inner) > 1:
        return [text.strip() for text in inner[1:-1].split("|")]
    return [text.strip() for text in inner.split("\t")]


def _one_a_line(lines: Sequence[str]) -> Mapping[int, Grid]:
    """Return the places of cells that have a line of their own: of tables that have heads, and whole rows alone."""
    found: dict[int, Grid] = {}
    for inside, run in groupby(range(len(lines)), key=lambda at: not lines[at].strip(" ") or lines[at][0] == "\t"):
        own = [at for at in run if lines[at].startswith("\t")] if inside else []
        width = next((n for n, at in enumerate(own) if n and own[n - 1] + 1 != at), len(own))
        heads = all(0 < len(lines[at].strip()) <= LONGEST_HEAD for at in own[:width])
        if heads and LEAST <= width < len(own) and len(own) % width == 0:
            found |= {at: (own[0], n // width, n % width) for n, at in enumerate(own)}
    return found
