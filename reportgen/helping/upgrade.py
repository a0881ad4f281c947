"""A form with a table made in Word and Typst -> the layout as text (annex.md) that prints the same.

The layout is read from the Word template, whose tables say where each cell stands and what merges; then it is proven:
the PDF made from it and the Word file of the old template, both filled with numbers that differ, hold the same cell by
cell. Only the heading beside all rows (标目) stands elsewhere: above them in the old, in the middle of them in the new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reportgen.forms.form import LAYOUT, Annex, Form
from reportgen.forms.layout import (
    ACROSS,
    CENTERED,
    HEAD,
    INDICATORS,
    LEFT,
    SIZE,
    SMALL,
    STUB,
    TURNED,
    UP,
    WIDTHS,
    Fault,
    read_layout,
)
from reportgen.helping.preview import written
from reportgen.numbers.grammar import FormulaError, parse_template
from reportgen.printing.intake import parts_of
from reportgen.printing.integrity import span_of
from reportgen.printing.passages import differences
from reportgen.printing.pdftree import structure_of
from reportgen.printing.wordtext import BODY, W
from reportgen.reading.project import HOUSE
from reportgen.running.library import Library
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _
from reportgen.writing.blocks import Block, Document, Grid

STYLES = "word/styles.xml"
TWIPS = 1440 / 25.4  # of a millimetre
SMALL_SIZE = 18  # half points: 小五, 9 pt
FRAME = re.compile(r"\{%p .*?%\}|\{\{ *(?:label|line|draft) *\}\}")  # what stands around the tables of any template
CELL = re.compile(r"\{\{ *cells\.(\w+) *\}\}")
ROWS = re.compile(r"\{%tr for row in table\.rows *%\}")
TOTAL = re.compile(r"\{\{ *table\.total\.\w+ *\}\}")
TAG = re.compile(r"\{[{%]")
BEYOND = {f"{W}drawing", f"{W}pict", f"{W}object"}  # what a layout cannot hold


class Upgrade(NamedTuple):
    """What a form gets: the new file and its text, and the files that it does without then."""

    path: Path
    text: str
    gone: tuple[Path, ...]


def upgrade_of(library: Library, form: Form) -> Upgrade | None:
    """Return how the table of a form is laid out as text, or None where it has no template of its own.

    Raises ReportError where the text would not print the same: then it is for a person.
    """
    kind, file = ("report", "report.md") if form.report is None else ("annex", LAYOUT)
    template = form.folder / f"{kind}.docx"
    if form.annex is None or form.annex.layout or len(form.annexes) > 1 or not template.is_file():
        return None
    name = f"templates/{form.id}/{template.name}"
    if faults := library.word_faults(form):
        raise ReportError(faults)
    parts, _faults = parts_of(template.read_bytes())
    text = _Reader(name, form.annex, parts).text()
    _prove(library, form, kind, name, text)
    gone = (template, template.with_suffix(".typ"))
    return Upgrade(form.folder / file, text, tuple(path for path in gone if path.is_file()))


def _not_turned(name: str, reason: str) -> ReportError:
    message = _("this template cannot be turned into a layout: {reason}").format(reason=reason)
    hint = _("it still prints as it is; write {file} by hand, and compare the pages: reportgen forms --preview")
    return ReportError([Finding("bad-template", Span(name), message, hint.format(file=LAYOUT))])


def _prove(library: Library, form: Form, kind: str, name: str, text: str) -> None:
    """Raise ReportError unless the layout prints, cell by cell, what the old template does."""
    faults: list[Fault] = []
    annex = form.annexes[0]
    columns = [column.name for column in annex.columns]
    try:
        layout = read_layout(parse_template(text), name, columns, faults.append)
    except FormulaError as error:
        raise _not_turned(name, error.message) from None
    if faults:
        raise _not_turned(name, faults[0].message)
    new = replace(form, annexes=(replace(annex, layout=layout),))
    old, made = (_document(each, kind, library) for each in (form, new))
    word = library.word_template(form.folder / f"{kind}.docx").print_unproven(old)
    for stub in {look.stub for look in layout.indicators.values()} - {""}:
        made = replace(made, blocks=tuple(_without(block, stub) for block in made.blocks))
        _empty(word.body, stub)
    house = library.project.templates / HOUSE / "report"
    pdf = library.pdf_printer.print_pdf(made, house.with_suffix(".typ"))
    if found := differences(word.body, structure_of(pdf).root, name):
        raise _not_turned(name, found[0].message)


def _document(form: Form, kind: str, library: Library) -> Document:
    filled = written(form, library.vocabulary, distinct=True)
    return next(document for each, _name, document in filled.files if each == kind)


def _without(block: Block, stub: str) -> Block:
    """Return a block, and of a grid the one without this label."""
    if not isinstance(block, Grid):
        return block
    rows = (tuple(replace(cell, text="") if cell.text == stub else cell for cell in row) for row in block.rows)
    return replace(block, rows=tuple(rows))


def _empty(body: Element, label: str) -> None:
    """Take the texts of the cells away that hold this label."""
    for cell in body.iter(f"{W}tc"):
        if _text(cell) == label:
            for part in cell.iter(f"{W}t"):
                part.text = ""


@dataclass
class _Reader:
    """Reads a Word template: its tables become rows of a layout."""

    name: str
    annex: Annex
    parts: dict[str, bytes]

    def text(self) -> str:
        body = ElementTree.fromstring(self.parts[BODY]).find(f"{W}body")
        if body is not None and any(element.tag in BEYOND for element in body.iter()):
            raise _not_turned(self.name, _("it holds a picture or a text box"))
        lines: list[str] = []
        for element in body if body is not None else ():
            if element.tag == f"{W}tbl":
                lines += self.table(element)
            elif element.tag == f"{W}p" and (line := FRAME.sub("", _text(element)).strip()):
                lines += ["", self.filled(line), ""]
        if body is not None and any(size.get(f"{W}orient") == "landscape" for size in body.iter(f"{W}pgSz")):
            lines.insert(0, f"{ACROSS}: {TURNED}")
        if self.is_small(body):
            lines.insert(0, f"{SIZE}: {SMALL}")
        return "\n".join(lines) + "\n"

    def table(self, table: Element) -> Iterator[str]:
        """Yield the lines of a table; the rows of the indicators, with head and total, are one directive."""
        rows = list(table.iter(f"{W}tr"))
        widths = [int(column.get(f"{W}w", "0")) for column in table.iter(f"{W}gridCol")]
        loop = next((at for at, row in enumerate(rows) if ROWS.search(_text(row))), None)
        if loop is None:
            yield from self.grid(rows, widths)
            return
        if not 0 < loop < len(rows) - 2 or table.find(f".//{W}tc//{W}tbl") is not None:
            raise _not_turned(self.name, _("its table of indicators is made otherwise than that of the house"))
        yield from self.grid(rows[: max(0, loop - 1)], widths)
        yield self.indicators(rows[loop - 1], rows[loop + 1], widths)
        behind = rows[loop + 3 :]
        yield from self.grid(behind[1:] if behind and TOTAL.search(_text(behind[0])) else behind, widths)

    def grid(self, rows: Sequence[Element], widths: Sequence[int]) -> Iterator[str]:
        if rows:
            yield f"{WIDTHS}: {_millimetres(widths)}"
            if head := sum(row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows):
                yield f"{HEAD}: {head}"
            yield from (self.row(row) for row in rows)

    def row(self, row: Element) -> str:
        cells: list[str] = []
        for cell in row.iter(f"{W}tc"):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            wide = span_of(cell)
            below = merge is not None and merge.get(f"{W}val") != "restart"
            text = self.filled(_text(cell, strip=False).strip(" \t\n"))
            cells += [UP] * wide if below else [text, *[LEFT] * (wide - 1)]
        return re.sub(r"\|  (?=\|)", "| ", f"| {' | '.join(cells)} |")

    def filled(self, text: str) -> str:
        """Return a text of the template with what the form prints in each of its cells; a layout knows no others."""
        whole = CELL.fullmatch(text)
        if not TAG.search(text):
            return text.replace("|", "\\|")
        cell = self.annex.cells.get(whole[1]) if whole else None
        if cell is None or "\n" in cell.text:
            raise _not_turned(self.name, _("“{text}” is none of its 栏目 alone").format(text=text[:60]))
        return cell.text

    def indicators(self, head: Element, row: Element, widths: Sequence[int]) -> str:
        """Return the directive for the table of indicators, as its head and its one row are made."""
        cells = list(row.iter(f"{W}tc"))
        stubbed = "row.stub" in _text(cells[0])
        names = [column.name for column in self.annex.columns]
        centered = [name for name, cell in zip(names, cells[stubbed:], strict=False) if self.is_centered(cell)]
        parts = [f"{INDICATORS}: {WIDTHS} {_millimetres(widths)}"]
        parts += [f"{CENTERED} {' '.join(centered)}"] if centered else []
        parts += [f"{STUB} {_text(next(head.iter(f'{W}tc')))}"] if stubbed else []
        return " ".join(parts)

    # --- looks -----------------------------------------------------------------------------------------------

    def is_small(self, body: Element | None) -> bool:
        cell = next(body.iter(f"{W}tc"), None) if body is not None else None
        size = self.property_of(cell, f"{W}rPr/{W}sz") if cell is not None else ""
        return size.isdecimal() and int(size) <= SMALL_SIZE

    def is_centered(self, cell: Element) -> bool:
        return self.property_of(cell, f"{W}pPr/{W}jc") == "center"

    def property_of(self, cell: Element, path: str) -> str:
        """Return a property of the first paragraph of a cell: its own, or that of its style or of one above."""
        direct = next(iter(cell.iterfind(f".//{path}")), None)
        if direct is not None:
            return direct.get(f"{W}val", "")
        style = next(iter(cell.iter(f"{W}pStyle")), None)
        wanted = style.get(f"{W}val") if style is not None else None
        styles = {each.get(f"{W}styleId"): each for each in ElementTree.fromstring(self.parts[STYLES])}
        for _generation in styles:
            found = styles.get(wanted)
            if found is None:
                break
            if (own := found.find(path)) is not None:
                return own.get(f"{W}val", "")
            based = found.find(f"{W}basedOn")
            wanted = based.get(f"{W}val") if based is not None else None
        return ""


def _text(element: Element, strip: bool = True) -> str:
    text = "".join(part.text or "" for part in element.iter(f"{W}t"))
    return text.strip() if strip else text


def _millimetres(widths: Sequence[int]) -> str:
    return " ".join(f"{round(width / TWIPS, 1):g}" for width in widths)
