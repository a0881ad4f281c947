"""A document of tables -> the same, set on as few sheets as it can: one setting for both printers.

A ladder is climbed until the table needs no sheet fewer: columns by content, less air, one size down. Then it is cut
where a sheet ends: the headings stand on each, a label that goes on is told again with （续）, a group of up to four
rows stays together, and no last sheet has fewer than three rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from math import ceil
from operator import itemgetter
from typing import NamedTuple

from reportgen.writing.blocks import (
    Block,
    Cell,
    CellLook,
    Document,
    Figure,
    Grid,
    Heading,
    Note,
    PageBreak,
    Paragraph,
    Table,
)
from reportgen.writing.columns import CONTINUED, GROUP, MM, RULE, by_content, evened, positions
from reportgen.writing.measure import RAGGED, about, lines, pushed_together, widest_word, width
from reportgen.writing.titles import title_lines

LAST = 3  # rows that a last sheet has at least
TIGHT_LINE, TIGHT_INSET, TIGHT_ASIDE = 3.5, 1.2, 3.0  # points: what a line is higher than its letters; the cell's air
DOWN = 1.5, 1.0  # points from 五号 to 小五, and from there to the smallest
SMALLEST = 8.0
MOST_TITLES = 3  # lines of a title
SIGNATURE = 4  # lines: two that are empty, name and date
SHORT = 6.5  # ems: a cell that is centred
HIGH = 80 * MM  # points: a row that is higher may be parted between two pages, a small table that is lower may not
HIGH_TEXT = 30  # characters of a text that may be so high
INDENT = "　　"
CLOSE_CALL = 0.02  # of a line: where a text is walked through, which takes longer


class Sheet(NamedTuple):
    """What the house's file says of a page, in points: its type area, and the heights of what stands above a table."""

    width: float
    height: float
    char: float
    line: float
    title_size: float
    title_line: float
    cell: CellLook
    small: CellLook


class Shape(StrEnum):
    """What does not fit."""

    TITLE = "title"
    FORM = "form"
    ROW = "row"


class Misfit(NamedTuple):
    """What does not fit: lines of a title, sheets of a form, per cent of a page; and the texts that take the room."""

    shape: Shape
    extent: int
    texts: tuple[str, ...]


def fitted(document: Document, sheet: Sheet) -> Document:
    """Return a document with its tables set: a report in its text, a form or annex cut into sheets."""
    titles = (title_lines(line, sheet.width / sheet.title_size) for line in document.title)
    document = replace(document, title=tuple(line for broken in titles for line in broken))
    blocks = _set(document, sheet)
    return replace(document, blocks=tuple(_looked_at(block, sheet, document.signed) for block in blocks))


def _set(document: Document, sheet: Sheet) -> Iterable[Block]:
    if document.signed:
        return _in_text(document, sheet)
    tables = any(isinstance(block, Grid) for block in document.blocks)
    alone = all(isinstance(block, Grid | Note) for block in document.blocks)
    return _best(document, sheet).blocks if tables and alone else document.blocks


def _looked_at(block: Block, sheet: Sheet, signed: bool) -> Block:
    """Return a block; of a table it is known, so that no printer measures, whether a word may be wider than its cell,
    which rows a page may part, and in a report whether it is so small that none parts it.
    """
    if not isinstance(block, Grid):
        return block
    look = block.look or (sheet.small if block.small else sheet.cell)
    tight, high = False, set()
    for y, x, cell in positions(block):
        room = sum(block.widths[x : x + cell.columns]) * MM - 2 * look.aside
        tight = tight or widest_word(cell.text) * look.size > room
        if len(cell.text) > HIGH_TEXT and _lines_in(cell, room / look.size) * look.line > HIGH:
            high.add(y)
    rows = (_from_the_top(row) if y in high else row for y, row in enumerate(block.rows))
    small = signed and len(block.rows) <= block.head + GROUP
    whole = small and sum(_Measured(block, look).heights) <= HIGH
    return replace(block, rows=tuple(rows), tight=tight, high=tuple(sorted(high)), whole=whole, letters=look.size)


def _lines_in(cell: Cell, measure: float) -> int:
    """Return how many lines a cell takes of so many ems; further lines begin below the first."""
    if not cell.hang:
        return lines(cell.text, measure)
    return lines(cell.text[cell.hang :], max(1.0, measure - cell.hang))


