"""A layout and the values of one centre -> grids: the text is cut into cells first, then each cell is filled.

What a value holds is never read as layout, so that “|”, “^”, “<” or a line end in it are characters like others.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from reportgen.facts.wording import Section, Wording
from reportgen.forms.layout import LEFT, PIPE, UP, IndicatorTable, Layout
from reportgen.numbers.formula import Scope
from reportgen.reading.trace import Piece, Traced
from reportgen.telling.messages import _
from reportgen.writing.blocks import Block, Cell, Grid, Note, Table
from reportgen.writing.measure import FIGURE

CUT = re.compile(rf"(\n|{PIPE.pattern})")
AMOUNT = re.compile(r"-?\d+(\.\d+)?")
PART_OF = ("其中", "\u3000")  # how a label begins that is a part of the one above
LONG = 80  # characters of a text that starts at the top of its cell
LEAST, MOST = 4, 30  # characters by which a column is measured
Indicators = Callable[[IndicatorTable], Grid]
Place = tuple[int, int]


@dataclass
class _Line:
    """A line of the layout under way: its pieces, and which of them are a “|” that cuts it into cells."""

    pieces: list[Piece] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)

    @property
    def is_row(self) -> bool:
        return bool(self.cuts) and not any(piece.text.strip() for piece in self.pieces[: self.cuts[0]])

    @property
    def text(self) -> Traced:
        return Traced(self.pieces).stripped()


def layout_blocks(layout: Layout, wording: Wording, scope: Scope, indicators: Indicators) -> Iterator[Block]:
    """Yield the grids of a layout and the lines of text between them; ``indicators`` makes the table of those."""
    table = _Table(layout, wording)
    for number, line in _lines(layout, wording, scope):
        if line.is_row:
            table.add(line)
        elif number in layout.heads:
            table.head = layout.heads[number]
        elif number in layout.money:
            table.money = layout.money[number]
        elif layout.is_directive(number):
            yield from table.finished()
            table.widths = layout.widths.get(number, ())
            if look := layout.indicators.get(number):
                yield indicators(look)
        elif line.text or not layout.line(number).strip():  # else it held nothing but a loop or condition
            yield from table.finished()
            yield from (Note(line.text),) if line.text else ()
    yield from table.finished()


def _lines(layout: Layout, wording: Wording, scope: Scope) -> Iterator[tuple[int, _Line]]:
    """Yield the lines of a layout, loops and conditions carried out, each with the number of the line as typed."""
    lines: list[tuple[int, _Line]] = []
    line = _Line()

    def write(piece: Piece) -> None:
        nonlocal line
        at = piece.offset
        for text in CUT.split(piece.text):
            if text == "\n":
                lines.append((layout.line_at(at), line))
                line = _Line()
            elif text:
                if text == "|":
                    line.cuts.append(len(line.pieces))
                line.pieces.append(Piece(text.replace("\\|", "|"), piece.spot, at))
            at += len(text)

    def show(value: Piece | Section) -> None:
        if isinstance(value, Piece):
            line.pieces.append(value)

    wording.walk(layout.template, scope, layout.spot, write, show)
    lines.append((layout.line_at(len(layout.template.text)), line))
    yield from lines


@dataclass
class _Table:
    """A grid under way: rows of cells as they are cut, None where one merges with its neighbour."""

    layout: Layout
    wording: Wording
    widths: tuple[float, ...] = ()
    head: int = 0
    money: frozenset[int] = frozenset()  # columns, from 0
    rows: list[list[tuple[Cell | None, str, int]]] = field(default_factory=list)

    def add(self, line: _Line) -> None:
        row = []
        for start, end in itertools.pairwise(line.cuts):
            first, last = line.pieces[start].offset, line.pieces[end].offset
            text = Traced(line.pieces[start + 1 : end]).stripped(" \t")
            row.append(self.cell(text, "{" in self.layout.template.text[first:last], first))
        self.rows.append(row)

    def cell(self, text: Traced, tagged: bool, at: int) -> tuple[Cell | None, str, int]:
        if not tagged and text in (LEFT, UP):
            return None, str(text), at
        return cell_of(text, label=not tagged), "", at

    def finished(self) -> Iterator[Grid]:
        """Yield the grid, if there is one, and begin anew."""
        if self.rows:
            for column in self.money:
                self.pad(column)
            widths = self.widths or by_length([[cell for cell, *_rest in row] for row in self.rows], self.layout.area)
            yield Grid(widths, tuple(self.merged(len(widths))), self.head, self.layout.small)
        self.rows, self.widths, self.head, self.money = [], (), 0, frozenset()

    def pad(self, column: int) -> None:
        """Write the amounts of a column with as many decimals as the longest of them has, and at least two."""
        amounts = {
            y: row[column][0]
            for y, row in enumerate(self.rows)
            if column < len(row) and (cell := row[column][0]) and not cell.label and AMOUNT.fullmatch(cell.text)
        }
        places = max((len(cell.text.partition(".")[2]) for cell in amounts.values() if cell), default=0)
        for y, cell in amounts.items():
            if cell and isinstance(cell.text, Traced):
                _whole, dot, decimals = cell.text.partition(".")
                zeros = ("" if dot else ".") + "0" * (max(2, places) - len(decimals))
                self.rows[y][column] = (replace(cell, text=cell.text.ending(zeros)), *self.rows[y][column][1:])

    def merged(self, wide: int) -> Iterator[tuple[Cell, ...]]:
        owners: dict[Place, Place] = {}
        for y, row in enumerate(self.rows):
            for x, (cell, mark, at) in enumerate(row[:wide]):
                before = owners.get((y, x - 1) if mark == LEFT else (y - 1, x)) if cell is None else (y, x)
                if before is None:
                    self.complain(at, _("there is no cell that “{mark}” could merge with").format(mark=mark))
                owners[y, x] = before or (y, x)
        spans: dict[Place, Place] = {}
        for (y, x), (top, left) in owners.items():
            rows, columns = spans.get((top, left), (1, 1))
            spans[top, left] = max(rows, y - top + 1), max(columns, x - left + 1)
        counts: dict[Place, int] = {}
        for owner in owners.values():
            counts[owner] = counts.get(owner, 0) + 1
        for y, row in enumerate(self.rows):
            cells = []
            for x, (cell, _mark, at) in enumerate(row[:wide]):
                if owners[y, x] == (y, x):
                    rows, columns = spans[y, x]
                    if counts[y, x] != rows * columns:
                        self.complain(at, _("the cells that are merged here are no rectangle"))
                        rows = columns = 1
                    own = cell or Cell("")
                    cells.append(Cell(own.text, rows, columns, own.label, own.side, own.hang))
            yield tuple(cells)

    def complain(self, at: int, message: str) -> None:
        hint = _("“<” stands right of the cell it belongs to, “^” below it")
        self.wording.complain("bad-template", self.layout.spot(at, 1), message, hint)


def cell_of(text: str, label: bool = False) -> Cell:
    """Return a cell: labels and figures centred, words to the left, long texts from the top."""
    if label and text.startswith(PART_OF):
        return Cell(text, side="left", hang=len(text) - len(text.lstrip("\u3000")))
    if label or FIGURE.fullmatch(text):
        return Cell(text, label=label and text != "—", side="center")
    return Cell(text, side="top" if len(text) > LONG or "\n" in text else "left")


def by_length(rows: Sequence[Sequence[Cell | None]], area: float) -> tuple[float, ...]:
    """Return widths that fill the area, shared out by the longest line of each column."""
    wide = max(map(len, rows))
    columns = [[row[x] for row in rows if x < len(row)] for x in range(wide)]
    longest = [max((_width(cell.text) for cell in column if cell), default=LEAST) for column in columns]
    shares = [min(MOST, max(LEAST, each)) for each in longest]
    return tuple(round(area * share / sum(shares), 1) for share in shares)


def _width(text: str) -> float:
    """Return the longest line in characters; a half-width one is half of one."""
    return max(sum(0.5 if sign.isascii() else 1 for sign in line) for line in text.split("\n"))


def indicator_grid(table: Table, look: IndicatorTable, layout: Layout) -> Grid:
    """Return the table of indicators as a grid: headings on every page, equal levels merged, the totals last."""
    stub = 1 if look.stub else 0
    make = partial(cell_of, label=True)
    head = [*([make("")] if stub else []), *map(make, table.columns)]
    rows = [tuple(head)]
    for index, row in enumerate(table.rows):
        cells = [
            Cell(cell.text, cell.rows, 1, side="center" if name in look.centered else "left")
            for name, cell in zip(table.columns, row, strict=True)
            if cell.rows
        ]
        beside = [Cell(look.stub, len(table.rows), label=True, side="center")] if stub and not index else []
        rows.append((*beside, *cells))
    if table.total:
        rows.append(tuple(_totals(table, stub)))
    widths = look.widths or by_length([head, *(list(row) for row in table.rows)], layout.area)
    return Grid(widths, tuple(rows), 1, layout.small)


def _totals(table: Table, stub: int) -> Iterator[Cell]:
    """Yield the cells of the last row: a text reaches up to the next column that has one."""
    named = [index for index, name in enumerate(table.columns) if name in table.total]
    edges = [0, *named[1:], len(table.columns)] if named else []
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        text = table.total[table.columns[named[number]]]
        span = end - start + (stub if number == 0 else 0)
        last = number == len(edges) - 2
        yield Cell(text, 1, 1 if last else span, label=True, side="center")
        yield from (Cell("") for _column in range(span - 1) if last)
