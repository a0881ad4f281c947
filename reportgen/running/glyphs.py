"""A case as it will be printed -> findings on characters that its fonts lack, each where it was typed.

A character that no font has is an error; of one that another font prints than the text around it, a note tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportgen.facts.facts import Facts
from reportgen.printing.pdf import missing_glyph
from reportgen.printing.shelf import named, unusual
from reportgen.printing.soffice import LIBREOFFICE
from reportgen.reading.source import leaves
from reportgen.reading.trace import Traced
from reportgen.running.examine import Examined
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import Document, Grid, Heading, Paragraph, Table, block_strings

HEADINGS = {1: "hei", 2: "kai"}  # level: role; the others are set as the text


def glyphs_in_order(library: Library, case: Examined, options: Options) -> Iterator[Finding]:
    """Yield what is told of the characters of a case's documents."""
    if not options.pdf:
        return
    texts = dict.fromkeys(
        pair
        for _form, written in case.written
        for _end, edition in written.editions
        for _kind, _name, document in edition.own_files
        for pair in set_texts(document)
    )
    told = _by_libreoffice if options.engine == LIBREOFFICE else _by_typst
    yield from told(library, texts, case.facts)


def _by_typst(library: Library, texts: Iterable[tuple[str, str]], facts: Facts) -> Iterator[Finding]:
    printer, texts = library.pdf_printer, list(texts)
    seen: set[tuple[str, str]] = set()
    if not unusual(text for _role, text in texts):  # as of most
        return
    for role, text in texts:
        new = [each for each in unusual([text]) if (each, role) not in seen and (each, "") not in seen]
        found = {character: printer.family_for(character, role) for character in new}
        if missing := "".join(character for character, family in found.items() if not family):
            seen |= {(character, "") for character in missing}
            yield replace(missing_glyph(missing), span=_place(text, missing, facts))
        for family in dict.fromkeys(family for family in found.values() if family):
            characters = "".join(character for character in found if found[character] == family)
            seen |= {(character, role) for character in characters}
            if family not in (own := printer.own_families(role)):
                message = _("{name} has no {characters}: {font} prints it in the PDF")
                message = message.format(name=own[0], characters=named(characters), font=family)
                about = Subject.key(characters)
                yield Finding("font-substituted", _place(text, characters, facts), message, "", about)


def _by_libreoffice(library: Library, texts: Iterable[tuple[str, str]], facts: Facts) -> Iterator[Finding]:
    """LibreOffice takes any font of the system, and none of ours."""
    lacking = library.pdf_printer.installed.lacking("".join(text for _role, text in texts))
    for _role, text in texts:
        if missing := "".join(dict.fromkeys(character for character in text if character in lacking)):
            lacking -= set(missing)
            yield replace(missing_glyph(missing), span=_place(text, missing, facts))


def _place(text: str, characters: str, facts: Facts) -> Span:
    """Return where the first of these characters of a printed text was typed: in the centre's file, or elsewhere."""
    for place, typed in leaves(facts.source):
        if (at := _first(typed, characters)) >= 0:
            return facts.source.spot(place, at)
    at = _first(text, characters)
    return text.span(at, at + 1) if isinstance(text, Traced) else Span(facts.source.file)


def _first(text: str, characters: str) -> int:
    return next((at for at, character in enumerate(text) if character in characters), -1)


def set_texts(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every text of a document after the role of the font that the house sets it in."""
    yield from (("title", line) for line in document.title)
    yield "hei", document.label
    for block in (*document.blocks, *((document.table,) if document.table else ())):
        match block:
            case Heading(level=level):
                yield from ((HEADINGS.get(level, "body"), text) for text in block_strings(block))
            case Paragraph(parts=parts):
                yield from (("hei" if part.strong else "body", part.text) for part in parts)
            case Grid(rows=rows):
                yield from (("hei" if cell.label else "body", cell.text) for row in rows for cell in row)
            case Table(columns=columns):
                yield from (("hei", column) for column in columns)
                yield from (("body", text) for text in list(block_strings(block))[len(columns) :])
            case _:
                yield from (("body", text) for text in block_strings(block))
    yield from (("body", text) for text in (*document.cells.values(), *document.attachments, document.unit))
