"""A grid -> the XML of a Word table, in the styles of the house: a table made in Word cannot loop over its columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from html import escape

from reportgen.writing.blocks import Cell, CellLook, Document, Grid, Heading

TWIPS = 1440 / 25.4  # in a millimetre
TABLE, LEFT, CENTERED, LABEL = "GongwenTable", "GongwenCell", "GongwenCellCentered", "GongwenCellHead"
STRONG, SMALL = "GongwenStrong", "Small"
AFTER = '<w:p><w:pPr><w:pStyle w:val="GongwenPageBreak"/></w:pPr></w:p>'  # else Word makes one of two tables


def titled_grids(document: Document) -> Iterator[tuple[int, Grid, str]]:
    """Yield each grid after its place among the blocks, with what a reader aloud calls it: the heading above it."""
    title = document.name
    for index, block in enumerate(document.blocks):
        if isinstance(block, Heading):
            title = block.text
        elif isinstance(block, Grid):
            yield index, block, title


def grid_xml(grid: Grid, title: str) -> str:
    """Return the table as w:tbl, with the title that readers aloud tell, and the paragraph of one point behind it."""
    edges = [round(sum(grid.widths[:index]) * TWIPS) for index in range(len(grid.widths) + 1)]
    columns = "".join(f'<w:gridCol w:w="{end - start}"/>' for start, end in itertools.pairwise(edges))
    rows = "".join(f"<w:tr>{_kept(grid, index)}{cells}</w:tr>" for index, cells in enumerate(_rows(grid, edges)))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE}"/><w:tblW w:w="{edges[-1]}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/>{_margins(grid.look)}<w:tblCaption w:val="{escape(title)}"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>{AFTER}"
    )


def _kept(grid: Grid, row: int) -> str:
    """Return the properties of a row: whether a page may part it, and whether it stands on every page."""
    kept = "" if row in (grid.high or ()) else "<w:cantSplit/>"
    return f"<w:trPr>{kept}{'<w:tblHeader/>' if row < grid.head else ''}</w:trPr>"


def _rows(grid: Grid, edges: list[int]) -> Iterator[str]:
    """Yield the cells of each row; one that goes on from above stands there without text."""
    going_on: dict[int, tuple[int, Cell]] = {}  # by column: how many rows are still to come, and the cell
    for y, row in enumerate(grid.rows):
        keep = "<w:keepNext/>" if grid.whole and y < len(grid.rows) - 1 else ""
        cells, own, x = [], iter(row), 0
        while x < len(grid.widths):
            left, cell = going_on.pop(x, (0, None))
            merge = ""
            if cell is None:
                if (cell := next(own, None)) is None:
                    break
                left, merge = cell.rows, '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
                text = cell.text
            else:
                merge, text = "<w:vMerge/>", ""
            if left > 1:
                going_on[x] = (left - 1, cell)
            width = edges[x + cell.columns] - edges[x]
            span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
            align = "" if cell.side == "top" else '<w:vAlign w:val="center"/>'
            properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}{align}'
            cells.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraph(cell, text, grid, keep)}</w:tc>")
            x += cell.columns
        yield "".join(cells)


def _paragraph(cell: Cell, text: str, grid: Grid, keep: str) -> str:
    """Return a cell's paragraph; the style of labels keeps with the next row, which one over many rows must not."""
    beside = cell.label and cell.rows > 1
    style = LABEL if cell.label and not beside else CENTERED if cell.side == "center" else LEFT
    style += SMALL if grid.small else ""
    strong = f'<w:rStyle w:val="{STRONG}"/>' if beside else ""
    hang = round(cell.hang * grid.letters * 20)
    indent = f'<w:ind w:left="{hang}" w:hanging="{hang}"/>' if hang else ""
    spacing, size = _spacing(grid.look) + indent, _size(grid.look)
    shown = f'<w:t xml:space="preserve">{broken_lines(text)}</w:t>'
    run = f'<w:r><w:rPr>{strong}<w:rFonts w:hint="eastAsia"/>{size}</w:rPr>{shown}</w:r>'
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{spacing}</w:pPr>{run if text else ""}</w:p>'


def _margins(look: CellLook | None) -> str:
    if look is None:
        return ""
    side = round(look.aside * 20)
    return f'<w:tblCellMar><w:left w:w="{side}" w:type="dxa"/><w:right w:w="{side}" w:type="dxa"/></w:tblCellMar>'


def _spacing(look: CellLook | None) -> str:
    if look is None:
        return ""
    air, line = round(look.inset * 20), round(look.line * 20)
    return f'<w:spacing w:before="{air}" w:after="{air}" w:line="{line}" w:lineRule="exact"/>'


def _size(look: CellLook | None) -> str:
    half = 0 if look is None else round(look.size * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>' if half else ""


def broken_lines(text: str) -> str:
    """Return a text of several lines as the inside of w:t, with Word's line breaks."""
    lines = (escape(line, quote=False) for line in re.split("\r\n|\r|\n", text))
    return '</w:t><w:br/><w:t xml:space="preserve">'.join(lines)
