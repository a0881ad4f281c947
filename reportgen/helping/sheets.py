"""A table -> lines of text: in columns for a terminal, where a Chinese character is two cells wide; or in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from reportgen.numbers.quantity import trimmed
from reportgen.printing.sheets import Sheet, Value
from reportgen.telling.views import width

MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~])")


def shown(value: Value, signed: bool = False) -> str:
    """Return a cell as text: 445, +1.5."""
    if value is None or isinstance(value, str):
        return value or ""
    sign = "+" if signed and value > 0 else ""
    return sign + trimmed(Decimal(value))


def aligned(sheet: Sheet) -> list[str]:
    """Return the table in columns: its head, then its rows; numbers stand to the right."""
    rows = [[shown(value, at in sheet.signed) for at, value in enumerate(row)] for row in sheet.rows]
    widths = [max(map(width, column)) for column in zip(sheet.head, *rows, strict=True)]
    lines = [_line(sheet.head, (False,) * len(widths), widths)]
    for row, texts in zip(sheet.rows, rows, strict=True):
        lines.append(_line(texts, [not isinstance(value, str) for value in row], widths))
    return lines


def _line(texts: Sequence[str], right: Sequence[bool], widths: Sequence[int]) -> str:
    cells = []
    for text, to_the_right, wide in zip(texts, right, widths, strict=True):
        space = " " * (wide - width(text))
        cells.append(space + text if to_the_right else text + space)
    return "  ".join(cells).rstrip()


def markdown(sheet: Sheet) -> Iterator[str]:
    """Yield the table in Markdown; no sign in a cell is markup."""
    yield _row(map(escaped, sheet.head))
    columns = zip(*sheet.rows, strict=True)
    yield _row("--:" if all(not isinstance(value, str) for value in column) else "---" for column in columns)
    for row in sheet.rows:
        yield _row(escaped(shown(value, at in sheet.signed)) for at, value in enumerate(row))


def _row(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def escaped(text: str) -> str:
    """Return a text in which no sign is Markdown's, on one line."""
    return MARKUP.sub(r"\\\1", " ".join(text.split()))
