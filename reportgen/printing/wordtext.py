"""The parts of a .docx -> their paragraphs, each with its place as a person sees it.

A place is what one counts on the page: the paragraphs and the tables of the text from 1, the rows of a table and the
cells of a row from 1. What lies in a cell, a header or a text box is found by that.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from reportgen.telling.messages import _

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BODY = "word/document.xml"
MAX_DEPTH = 200  # of elements within one another; Word's own files stay below 60


@dataclass(frozen=True)
class Chunk:
    """The text of a paragraph: its place, the kinds of what it lies in, and what {%p %}, {%tr %}, {%tc %} replace."""

    place: str
    kinds: tuple[str, ...]
    text: str
    around: Mapping[str, Element]


@dataclass
class _Counts:
    """How many paragraphs and tables there were so far."""

    paragraphs: int = 0
    tables: int = 0


def first_at(element: Element, *path: str) -> Element | None:
    """Return the first element at a path of names; ElementPath takes ten times as long, and tables ask cell by cell."""
    found: Element | None = element
    for name in path:
        found = found.find(W + name) if found is not None else None
    return found


def too_deep(data: bytes) -> bool:
    """Tell whether an XML part nests deeper than MAX_DEPTH; what is not well-formed is for others to tell."""
    depth = deepest = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, deepest
        depth += 1
        deepest = max(deepest, depth)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(expat.ExpatError):
        parser.Parse(data, True)
    return deepest > MAX_DEPTH


def is_hostile(data: bytes) -> bool:
    """Tell whether an XML part is none that a word processor writes: nested too deep, or with entities of its own."""
    return too_deep(data) or b"<!DOCTYPE" in data or b"<!ENTITY" in data


def _within(outer: str, inner: str) -> str:
    return _("{outer}, in it {inner}").format(outer=outer, inner=inner) if outer and inner else outer or inner


def _tables_and_paragraphs(
    element: Element, place: str, kinds: tuple[str, ...], around: Mapping[str, Element], counts: _Counts | None
) -> Iterator[Chunk]:
    """Yield the paragraphs below ``element``; without ``counts`` for a cell, whose paragraphs nobody counts."""
    tables = counts or _Counts()
    for child in element:
        if child.tag == f"{W}p":
            tables.paragraphs += 1
            number = _("paragraph {n}").format(n=tables.paragraphs) if counts else ""
            yield from _paragraph(child, _within(place, number), kinds, around)
        elif child.tag == f"{W}tbl":
            tables.tables += 1
            yield from _table(child, place, tables.tables, kinds, around)
        else:
            if tagged := _tagged(child):
                yield Chunk(place, kinds, tagged, around)
            yield from _tables_and_paragraphs(child, place, kinds, around, counts and tables)


def _table(
    table: Element, outer: str, number: int, kinds: tuple[str, ...], around: Mapping[str, Element]
) -> Iterator[Chunk]:
    for row, line in enumerate(_nearest(table, f"{W}tr"), 1):
        for column, cell in enumerate(_nearest(line, f"{W}tc"), 1):
            place = _("table {table}, row {row}, column {column}").format(table=number, row=row, column=column)
            below = (*kinds, "tbl", "tr", "tc")
            yield from _tables_and_paragraphs(
                cell, _within(outer, place), below, {**around, "tr": line, "tc": cell}, None
            )


def _nearest(element: Element, tag: str) -> Iterator[Element]:
    """Yield the elements of this kind below ``element``, through content controls, without those in one another."""
    for child in element:
        if child.tag == tag:
            yield child
        else:
            yield from _nearest(child, tag)


def _paragraph(
    paragraph: Element, place: str, kinds: tuple[str, ...], around: Mapping[str, Element]
) -> Iterator[Chunk]:
    own, boxes = [], []
    todo = list(paragraph)[::-1]
    while todo:
        element = todo.pop()
        if element.tag == f"{W}txbxContent":
            boxes.append(element)
            continue
        own.append(element.text or "" if element.tag == f"{W}t" else _tagged(element))
        todo += list(element)[::-1]
    yield Chunk(place, (*kinds, "p"), "".join(own), {**around, "p": paragraph})
    for box in boxes:
        yield from _tables_and_paragraphs(box, _within(place, _("text box")), (*kinds, "p", "box"), {}, None)


def _tagged(element: Element) -> str:
    """Return the tags in what is no text of a paragraph: the code of a field, the alternative text of a picture."""
    return "".join(text for text in (element.text, *element.attrib.values()) if text and re.search("{{|{%", text))


def paragraphs_of(parts: Mapping[str, bytes], part: str) -> list[Chunk]:
    """Return the paragraphs of ``part``, each with its place. Raises ElementTree.ParseError."""
    root = ElementTree.fromstring(parts[part])
    if part == BODY:
        return list(_tables_and_paragraphs(root, "", (), {}, _Counts()))
    if part.endswith("notes.xml"):
        name = _("footnote {n}") if "foot" in part else _("endnote {n}")
        notes = [note for note in root if f"{W}type" not in note.attrib]  # those with a type are rules between texts
        found = (_tables_and_paragraphs(e, name.format(n=n), (), {}, None) for n, e in enumerate(notes, 1))
        return [chunk for note in found for chunk in note]
    single = len(root) == 1
    return list(_tables_and_paragraphs(root, _margin(parts, part), (), {}, None if single else _Counts()))


def _margin(parts: Mapping[str, bytes], part: str) -> str:
    """Return what a person calls the header or footer in ``part``."""
    names = {
        "headerReference": (_("header"), _("header of the first page"), _("header of even pages")),
        "footerReference": (_("footer"), _("footer of the first page"), _("footer of even pages")),
    }
    relations = ElementTree.fromstring(parts.get("word/_rels/document.xml.rels", b"<x/>"))
    targets = {each.get("Id"): posixpath.join("/word", each.get("Target", "")) for each in relations}
    sections = list(ElementTree.fromstring(parts.get(BODY, b"<x/>")).iter(f"{W}sectPr"))
    for number, section in enumerate(sections, 1):
        for reference in section:
            kind = reference.tag.removeprefix(W)
            if kind in names and targets.get(reference.get(RELATION)) == f"/{part}":
                which = {"first": 1, "even": 2}.get(reference.get(f"{W}type", ""), 0)
                place = names[kind][which]
                return place if len(sections) == 1 else _("section {n}, {place}").format(n=number, place=place)
    return names["headerReference" if "header" in part else "footerReference"][0]
