"""Every number that the sample documents print has a source: a fact or formula, a rule or row, or the hand that typed it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.reading.project import find_project
from reportgen.reading.trace import Traced
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.writing.blocks import Document, Grid, Heading, Item, Note, Paragraph, Table

SAMPLES = sorted((ROOT / "inputs").glob("*/*.yaml"))
NUMBER = re.compile(r"\d[\d,.]*")
GOLDEN = ROOT / "tests" / "golden"


def texts(document: Document) -> Iterator[str]:
    """Yield every text of a document that is no furniture of the page."""
    yield from document.title
    yield from document.cells.values()
    tables = [document.table] if document.table and not document.blocks else []
    for block in document.blocks:
        match block:
            case Heading(text=text):
                yield text
            case Paragraph(parts=parts) | Item(parts=parts):
                yield from (part.text for part in parts)
            case Table():
                tables.append(block)
            case Grid(rows=rows):
                yield from (cell.text for row in rows for cell in row)
            case Note(text=text):
                yield text
    for table in tables:
        yield from (cell.text for row in table.rows for cell in row)
        yield from table.total.values()


def sources(examined: Examined) -> Iterator[tuple[str, str]]:
    """Yield each number with what it comes from: an expression, or the file in which it was typed."""
    for _form, written in examined.written:
        for document in (written.report, *written.annexes):
            for text in texts(document) if document else ():
                for match in NUMBER.finditer(text):
                    yield match[0], source(text, match.start(), match.end())


def source(text: str, start: int, end: int) -> str:
    if not isinstance(text, Traced):
        return ""
    if expressions := text.sources(start, end):
        return " ".join(dict.fromkeys(expression.strip() for expression in expressions))
    return f"typed in {text.span(start, end).file}"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_number_that_is_printed_has_its_source(path: Path) -> None:
    """The golden list was read by a person; REPORTGEN_GOLDEN=1 writes it anew, to be read again."""
    library = Library(find_project(ROOT), system_fonts=False)
    found = list(dict.fromkeys(sources(examine(library, path))))
    assert [number for number, origin in found if not origin] == []
    listed = "".join(f"{number} <- {origin}\n" for number, origin in found)
    golden = GOLDEN / f"{path.stem}.numbers.txt"
    if os.environ.get("REPORTGEN_GOLDEN"):
        golden.write_text(listed, encoding="utf-8")
    assert listed == golden.read_text(encoding="utf-8")