def _from_the_top(row: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return a row that a page may part: its texts begin at the top, what is short stays in the middle."""
    return tuple(replace(cell, side="top") if cell.side == "left" and not cell.label else cell for cell in row)


def _in_text(document: Document, sheet: Sheet) -> Iterator[Block]:
    """Yield the blocks of a report: its tables as grids, the lead-in before one and the end kept with what follows."""
    blocks = document.blocks
    for index, block in enumerate(blocks):
        behind = blocks[index + 1] if index + 1 < len(blocks) else None
        if isinstance(block, Table):
            yield prose_grid(block, sheet)
        elif isinstance(block, Paragraph) and isinstance(behind, Table | Grid | Figure):
            yield replace(block, keep=True)
        elif isinstance(block, Paragraph) and behind is None:
            yield replace(block, keep=_is_short(block, document, sheet), last=True)
        else:
            yield block


def misfits(document: Document, sheet: Sheet) -> Iterator[Misfit]:
    """Yield what a document that is set has against it: a title like text, a form of two sheets, a row like a page."""
    taken = sum(max(1, ceil(width(line) * sheet.title_size / sheet.width)) for line in document.title)
    if taken > MOST_TITLES:
        yield Misfit(Shape.TITLE, taken, document.title)
    measured = {
        index: _Measured(block, block.look or (sheet.small if block.small else sheet.cell))
        for index, block in enumerate(document.blocks)
        if isinstance(block, Grid)
    }
    sheets = _sheets(document, sheet, measured)
    if sheets > 1 and document.table is not None and not document.label:
        tallest = sorted((each for grid in measured.values() for each in grid.tallest), reverse=True)
        yield Misfit(Shape.FORM, sheets, tuple(dict.fromkeys(text for _lines, text, _row in tallest))[:2])
    for grid in measured.values():
        if max(grid.heights, default=0.0) > sheet.height / 2:
            longest = {row: text for _lines, text, row in reversed(grid.tallest)}
            for row, height in enumerate(grid.heights):
                if height > sheet.height / 2:
                    yield Misfit(Shape.ROW, round(100 * height / sheet.height), (longest.get(row, ""),))


def _sheets(document: Document, sheet: Sheet, measured: Mapping[int, _Measured]) -> int:
    """Return how many sheets a document that is set takes: a row that is higher than a sheet flows over it."""
    sheets, used = 1, _above(document, sheet)
    for index, block in enumerate(document.blocks):
        if isinstance(block, PageBreak):
            sheets, used = sheets + 1, 0.0
        used += sum(measured[index].heights) if index in measured else 0.0
        over = max(0, ceil(used / sheet.height) - 1)
        sheets, used = sheets + over, used - over * sheet.height
    return sheets


def _is_short(paragraph: Paragraph, document: Document, sheet: Sheet) -> bool:
    """Tell whether a last paragraph stands on one page with all that follows it.

    Of a longer one, only the last lines should go along; a word processor that moves it whole would part it from them.
    """
    own = lines(paragraph.text, sheet.width / sheet.char - 1) + 1
    return own + _lines_below(document) <= int(sheet.height / sheet.line)


def lines_about(document: Document, sheet: Sheet) -> list[tuple[bool, int]]:
    """Return of each block of a report whether it is a heading, and about how many lines it takes.

    Nothing is returned where there is anything but headings and paragraphs.
    """
    blocks = [block for block in document.blocks if isinstance(block, Heading | Paragraph)]
    if len(blocks) < len(document.blocks) or document.cover or document.listed or document.notes:
        return []
    texts = ((block, block.number + block.text if isinstance(block, Heading) else block.text) for block in blocks)
    return [(isinstance(block, Heading), _lines_about(text, sheet.width / sheet.char)) for block, text in texts]


def _lines_about(text: str, measure: float) -> int:
    wide = (len(INDENT) + about(text) - pushed_together(text) - RAGGED) / (measure - RAGGED)
    if abs(wide - round(wide)) < CLOSE_CALL:
        return lines(INDENT + text, measure)
    return max(1, ceil(wide))


def pages_about(document: Document, sheet: Sheet, blocks: Iterable[tuple[bool, int]]) -> int:
    """Return how many pages a report of such blocks takes: a heading is not the last line of a page."""
    per_page = int(sheet.height / sheet.line + 0.01)
    left = int((sheet.height - len(document.title) * sheet.title_line) / sheet.line + 0.01) - 1
    pages, headings = 1, 0
    for is_heading, count in blocks:
        headings += count if is_heading else 0
        if is_heading:
            continue
        if headings + 1 > left:
            pages, left = pages + 1, per_page
        more = max(0, ceil((headings + count - left) / per_page))
        pages, left, headings = pages + more, left + more * per_page - headings - count, 0
    return pages + (_lines_below(document) > left)


def _lines_below(document: Document) -> int:
    """Return the lines of name and date, of the note on attachments, and of what is blank above each."""
    return SIGNATURE + len(document.attachments) + bool(document.attachments)


def prose_grid(table: Table, sheet: Sheet) -> Grid:
    """Return a table of the wording as a grid over the whole width: short cells and figures centred, texts left."""
    head = tuple(Cell(name, label=True, side="center") for name in table.columns)
    rows = [
        tuple(Cell(cell.text, side="center" if width(cell.text) <= SHORT else "left") for cell in row)
        for row in table.rows
    ]
    grid = Grid((sheet.width / MM / len(head),) * len(head), (head, *rows), 1)
    return replace(grid, widths=by_content(grid, sheet.cell, sheet.width))


def _best(document: Document, sheet: Sheet) -> _Setting:
    """Return the first rung of the ladder with the fewest sheets, with as much air as these have room for."""
    grids = (block for block in document.blocks if isinstance(block, Grid))
    usual = sheet.small if next(grids).small else sheet.cell
    best = _Setting(document, sheet, usual, usual)
    if best.sheets == 1:
        return _even(best, document, sheet, usual)
    shaped, size = document, 0.0
    for look in ladder(usual):
        if look.size != size:
            size, blocks = look.size, tuple(_shaped(block, look, sheet.width) for block in document.blocks)
        setting = _Setting(replace(document, blocks=blocks), sheet, look, usual)
        if setting.sheets < best.sheets or (look.line == usual.line and setting.sheets == best.sheets):
            best, shaped = setting, replace(document, blocks=blocks)
        if best.sheets == 1:
            break
    if best.look.inset < usual.inset:
        airy = _Setting(shaped, sheet, best.look._replace(inset=usual.inset), usual)
        return airy if airy.sheets == best.sheets else best
    return best


def _even(setting: _Setting, document: Document, sheet: Sheet, usual: CellLook) -> _Setting:
    """Return the setting with its author's columns changed where a label would be torn, if it stays on its sheet."""
    blocks = tuple(
        replace(block, widths=evened(block, usual)) if isinstance(block, Grid) and block.head else block
        for block in document.blocks
    )
    if blocks == document.blocks:
        return setting
    even = _Setting(replace(document, blocks=blocks), sheet, usual, usual)
    return even if even.sheets == 1 else setting


def _shaped(block: Block, look: CellLook, area: float) -> Block:
    """Return a table of data with columns by content; a form's head keeps the widths that its author gave it."""
    if not isinstance(block, Grid) or not block.head:
        return block
    return replace(block, widths=by_content(block, look, min(sum(block.widths) * MM, area)))


def ladder(usual: CellLook) -> Iterator[CellLook]:
    """Yield the settings to try, the most comfortable first."""
    yield usual._replace(aside=TIGHT_ASIDE)
    yield tight(usual.size)
    smaller = usual.size - (DOWN[0] if usual.size > 10 else DOWN[1])
    if smaller >= SMALLEST:
        yield tight(smaller)


def tight(size: float) -> CellLook:
    """Return the setting with the least air that is still easy to read."""
    return CellLook(size, size + TIGHT_LINE, TIGHT_INSET, TIGHT_ASIDE)


# --- one setting -----------------------------------------------------------------------------------------------


class _Setting:
    """The document as one rung of the ladder sets it."""

    def __init__(self, document: Document, sheet: Sheet, look: CellLook, usual: CellLook) -> None:
        self.room = sheet.height - look.line  # a line is kept back: other fonts are a little wider
        self.used = _above(document, sheet)
        self.look = look
        self.sheets = 1
        self.blocks: list[Block] = []
        for block in document.blocks:
            if isinstance(block, Grid):
                measured = _Measured(replace(block, look=None if look == usual else look), look)
                self.add(measured, last=not _any_grid_behind(block, document.blocks))
            elif isinstance(block, Note):
                self.used += lines(block.text, sheet.width / look.size) * look.line + 2 * sheet.cell.inset
                if self.used > self.room:  # it would stand on a sheet of its own
                    self.sheets, self.used = self.sheets + 1, 0.0
                self.blocks.append(block)

    def add(self, table: _Measured, last: bool) -> None:
        """Cut a table where sheets end; one of which not even a row fits below what stands there begins a sheet."""
        least = sum(table.heights[: table.grid.head + 1])
        if self.blocks and self.used + least > self.room:
            self.blocks.append(PageBreak())
            self.sheets, self.used = self.sheets + 1, 0.0
        start = 0
        for end in [*self.ends(table, last), len(table.heights)]:
            if start:
                self.blocks.append(PageBreak())
                self.sheets, self.used = self.sheets + 1, table.head_height
            piece = table.piece(start, end)
            self.used += sum(table.heights[start:end])
            if self.used > self.room:  # a row that is higher than a sheet flows over it
                over = ceil(self.used / self.room) - 1
                self.sheets, self.used = self.sheets + over, self.used - over * self.room
            self.blocks.append(piece)
            start = end

    def ends(self, table: _Measured, last: bool) -> list[int]:
        """Return the rows, head and all, before which a new sheet begins."""
        heights, allowed = table.heights, table.allowed
        first, found, used = table.grid.head, [], self.used
        start = 0
        for row, height in enumerate(heights):
            if used + height > self.room and row > max(start, first):
                cut = max((at for at in allowed if start < at <= row and at > first), default=row)
                found.append(cut)
                start = cut
                used = table.head_height + sum(heights[cut:row])
            used += height
        if found and last and len(heights) - found[-1] < LAST:
            before = found[-2] if len(found) > 1 else first
            earlier = [at for at in allowed if before < at <= len(heights) - LAST]
            found[-1] = max(earlier, default=found[-1])
        return found


def _any_grid_behind(grid: Grid, blocks: Sequence[Block]) -> bool:
    at = next(index for index, block in enumerate(blocks) if block is grid)
    return any(isinstance(block, Grid) for block in blocks[at + 1 :])


def _above(document: Document, sheet: Sheet) -> float:
    """Return the height of label and title, and of the half line below them."""
    per_line = sheet.width / sheet.title_size
    titles = sum(max(1, ceil(width(line) / per_line)) for line in document.title)
    return (2 * sheet.line if document.label else 0) + titles * sheet.title_line + sheet.line / 2


@dataclass(frozen=True)
class _Measured:
    """A grid with the heights of its rows in points."""

    grid: Grid
    look: CellLook

    @cached_property
    def placed(self) -> list[tuple[int, int, Cell]]:
        """Each cell with its row and its first column."""
        return list(positions(self.grid))

    @cached_property
    def counts(self) -> list[int]:
        """The lines of each cell."""
        look, widths = self.look, self.grid.widths
        rooms = (sum(widths[x : x + cell.columns]) * MM - 2 * look.aside - RULE for _y, x, cell in self.placed)
        return [_lines_in(cell, room / look.size) for room, (_y, _x, cell) in zip(rooms, self.placed, strict=True)]

    @cached_property
    def tallest(self) -> list[tuple[int, str, int]]:
        """The lines, the text and the row of each cell that is no label, the most lines first."""
        cells = zip(self.counts, self.placed, strict=True)
        return sorted(((count, cell.text, y) for count, (y, _x, cell) in cells if not cell.label), reverse=True)

    @cached_property
    def heights(self) -> list[float]:
        """The height of each row; what a merged cell needs more stands in its last row."""
        look = self.look
        counts = [1] * len(self.grid.rows)
        merged: list[tuple[int, int, int]] = []
        for (y, _x, cell), count in zip(self.placed, self.counts, strict=True):
            if cell.rows == 1:
                counts[y] = max(counts[y], count)
            else:
                merged.append((y, cell.rows, count))
        heights = [count * look.line + 2 * look.inset + RULE for count in counts]
        for y, rows, count in merged:
            missing = count * look.line + 2 * look.inset - sum(heights[y : y + rows])
            heights[y + rows - 1] += max(0.0, missing)
        return heights

    @property
    def head_height(self) -> float:
        return sum(self.heights[: self.grid.head])

    @cached_property
    def allowed(self) -> set[int]:
        """The rows before which it may be cut: not within a small group, nor beside the end of another."""
        inside: set[int] = set()
        for y, _x, cell in self.placed:
            if 1 < cell.rows <= GROUP:
                inside.update(range(y + 1, y + cell.rows))
            elif cell.rows > GROUP and not cell.label:
                inside |= {y + 1, y + cell.rows - 1}
        return set(range(1, len(self.grid.rows))) - inside

    def piece(self, start: int, end: int) -> Grid:
        """Return the rows from ``start`` up to ``end``, with the headings above; labels that go on stand there anew."""
        if (start, end) == (0, len(self.grid.rows)):
            return self.grid
        head = self.grid.rows[: self.grid.head] if start else ()
        rows: list[list[Cell]] = [[] for _row in range(start, end)]
        for y, _x, cell in sorted(self.placed, key=itemgetter(1)):
            first, past = max(y, start), min(y + cell.rows, end)
            if first < past:
                if past - first < cell.rows:
                    goes_on = y < start and cell.text and not cell.label
                    cell = replace(cell, text=cell.text + CONTINUED if goes_on else cell.text, rows=past - first)
                rows[first - start].append(cell)
        return replace(self.grid, rows=(*head, *map(tuple, rows)))
