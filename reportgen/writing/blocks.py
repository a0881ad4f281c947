"""The document tree: what Word and PDF both print, and nothing else.

Numbers of headings and lists are literal text (一、（一）1.（1）), so that no word processor can lose them.
``Document.as_data`` is the one form in which both printers receive it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

from reportgen.reading.keys import HEADING_ITEMS

DIGITS = "零一二三四五六七八九"
MAX_LEVEL = 4
DEEPEST = 5  # of the items of lists, which go one level further down: ①
DRAFT = "草稿"
LONG_NAME = 14  # characters: a name up to there stands centred over a date that ends four characters from the right
LINE = 28  # characters
SPACE, HALF_SPACE = "\u3000", "\u2002"
PREVIEW = "样张：数字和文字均为示例"


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text; strong text prints in 黑体. ``note`` is the footnote that its end refers to."""

    text: str
    strong: bool = False
    note: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; ``number`` is the literal 一、."""

    level: int
    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``number`` is the literal 1. of an item of a list."""

    parts: tuple[Text, ...]
    number: str = ""
    keep: bool = False  # stands on one page with what follows it
    last: bool = False  # of the text: name and date do not stand alone, at least its last lines stand with them

    @property
    def text(self) -> str:
        """What is printed of it in its own lines: its number and its runs, without their notes."""
        return self.number + "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list that has not been numbered yet."""

    parts: tuple[Text, ...]
    ordered: bool
    index: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table that spans ``rows`` rows; 0: it is covered by the cell above.

    In a grid it may span ``columns``, too; a ``label`` prints in 黑体; ``side``: left, center, or top (and left);
    ``hang``: the full-width spaces that it begins with, below which its further lines begin.
    """

    text: str
    rows: int = 1
    columns: int = 1
    label: bool = False
    side: str = "left"
    hang: int = 0


class CellLook(NamedTuple):
    """How the cells of a table are set, in points: letters, lines, and the air above and below, left and right."""

    size: float
    line: float
    inset: float
    aside: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table: names of the columns, rows of cells in their order, and the last row, by column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table laid out: widths in mm, rows of those cells that begin in them, and how many rows stand on every page."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: int = 0
    small: bool = False
    look: CellLook | None = None  # None: as the house sets a cell
    tight: bool = field(default=True, compare=False)  # a word may be wider than its cell: nobody has looked, or one is
    high: tuple[int, ...] | None = field(default=None, compare=False)  # rows that a page may part: None where unknown
    whole: bool = field(default=False, compare=False)  # so small that it stands on one page
    letters: float = field(default=0.0, compare=False)  # their size in points: 0 where unknown


@dataclass(frozen=True, slots=True)
class Note:
    """A line of text beside a grid, in the size of its cells."""

    text: str


class Entry(NamedTuple):
    """A line of a table of contents: the level of a heading, its text, and the number of its page."""

    level: int
    text: str
    page: str = ""


class Bar(NamedTuple):
    """One bar of a figure: what it is called, how long it is, and what is written at its end."""

    name: str
    value: float
    text: str


class Drawing(NamedTuple):
    """A figure as it is drawn, and how wide and high it is in mm; a word processor that knows no SVG shows the PNG."""

    svg: str
    png: bytes
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its title; who draws is not known here."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    drawing: Drawing | None = None

    @property
    def told(self) -> str:
        """What it shows, in words: for who cannot see it."""
        return f"{self.title}：" + "，".join(f"{bar.name}{bar.text}" for bar in self.bars)


Block = Figure | Heading | Paragraph | Item | PageBreak | Table | Grid | Note


@dataclass(frozen=True)
class Document:
    """One file: a report, an annex (which has a ``label``: 附件), or a form that is one table.

    ``cells`` are texts that the template of an annex or form places itself, around its ``table``; ``date`` is
    YYYY-MM-DD.
    """

    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    unit: str
    printed_date: str
    date: str
    label: str = ""
    attachments: tuple[str, ...] = ()
    draft: bool = False
    source: str = ""  # where it came from: input, its hash, form and version
    table: Table | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    landscape: bool = False
    preview: bool = False
    variant: str = ""  # the name of the edition, such as 公开稿
    cover: bool = False
    listed: bool = False  # has a table of contents
    contents: tuple[Entry, ...] = ()  # that table, as far as the pages are known
    closer: bool = False  # a page has a line more than usual, so that name and date stand with the text

    @property
    def mark(self) -> str:
        """What stands on each page of a document that is not to be sent."""
        return PREVIEW if self.preview else DRAFT if self.draft else ""

    @property
    def signed(self) -> bool:
        """Whether it ends with unit and date: a report with wording, not a table."""
        return self.table is None and not self.label

    @property
    def notes(self) -> tuple[tuple[Text, ...], ...]:
        """The footnotes, in their order."""
        paragraphs = (block for block in self.blocks if isinstance(block, Paragraph))
        return tuple(part.note for paragraph in paragraphs for part in paragraph.parts if part.note)

    @property
    def name(self) -> str:
        """The title on one line."""
        return "".join(self.title)

    def as_data(self) -> dict[str, Any]:
        """Return the document as lists, mappings and text: what templates loop over."""
        return {
            "title": list(self.title),
            "name": self.name,
            "label": self.label,
            "signed": self.signed,
            "landscape": self.landscape,
            "blocks": [_block_data(block, index) for index, block in enumerate(self.blocks)],
            "table": table_data(self.table) if self.table else {},
            "cells": dict(self.cells),
            "attachments": attachment_lines(self.attachments),
            "unit": self.unit,
            "long": len(self.unit) > LONG_NAME,
            "signature": signature_lines(self.unit, self.printed_date),
            "date": self.printed_date,
            "draft": self.mark,
            "clock": [int(part) for part in self.date.split("-")],
            "source": self.source,
            "above": [self.cells[name] for name in HEADING_ITEMS if name in self.cells],
            "cover": self.cover,
            "listed": self.listed,
            "contents": [entry._asdict() for entry in self.contents],
        }

    def strings(self) -> Iterator[tuple[str, ...]]:
        """Yield every text that a reader must find in the file, in reading order; the cells of a table together.

        ``cells`` are not among them: their order is the template's.
        """
        yield (self.label,)
        if self.cover:
            yield from ((line,) for line in (*self.title, self.unit, self.printed_date))
        yield from ((entry.text,) for entry in self.contents)
        yield from ((line,) for line in self.title)
        for block in self.blocks:
            yield tuple(block_strings(block))
        if self.table and not self.blocks:
            yield tuple(block_strings(self.table))
        if self.signed:
            yield from ((line,) for line in (*attachment_lines(self.attachments), self.unit, self.printed_date))


LISTED = 2  # levels of headings that a table of contents lists


def entries_of(documents: Iterable[Document]) -> Iterator[Entry]:
    """Yield the lines of a table of contents of documents that are bound: headings, and the titles of annexes."""
    for document in documents:
        if document.label:
            yield Entry(1, document.name)
        for block in document.blocks:
            if isinstance(block, Heading) and block.level <= LISTED:
                yield Entry(block.level, block.number + block.text)


def grid_mark(index: int) -> str:
    """Return what stands in a Word template's text for the grid that is the document's block ``index``."""
    return f"\ufdd0grid {index}\ufdd1"


def _block_data(block: Block, index: int) -> dict[str, Any]:
    match block:
        case Grid():
            return {"kind": "grid", "grid": grid_mark(index), **_grid_data(block)}
        case Note(text):
            return {"kind": "note", "text": text}
        case Figure(title):
            drawn = block.drawing
            look = {"svg": drawn.svg, "width": drawn.width} if drawn else {}
            return {"kind": "figure", "text": title, "told": block.told, "grid": grid_mark(index), **look}
        case Heading(level, text, number):
            return {"kind": f"heading{level}", "text": number + text}
        case Paragraph(parts, number, keep, last):
            texts = [{**_run_data(part), "note": [_run_data(each) for each in part.note]} for part in parts]
            return {"kind": "paragraph", "number": number, "parts": texts, "keep": keep, "last": last}
        case Table():
            return {"kind": "table", **table_data(block)}
        case Item() | PageBreak():
            return {"kind": "pagebreak"}


def _run_data(text: Text) -> dict[str, Any]:
    return {"text": text.text, "strong": text.strong}


def _grid_data(grid: Grid) -> dict[str, Any]:
    lines = [
        [
            {
                "text": cell.text,
                "rows": cell.rows,
                "columns": cell.columns,
                "label": cell.label,
                "side": cell.side,
                "hang": cell.hang,
            }
            for cell in row
        ]
        for row in grid.rows
    ]
    return {
        "widths": list(grid.widths),
        "lines": lines,
        "head": grid.head,
        "small": grid.small,
        "look": grid.look and grid.look._asdict(),
        "tight": grid.tight,
        "high": grid.high if grid.high is None else list(grid.high),
        "whole": grid.whole,
    }


def table_data(table: Table) -> dict[str, Any]:
    """Return a table; each row both by column name (for an annex) and as a list of cells (for any table)."""
    return {
        "columns": list(table.columns),
        "rows": [
            {
                **{name: {"text": cell.text, "rows": cell.rows} for name, cell in zip(table.columns, row, strict=True)},
                "cells": [cell.text for cell in row],
                "stub": {"text": "", "rows": 0 if index else len(table.rows)},  # a heading beside all rows
            }
            for index, row in enumerate(table.rows)
        ],
        "total": dict(table.total),
    }


def block_strings(block: Block) -> Iterator[str]:
    """Yield the texts of a block, in reading order; a paragraph is parted where it refers to a footnote."""
    match block:
        case Heading(_, text, number):
            yield number + text
        case Paragraph(parts, number):
            text = number
            for part in parts:
                text += part.text
                if part.note:
                    yield text
                    text = ""
            if text:
                yield text
        case Note(text) | Figure(title=text):
            yield text
        case Grid(rows=rows):
            yield from (cell.text for row in rows for cell in row)
        case Table(columns, rows, total):
            yield from columns
            for row in rows:
                yield from (cell.text for cell in row if cell.rows)
            yield from total.values()


def without_notes(parts: Iterable[Text]) -> Iterator[Text]:
    """Yield runs with each footnote in brackets where the text refers to it: for a cell, a heading."""
    for part in parts:
        yield replace(part, note=()) if part.note else part
        if part.note:
            yield from (Text("（"), *part.note, Text("）"))


def attachment_lines(names: tuple[str, ...]) -> list[str]:
    """Return the note on attachments, numbered where there are several (GB/T 9704—2012, 7.3.4)."""
    if len(names) < 2:
        return [f"附件：{name}" for name in names]
    return [f"{'附件：' if index == 1 else '　　　'}{index}.{name}" for index, name in enumerate(names, 1)]


def signature_lines(unit: str, date: str) -> list[str]:
    """Return name and date as lines of a long name: it ends two characters from the right, the date stands below its
    middle (GB/T 9704—2012, 7.3.5.4); of a name longer than a line, four characters from the right."""
    wide = len(unit)
    before = max(0, LINE - 2 - wide)
    letters = sum(1 if sign.isascii() else 2 for sign in date)
    halves = 2 * before + wide - letters // 2
    halves = halves if before else min(halves, 2 * (LINE - 4) - letters)
    return [SPACE * before + unit, SPACE * (halves // 2) + HALF_SPACE * (halves % 2) + date]


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Give headings and items their literal numbers, consecutive at each level (GB/T 9704—2012, 7.3.3).

    The standard knows no bullets: an item of a list without numbers becomes a paragraph.
    """
    counts = [0] * (MAX_LEVEL + 1)
    level = 0
    result: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            level = block.level
            counts[level] += 1
            counts[level + 1 :] = [0] * (MAX_LEVEL - level)
            block = Heading(level, block.text, ordinal(level, counts[level]))
        elif isinstance(block, Item):
            number = ordinal(min(DEEPEST, level_of(block, level)), block.index) if block.ordered else ""
            block = Paragraph(block.parts, number)
        result.append(block)
    return tuple(result)


