"""The cells of a grid -> widths of its columns by content: the table as low as it can be, no word or number broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import ceil, inf

from reportgen.writing.blocks import Cell, CellLook, Grid
from reportgen.writing.measure import FEWEST, RAGGED, heading_width, lines_of, set_in, widest_figure, widest_unit, width

CONTINUED = "（续）"  # behind a label that is told again on the next sheet
GROUP = 4  # rows that stay together on a sheet
MM = 72 / 25.4  # points in a millimetre
RULE = 0.5  # points: the line beside and below a cell
STEPS = (8.0, 4.0, 2.0, 1.0)  # mm that a column gives to another
ALONE, TORN = 0.3, 1.0  # lines that a character alone at the end of a text counts for, and a label that is torn
FEWER, MORE = 2, 4  # characters that a line of a column is tried with
CLOSE = 0.05  # ems by which one printer holds more in a line than another
TERSE = 5  # characters of a label that must not be torn: it counts twice
LABEL = 16  # characters of a text that is looked at as a label
Counts = tuple[list[float], int, int]  # of a column: the lines of each row, the texts that end badly, the labels torn


def by_content(grid: Grid, look: CellLook, area: float) -> tuple[float, ...]:
    """Return widths in mm, ``area`` points together, with which the table is lowest; no number or word is broken.

    Columns give to one another what lowers the table; where all numbers of a line together are too wide, the widths
    are those of the numbers, in proportion.
    """
    columns = _columns(grid, look)
    total = round(area / MM, 1)
    least = _least(columns, total)
    if sum(least) >= total:
        return tuple(round(total * each / sum(least), 1) for each in least)
    wanted = [column.wanted for column in columns]
    spare = total - sum(least)
    shares = [max(0.0, want - low) for want, low in zip(wanted, least, strict=True)]
    widths = [
        round(low + spare * share / (sum(shares) or 1), 1) if sum(shares) else round(low + spare / len(least), 1)
        for low, share in zip(least, shares, strict=True)
    ]
    widths[-1] = round(total - sum(widths[:-1]), 1)
    return tuple(_evened(columns, _exchanged(columns, widths, least), least))


def evened(grid: Grid, look: CellLook) -> tuple[float, ...]:
    """Return the widths that a grid has, changed where a label would be torn with them."""
    columns = _columns(grid, look)
    if not any(column.counts(wide)[2] for column, wide in zip(columns, grid.widths, strict=True)):
        return grid.widths
    return tuple(_evened(columns, list(grid.widths), _least(columns, sum(grid.widths))))


def _columns(grid: Grid, look: CellLook) -> list[_Column]:
    columns = [_Column(look, len(grid.rows)) for _width in grid.widths]
    for y, x, cell in positions(grid):
        if cell.columns == 1:
            columns[x].take(y, cell)
    return columns


def _least(columns: Sequence[_Column], total: float) -> list[float]:
    """Return the least widths in mm: those of the words, or of the numbers alone where there is no room for these."""
    least = [column.wide(column.widest) for column in columns]
    return least if sum(least) < total else [column.wide(column.figure) for column in columns]


def _exchanged(columns: Sequence[_Column], widths: list[float], least: Sequence[float]) -> list[float]:
    """Let columns give millimetres to others as long as that makes the table lower."""
    if len(widths) < 2:
        return widths
    found = [column.counts(wide) for column, wide in zip(columns, widths, strict=True)]
    lowest = _lines_of(found)
    for step in STEPS:
        better = True
        while better:
            better = False
            gains: dict[int, float] = {}
            for giver in range(len(widths)):
                for taker in range(len(widths)):
                    if giver == taker or widths[giver] - step < least[giver]:
                        continue
                    narrow = columns[giver].counts(round(widths[giver] - step, 1))
                    if taker not in gains:
                        gains[taker] = _gain(found, taker, columns[taker].counts(round(widths[taker] + step, 1)))
                    if gains[taker] <= ALONE * (narrow[1] - found[giver][1]):
                        continue  # a narrower giver has no fewer lines: most pairs end here
                    tried = list(found)
                    tried[giver], tried[taker] = narrow, columns[taker].counts(round(widths[taker] + step, 1))
                    if (count := _lines_of(tried)) < lowest:
                        found, lowest, better = tried, count, True
                        widths[giver], widths[taker] = round(widths[giver] - step, 1), round(widths[taker] + step, 1)
                        gains.clear()
    return widths


def _evened(columns: Sequence[_Column], widths: list[float], least: Sequence[float]) -> list[float]:
    """Let each column in which labels are torn hold a few characters more or less, at the cost of another."""
    for at, column in enumerate(columns):
        found = [each.counts(wide) for each, wide in zip(columns, widths, strict=True)]
        if not found[at][2]:
            continue
        best, lowest = widths, _looks_of(found)
        for wide in column.others(widths[at], least[at]):
            for other, given in enumerate(widths):
                left = round(given - (wide - widths[at]), 1)
                if other == at or left < least[other]:
                    continue
                tried = list(found)
                tried[at], tried[other] = column.counts(wide), columns[other].counts(left)
                if (count := _looks_of(tried)) < lowest:
                    best, lowest = list(widths), count
                    best[at], best[other] = wide, left
        widths = best
    return widths


def _gain(found: Sequence[Counts], taker: int, wide: Counts) -> float:
    """Return by how much the table gets lower, at the most, where one column is made wider."""
    before, alone, _torn = found[taker]
    after, still_alone, _still_torn = wide
    gained = ALONE * (alone - still_alone)
    if before != after:
        others = [counts for at, (counts, *_looks) in enumerate(found) if at != taker]
        heights = list(map(max, *others)) if len(others) > 1 else others[0]
        gained += sum(map(max, heights, before)) - sum(map(max, heights, after))
    return gained


def _lines_of(found: Sequence[Counts]) -> float:
    needed: float = sum(map(max, *[counts for counts, _alone, _torn in found])) if len(found) > 1 else sum(found[0][0])
    return needed + ALONE * sum([alone for _counts, alone, _torn in found])


def _looks_of(found: Sequence[Counts]) -> float:
    return _lines_of(found) + TORN * sum([torn for _counts, _alone, torn in found])


class _Column:
    """The texts of one column, by row: how wide each is, line by line; labels as they are."""

    def __init__(self, look: CellLook, rows: int) -> None:
        self.look = look
        self.rows = rows
        self.wides: list[tuple[list[float], int, int]] = []
        self.labels: list[tuple[str, int, int]] = []
        self.widest = self.figure = 1.0  # in ems: a word or number, a number; at least one character
        self.known: dict[float, Counts] = {}

    def take(self, row: int, cell: Cell) -> None:
        wide = width(cell.text)
        if wide == len(cell.text) <= LABEL and "\n" not in cell.text:
            self.labels.append((str(cell.text), row, cell.rows))
        else:
            self.wides.append(([width(line) for line in cell.text.split("\n")], row, cell.rows))
        heading = heading_width(cell.text) if cell.label and cell.rows == 1 else 1.0
        again = CONTINUED if cell.rows > GROUP and not cell.label else ""
        self.widest = max(self.widest, heading, widest_unit(cell.text), width(again))
        self.figure = max(self.figure, widest_figure(cell.text))

    @property
    def aside(self) -> float:
        return 2 * self.look.aside + RULE

    def wide(self, measure: float) -> float:
        """Return how wide the column is in mm that has so many ems in a line."""
        return ceil((measure * self.look.size + self.aside) / MM * 10 + 1) / 10

    def measure(self, wide: float) -> float:
        """Return how many ems a line has when the column is ``wide`` mm."""
        return (wide * MM - self.aside) / self.look.size

    def others(self, wide: float, least: float) -> Iterator[float]:
        """Yield widths of a few characters more or less with which fewer labels are torn than with ``wide``."""
        count = int(self.measure(wide))
        for each in map(self.wide, range(max(FEWEST, count - FEWER), count + MORE + 1)):
            if each >= least and self.counts(each)[2] < self.counts(wide)[2]:
                yield each

    @cached_property
    def wanted(self) -> float:
        """In mm: the longest text on as many lines as it has rows."""
        texts = (sum(wides) / rows for wides, _row, rows in self.wides)
        longest = max((*texts, *(len(text) / rows for text, _row, rows in self.labels)), default=0.0)
        return (longest * self.look.size + self.aside) / MM

    @cached_property
    def longest_first(self) -> list[tuple[float, list[float], int, int]]:
        """Each text with its widest line before it; one that has several lines stands before all of one."""
        lines = ((max(wides) if len(wides) == 1 else inf, wides, row, rows) for wides, row, rows in self.wides)
        return sorted(lines, key=lambda text: -text[0])

    @cached_property
    def longest_labels(self) -> list[tuple[str, int, int]]:
        return sorted(self.labels, key=lambda label: -len(label[0]))

    def counts(self, wide: float) -> Counts:
        """Return how many lines each row needs when the column is ``wide`` mm; a merged cell's are shared out.

        And in how many cells a single character would stand in the last line; and how many labels would be torn.
        """
        if wide not in self.known:
            measure = self.measure(wide)
            found, alone, torn = [1.0] * self.rows, 0, 0
            for needed, runt, tear, row, rows in (*self._texts(measure), *self._labels(measure)):
                alone, torn = alone + runt, torn + tear
                for at in range(row, row + rows):
                    found[at] = max(found[at], needed / rows)
            self.known[wide] = found, alone, torn
        return self.known[wide]

    def _texts(self, measure: float) -> Iterator[tuple[int, bool, int, int, int]]:
        for longest, wides, row, rows in self.longest_first:
            if longest <= measure - RAGGED:  # this and all that follow stand on one line
                break
            needed, runt = 0, False
            for each in wides:
                count, ends_alone = lines_of(each, measure)
                needed, runt = needed + count, runt or ends_alone
            yield needed, runt, 0, row, rows

    def _labels(self, measure: float) -> Iterator[tuple[int, bool, int, int, int]]:
        """Yield the same of labels; where a line holds a character more in one printer than in another, of both."""
        count, most = int(measure), int(measure + RULE / self.look.size + CLOSE)
        for text, row, rows in self.longest_labels:
            if len(text) <= count:
                break
            needed, torn = set_in(text, count)
            torn = torn or (most > count and set_in(text, most)[1])
            yield needed, torn, torn * (2 if len(text) <= TERSE else 1), row, rows


def positions(grid: Grid) -> Iterator[tuple[int, int, Cell]]:
    """Yield each cell with its row and its first column, both from 0."""
    until = [0] * len(grid.widths)  # by column: the row from which it is free
    for y, row in enumerate(grid.rows):
        x = 0
        for cell in row:
            while x < len(until) and until[x] > y:
                x += 1
            yield y, x, cell
            for column in range(x, min(x + cell.columns, len(until))):
                until[column] = y + cell.rows
            x += cell.columns
