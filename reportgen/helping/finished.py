"""A finished report (.docx, .doc, .pdf, .txt, .md …) -> its texts with places; a copy with a comment a finding."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from reportgen.helping.plaintext import MAX_BYTES
from reportgen.helping.textgrid import cells
from reportgen.printing.pdfwords import pdf_lines
from reportgen.printing.soffice import as_docx
from reportgen.printing.wordnotes import NOTES
from reportgen.printing.wordtext import is_hostile, paragraphs_of
from reportgen.reading.characters import decode
from reportgen.reading.obstacles import why
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _
from reportgen.telling.views import width

TEXTS, WORD, PDF = (".txt", ".md"), ".docx", ".pdf"
# Formats that LibreOffice turns into .docx, and how their files begin: of anything else it would make a text, too.
OLD = {".doc": (b"\xd0\xcf\x11\xe0", b"{\\rtf"), ".wps": (b"\xd0\xcf\x11\xe0",), ".rtf": (b"{\\rtf",), ".odt": (b"PK",)}
FULL = 0.8  # of the longest line of a page: a shorter one ends its paragraph
PAGE_NUMBER = re.compile(r"[\s—－\-·第页/\d]*")


@dataclass(frozen=True)
class Piece:
    """One paragraph or cell: ``place`` is what a person calls it, ``grid`` table, row and column of a cell."""

    text: str
    place: str
    heading: bool = False
    grid: tuple[int, ...] = ()


def read_finished(path: Path, name: str) -> list[Piece]:
    """Return the texts of a report in their order. Raises ReportError."""
    suffix = path.suffix.lower()
    if suffix not in (WORD, PDF, *TEXTS, *OLD):
        hint = _("save it as .docx in Word, WPS or LibreOffice first")
        message = _("only .docx, .doc, .wps, .rtf, .odt, .pdf, .txt and .md can be read")
        raise ReportError([Finding("file-unreadable", Span(name), message, hint)])
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ReportError([Finding("file-too-large", Span(name), _("the file is too large"))])
        data = path.read_bytes()
    except OSError as error:
        message = _("the file cannot be read: {reason}").format(reason=why(error))
        raise ReportError([Finding("file-unreadable", Span(name), message)]) from None
    if suffix in TEXTS:
        text, _notes = decode(data, name)
        found = cells(text.splitlines())
        return [Piece(each, _("line {n}").format(n=at + 1), grid=grid) for at, each, grid in found if each or grid]
    if suffix in OLD:
        data = _renewed(data, suffix, name)
    return list(_in_pdf(data, name) if suffix == PDF else _in_word(_opened(data, name)))


def how_read(path: Path) -> str:
    """Return what a person should know of how a file is read; "" where it is read as it is."""
    if path.suffix.lower() == PDF:
        return _("of a PDF the sentences are read, not its tables and headings; the Word file tells more")
    if path.suffix.lower() in OLD:
        return _("read through LibreOffice; paragraphs and tables are counted in the .docx that it makes")
    return ""


def _renewed(data: bytes, suffix: str, name: str) -> bytes:
    """Return a file of an older format as .docx. Raises ReportError."""
    if not data.startswith(OLD[suffix]):
        message = _("this is no {suffix} file, or it is damaged").format(suffix=suffix)
        hint = _("open it in Word or WPS, and save it as .docx")
        raise ReportError([Finding("file-unreadable", Span(name), message, hint)])
    return as_docx(data, suffix, name)


def _in_pdf(data: bytes, name: str) -> Iterator[Piece]:
    """Yield the paragraphs of a PDF that are sentences, put together from its lines."""
    try:
        pages = pdf_lines(data)
    except ValueError as error:
        message = _("this is no PDF, or it is damaged or locked: {reason}").format(reason=error)
        raise ReportError([Finding("file-unreadable", Span(name), message)]) from None
    lines = [
        (number, line.strip())
        for number, page in enumerate(pages, 1)
        for line in page
        if not PAGE_NUMBER.fullmatch(line)
    ]
    if not lines:
        hint = _("it may be a scan: recognize its text first, or ask for the Word file")
        raise ReportError([Finding("file-unreadable", Span(name), _("the PDF holds no text"), hint)])
    full = {number: _full(line for _number, line in page) for number, page in groupby(lines, key=itemgetter(0))}
    begun, text = 0, ""
    for number, line in [*lines, (0, "")]:
        begun, text = (begun if text else number), text + line
        if width(line) < full.get(number, 1.0):
            if sentences := text[: text.rfind("。") + 1]:  # else a heading, or cells that run together
                yield Piece(sentences, _("page {n}").format(n=begun))
            text = ""


def _full(lines: Iterable[str]) -> float:
    """Return how wide a line of a page is that does not end its paragraph; some lines stick out."""
    widths = sorted(map(width, lines))
    return FULL * widths[-1 - len(widths) // 20]


def _opened(data: bytes, name: str) -> Document:
    try:
        return docx.Document(io.BytesIO(data))
    except (BadZipFile, KeyError, ValueError) as error:
        message = _("this is no Word file, or it is damaged: {reason}").format(reason=error)
        raise ReportError([Finding("file-unreadable", Span(name), message)]) from None


def _in_word(document: Document) -> Iterator[Piece]:
    for place, paragraph, grid in _paragraphs(document):
        if grid:
            yield Piece(paragraph.text, place, grid=grid)
        elif paragraph.text.strip():
            style = (paragraph.style.name or "").lower() if paragraph.style else ""
            yield Piece(paragraph.text, place, heading="heading" in style or "标题" in style)
    yield from _notes(document)


def _notes(document: Document) -> Iterator[Piece]:
    """Yield the footnotes, which python-docx does not know."""
    parts = {relation.target_part.partname: relation.target_part.blob for relation in _internal(document)}
    blob = parts.get(f"/{NOTES}", b"")
    if blob and not is_hostile(blob):
        for chunk in paragraphs_of({NOTES: blob}, NOTES):
            if chunk.text.strip():
                yield Piece(chunk.text, chunk.place)


def _internal(document: Document) -> Iterator[Any]:
    return (relation for relation in document.part.rels.values() if not relation.is_external)


def _paragraphs(document: Document) -> Iterator[tuple[str, Paragraph, tuple[int, ...]]]:
    """Yield every paragraph with its place as a person sees it: 段落12, 表2 第5行第3列.

    A table that goes on over a page, with its headings again, is one grid, though a person counts two.
    """
    paragraphs = tables = grid = above = 0
    before: list[str] = []  # the headings of a table that may go on
    for element in document.element.body.iterchildren():
        if element.tag == qn("w:p"):
            paragraphs += 1
            paragraph = Paragraph(element, document)
            before = [] if paragraph.text.strip() else before
            yield _("paragraph {n}").format(n=paragraphs), paragraph, ()
        elif element.tag == qn("w:tbl"):
            tables += 1
            table = Table(element, document)
            head = [cell.text for cell in table.rows[0].cells] if table.rows else []
            goes_on = head == before and any(head)
            grid, above, before = (grid, above, head) if goes_on else (grid + 1, 0, head)
            seen = set()  # python-docx gives a merged cell once for each column and row
            for row, line in enumerate(table.rows):
                if goes_on and row == 0:
                    continue
                for column, cell in enumerate(line.cells):
                    if cell._tc in seen:
                        continue
                    seen.add(cell._tc)
                    place = _("table {n}, row {row}, column {column}")
                    place = place.format(n=tables, row=row + 1, column=column + 1)
                    if cell.paragraphs:
                        yield place, cell.paragraphs[0], (grid, above + row, column)
            above += len(table.rows) - goes_on


def annotated(path: Path, told: Mapping[str, Iterable[str]]) -> bytes:
    """Return a copy of a Word file with a comment at each place of ``told``."""
    document = docx.Document(str(path))
    for place, paragraph, _grid in _paragraphs(document):
        for text in told.get(place, ()):
            runs = paragraph.runs or [paragraph.add_run("")]
            document.add_comment(runs, text=text, author="reportgen", initials="核")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