def level_of(item: Item, above: int) -> int:
    """Return the level that an item is numbered at, below a heading of level ``above``: 1. first, or （1） below 1."""
    return (4 if above == 3 else 3) + item.depth


def ordinal(level: int, number: int) -> str:
    """Return the number of a heading or an item: 一、 （一） 1. （1） ①."""
    written = {1: f"{chinese(number)}、", 2: f"（{chinese(number)}）", 3: f"{number}.", 4: f"（{number}）"}
    return written.get(level) or circled(number)


def circled(number: int) -> str:
    """Return 1 to 50 in a circle: ①, ㉑, ㊱; any other with the bracket that may stand for it: 51）."""
    for first, last, sign in ((1, 20, "①"), (21, 35, "㉑"), (36, 50, "㊱")):
        if first <= number <= last:
            return chr(ord(sign) + number - first)
    return f"{number}）"


def chinese(number: int) -> str:
    """Return 1 to 99 in Chinese numerals: 二十一."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")


def merged(rows: list[list[str]], columns: Iterable[int]) -> tuple[tuple[Cell, ...], ...]:
    """Return rows of cells in which equal texts below one another merge in ``columns``, each within the one before."""
    cells = [[Cell(text) for text in row] for row in rows]
    starts = {0, len(rows)}
    for column in columns:
        starts |= {index for index in range(1, len(rows)) if rows[index][column] != rows[index - 1][column]}
        edges = sorted(starts)
        for start, end in pairwise(edges):
            cells[start][column] = Cell(rows[start][column], end - start)
            for index in range(start + 1, end):
                cells[index][column] = Cell("", 0)
    return tuple(tuple(row) for row in cells)
