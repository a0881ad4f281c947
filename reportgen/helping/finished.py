"""A finished report (.docx, .txt, .md) -> its texts with their places; a copy of it with a comment at each finding."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from reportgen.reading.characters import decode
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _

TEXTS, WORD = (".txt", ".md"), ".docx"
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Piece:
    """One paragraph or cell: ``place`` is what a person calls it, ``grid`` table, row and column of a cell."""

    text: str
    place: str
    heading: bool = False
    grid: tuple[int, ...] = ()


def read_finished(path: Path, name: str) -> list[Piece]:
    """Return the texts of a report in their order. Raises ReportError."""
    if path.suffix.lower() not in (WORD, *TEXTS):
        hint = _("save it as .docx in Word, WPS or LibreOffice first")
        raise ReportError([Finding("file-unreadable", Span(name), _("only .docx, .txt and .md can be read"), hint)])
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ReportError([Finding("file-too-large", Span(name), _("the file is too large"))])
        data = path.read_bytes()
    except OSError as error:
        message = _("the file cannot be read: {reason}").format(reason=error.strerror or error)
        raise ReportError([Finding("file-unreadable", Span(name), message)]) from None
    if path.suffix.lower() in TEXTS:
        text, _notes = decode(data, name)
        lines = enumerate(text.splitlines(), 1)
        return [Piece(line.strip(), _("line {n}").format(n=number)) for number, line in lines if line.strip()]
    return list(_in_word(_opened(data, name)))


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
            yield Piece(paragraph.text, place, heading=style.startswith(("heading", "标题")))


def _paragraphs(document: Document) -> Iterator[tuple[str, Paragraph, tuple[int, ...]]]:
    """Yield every paragraph with its place as a person sees it: 段落12, 表2 第5行第3列."""
    paragraphs = tables = 0
    for element in document.element.body.iterchildren():
        if element.tag == qn("w:p"):
            paragraphs += 1
            yield _("paragraph {n}").format(n=paragraphs), Paragraph(element, document), ()
        elif element.tag == qn("w:tbl"):
            tables += 1
            for row, line in enumerate(Table(element, document).rows):
                for column, cell in enumerate(line.cells):
                    place = _("table {n}, row {row}, column {column}")
                    place = place.format(n=tables, row=row + 1, column=column + 1)
                    if cell.paragraphs:
                        yield place, cell.paragraphs[0], (tables, row, column)


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
