"""The two finished files of a document -> whether they say the same: text by text, and tables cell by cell.

Word's file is read as its XML has it, the PDF by the structure that PDF/UA-1 asks for (ISO 14289-1, 7.1), which tells
cells from one another wherever they stand on a page, and on how many pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import NamedTuple
from xml.etree.ElementTree import Element

from reportgen.printing.pdftree import Node
from reportgen.printing.wordtext import W, first_at
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _

SHOWN = 60
TOLD = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
UNCOMBINED = re.compile("[\x00-\u02ff\u2000-\u20cf\u2100-\u2bff\u3000-\u3029\u3030-\u3098\u30a0-\u9fff\uff00-\uffef]*")


class Passage(NamedTuple):
    """A paragraph, or one cell; places count from 1, and 0 is outside tables. White space is left out."""

    text: str
    table: int = 0
    row: int = 0
    column: int = 0

    @property
    def place(self) -> str:
        """Where a person finds it."""
        if not self.table:
            return _("the text")
        place = _("table {table}, row {row}, column {column}")
        return place.format(table=self.table, row=self.row, column=self.column)


TABLE, ROW, PLACE = attrgetter("table"), attrgetter("row"), attrgetter("table", "row")


@lru_cache(maxsize=1024)  # of most texts, both files have the same
def comparable(text: str) -> str:
    """Return ``text`` as it can be compared with what a PDF gives back, which may double combining marks."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    if UNCOMBINED.fullmatch(folded):
        return folded
    return "".join(character for character in folded if not unicodedata.combining(character))


def differences(document: Element, root: Node, name: str, notes: Element | None = None) -> list[Finding]:
    """Return a finding at the first place where a PDF, by its structure, differs from a Word file, by its body.

    ``notes`` are Word's footnotes; each is read where the text refers to it, as the structure of a PDF has it.
    """
    body = document.find(f"{W}body")
    word = _joined(_Word(body, notes).passages(body) if body is not None else ())
    printed = _joined(_Printed().passages(root))
    counted, counted_too = _counted(word), _counted(printed)
    if counted == counted_too:
        return []
    pairs = zip_longest(zip(word, counted, strict=True), zip(printed, counted_too, strict=True))
    apart = [pair for pair in pairs if not (pair[0] and pair[1] and pair[0][1] == pair[1][1])]
    ours, theirs = (side[0] if side else None for side in apart[0])
    place = (ours or theirs or Passage("")).place
    first, second = _where_they_part(ours.text if ours else "", theirs.text if theirs else "")
    message = _("{place}: the Word file has “{word}”, the PDF “{pdf}” ({n} place(s) differ)")
    message = message.format(place=place, word=first, pdf=second, n=len(apart))
    hint = _("the templates of the two say different things: let both print the same")
    return [Finding("documents-differ", Span(name), message, hint, Subject.key(place))]


def _where_they_part(first: str, second: str) -> tuple[str, str]:
    """Return the two texts from a little before the first character in which they differ."""
    same = next((at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), None)
    at = max(0, (min(len(first), len(second)) if same is None else same) - 10)
    return first[at : at + SHOWN], second[at : at + SHOWN]


def _joined(passages: Iterator[Passage] | Sequence[Passage]) -> list[Passage]:
    """Join the paragraphs between two tables: a title of two lines is one paragraph in one file, and two in another."""
    found: list[Passage] = []
    for _place, group in groupby(passages, PLACE):
        row = list(group)
        if not any(passage.text for passage in row):
            continue  # no file tells how many cells an empty row has
        if row[0].table:
            found += row
        elif found and not found[-1].table:
            found[-1] = Passage(found[-1].text + "".join(passage.text for passage in row))
        else:
            found.append(Passage("".join(passage.text for passage in row)))
    return found


def _counted(passages: Sequence[Passage]) -> list[tuple[str, int, int, int]]:
    """Return the passages with tables and rows counted anew: one file leaves out what is empty, the other does not."""
    return [
        (cell.text, number, at, cell.column)
        for number, (_table, cells) in enumerate(groupby(passages, TABLE))
        for at, (_row, row) in enumerate(groupby(cells, ROW))
        for cell in row
    ]


class _Word:
    """Reads w:body; a cell that continues a merge is none of its own."""

    def __init__(self, body: Element, notes: Element | None) -> None:
        self.tables = self.seen = 0
        self.words_alone = notes is None and next(body.iter(TOLD), None) is None
        self.notes = {note.get(f"{W}id"): note for note in (notes if notes is not None else ())}

    def text(self, element: Element) -> str:
        return comparable("".join(self.texts(element)))

    def texts(self, element: Element) -> Iterator[str]:
        for part in element.iter(f"{W}t") if self.words_alone else element.iter():
            if part.tag == f"{W}t":
                yield part.text or ""
            elif part.tag == TOLD:  # what is told of a drawing
                yield part.get("descr") or ""
            elif part.tag == f"{W}footnoteReference" and (note := self.notes.get(part.get(f"{W}id"))) is not None:
                self.seen += 1
                yield f"{self.seen}{self.seen}"  # in the text, and before the note
                yield from (text.text or "" for text in note.iter(f"{W}t"))

    def passages(self, body: Element) -> Iterator[Passage]:
        for child in body:
            if child.tag == f"{W}p":
                yield Passage(self.text(child))
            elif child.tag == f"{W}tbl":
                yield from self.table(child)
            elif child.tag == f"{W}sdt":
                yield from self.passages(child.find(f"{W}sdtContent") or Element("none"))

    def table(self, table: Element) -> Iterator[Passage]:
        self.tables += 1
        number = self.tables
        for y, row in enumerate(table.iter(f"{W}tr"), 1):
            cells = [cell for cell in row.iter(f"{W}tc") if not _goes_on(cell)]
            yield from (Passage(self.text(cell), number, y, x) for x, cell in enumerate(cells, 1))


def _goes_on(cell: Element) -> bool:
    merge = first_at(cell, "tcPr", "vMerge")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


class _Printed:
    """Reads the structure of a PDF."""

    def __init__(self) -> None:
        self.tables = 0

    def passages(self, node: Node) -> Iterator[Passage]:
        running: list[str] = []
        for kid in node.kids:
            if isinstance(kid, Node) and kid.holds("Table"):
                yield Passage(comparable("".join(running)))
                running = []
                yield from self.table(kid) if kid.kind == "Table" else self.passages(kid)
            elif kid is not None:
                running.append(kid if isinstance(kid, str) else kid.text)
        yield Passage(comparable("".join(running)))

    def table(self, table: Node) -> Iterator[Passage]:
        self.tables += 1
        for y, row in enumerate(table.rows(), 1):
            cells = row.kids if row else []
            for x, cell in enumerate(cells, 1):
                text = cell.text if isinstance(cell, Node) else cell or ""
                yield Passage(comparable(text), self.tables, y, x)
