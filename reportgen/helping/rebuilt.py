"""An input -> its Word files made anew in memory: their texts in order, each with where its characters were typed."""

from __future__ import annotations

import zipfile
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from reportgen.forms.form import Form
from reportgen.printing.intake import parts_of
from reportgen.printing.word import Printed
from reportgen.printing.wordnotes import NOTES
from reportgen.printing.wordtext import BODY, Chunk, is_hostile, paragraphs_of
from reportgen.reading.trace import Piece, Traced
from reportgen.running.build import printed_parts
from reportgen.running.library import Library
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _
from reportgen.writing.blocks import Block, Document, Figure, Grid, Heading, Note, Paragraph, Table, attachment_lines
from reportgen.writing.documents import Written
from reportgen.writing.prose import pieces_in


@dataclass(frozen=True)
class Rebuild:
    """A document made anew in memory: its texts as Word has them, each with its pieces where it is one of the tree."""

    form: Form
    name: str
    docx: bytes
    texts: tuple[str, ...]
    traced: tuple[Traced | None, ...]


def rebuilds(library: Library, written: Iterable[tuple[Form, Written]]) -> Iterator[Rebuild]:
    """Yield the Word file of every document, and of those that are bound. Raises ReportError."""
    for form, documents in written:
        for end, edition in documents.editions:
            for part in printed_parts(library, form, edition, end):
                yield _rebuild(form, part.name, part.word, part.documents)


def _rebuild(form: Form, name: str, word: Printed, documents: Sequence[Document]) -> Rebuild:
    texts = tuple(chunk.text for chunk in chunks_of(word.docx, name))
    return Rebuild(form, name, word.docx, texts, tuple(_in_order(texts, documents)))


def chunks_of(data: bytes, name: str) -> list[Chunk]:
    """Return the paragraphs, cells and footnotes of a Word file that hold text."""
    parts, _faults = parts_of(data)
    try:
        if BODY not in parts or any(is_hostile(parts.get(part, b"")) for part in (BODY, NOTES)):
            raise unreadable(name)
        found = [chunk for part in (BODY, NOTES) if part in parts for chunk in paragraphs_of(parts, part)]
        return [chunk for chunk in found if chunk.text.strip()]
    except (ElementTree.ParseError, zipfile.BadZipFile):
        raise unreadable(name) from None


def _in_order(texts: Iterable[str], documents: Iterable[Document]) -> Iterator[Traced | None]:
    """Yield, for each text of the Word file, the text of the tree that it is; None: the template's own."""
    there: dict[str, deque[Traced]] = defaultdict(deque)
    for traced in (text for document in documents for text in _traced(document)):
        there[traced].append(traced)
    for text in texts:
        yield there[text].popleft() if there.get(text) else None


def _traced(document: Document) -> Iterator[Traced]:
    """Yield every text of a document as one paragraph of Word has it: numbers before it, lines run together."""
    yield from map(_flat, document.title)
    for block in document.blocks:
        yield from _in_block(block)
    if document.table and not document.blocks:
        yield from _in_block(document.table)
    for note in document.notes:
        yield _flat(Traced(piece for part in note for piece in pieces_in(part.text)))
    yield from map(_flat, (*document.cells.values(), *attachment_lines(document.attachments)))


def _in_block(block: Block) -> Iterator[Traced]:
    match block:
        case Heading(_level, text, number):
            yield _flat(text, number)
        case Paragraph(parts, number):
            yield _flat(Traced(piece for part in parts for piece in pieces_in(part.text)), number)
        case Note(text) | Figure(title=text):
            yield _flat(text)
        case Grid(rows=rows):
            yield from (_flat(cell.text) for row in rows for cell in row)
        case Table(columns, rows, total):
            yield from (
                _flat(text) for text in (*columns, *(cell.text for row in rows for cell in row), *total.values())
            )


def _flat(text: str, number: str = "") -> Traced:
    pieces = [Piece(number, lambda _at, _length: Span(""), 0, 1)] if number else []
    whole = text if isinstance(text, Traced) else Traced([Piece(text, lambda _at, _length: Span(""), 0, 1)])
    at = 0
    for line in whole.split("\n"):
        pieces += whole.cut(at, at + len(line)).pieces if line else ()
        at += len(line) + 1
    return Traced(pieces)


def unreadable(name: str) -> ReportError:
    """Return what to raise where a file is no document."""
    message = _("this is no .docx or .pdf file that can be read")
    return ReportError([Finding("file-unreadable", Span(name), message)])
