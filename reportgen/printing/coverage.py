"""A document, and what its template shows -> the parts of it that the template never prints.

It is known without any centre's data: a Word template by its tags, a Typst template by a print with a number of its own
in each part. A text that the template has typed in itself needs no tag.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import Cell, Document, Table

UNPRINTED = "text-lost"
STAND_IN = "1"  # the text of a part of which nothing is known beforehand


class Part(NamedTuple):
    """A part of a document: what messages call it, the tag that prints it, where the data have it, and its texts."""

    what: str
    tag: str
    paths: tuple[str, ...]
    texts: tuple[str, ...]
    name: str = ""


def parts_of(document: Document) -> Iterator[Part]:
    """Yield what a template has to print of a document whose layout is its own."""
    yield Part(_("the title"), "{{ name }}", ("title", "name"), document.title)
    if document.label:
        yield Part(_("the label 附件"), "{{ label }}", ("label",), (document.label,))
    if document.blocks:
        yield Part(_("the wording"), "{%p for b in blocks %}", ("blocks",), ())
    elif table := document.table:
        for at, name in enumerate(table.columns):
            cells = tuple(row[at].text for row in table.rows)
            what = _("the column “{name}”").format(name=name)
            yield Part(what, f"{{{{ row.{name}.text }}}}", (f"table.rows.{name}", "table.rows.cells"), cells, name)
        for name, text in table.total.items():
            what = _("the total of “{name}”").format(name=name)
            yield Part(what, f"{{{{ table.total.{name} }}}}", (f"table.total.{name}",), (text,), name)
    for name, text in document.cells.items():
        what = _("the cell “{name}”").format(name=name)
        yield Part(what, f"{{{{ cells.{name} }}}}", (f"cells.{name}",), (text,), name)
    if document.signed:
        if document.attachments:
            yield Part(_("the note on attachments"), "{%p for line in attachments %}", ("attachments",), ())
        yield Part(_("the name of the centre"), "{{ unit }}", ("unit", "signature"), (document.unit,))
        yield Part(_("the date"), "{{ date }}", ("date", "signature"), (document.printed_date,))


def unprinted_by_tags(document: Document, shown: Collection[str], typed: str) -> list[Part]:
    """Return the parts that no tag of a Word template prints; ``shown``: what its tags print, ``typed``: its text."""

    def is_there(part: Part) -> bool:
        asked = (path for path in shown if any(path == way or path.startswith(f"{way}.") for way in part.paths))
        known = [text for text in part.texts if text != STAND_IN]
        return any(asked) or bool(known and len(known) == len(part.texts) and all(text in typed for text in known))

    return [part for part in parts_of(document) if not is_there(part)]


def with_numbers(document: Document) -> Document:
    """Return a document with a number of its own in place of each stand-in: found in the print, it was printed."""
    numbers = (f"7{number:0>5}" for number in _without(count(), "789"))

    def own(text: str) -> str:
        return next(numbers) if text == STAND_IN else text

    table = document.table
    if table:
        rows = tuple(tuple(Cell(own(cell.text), cell.rows) for cell in row) for row in table.rows)
        table = Table(table.columns, rows, {name: own(text) for name, text in table.total.items()})
    return replace(
        document,
        title=tuple(map(own, document.title)),
        label=own(document.label),
        unit=own(document.unit),
        printed_date=own(document.printed_date),
        table=table,
        cells={name: own(text) for name, text in document.cells.items()},
    )


def _without(numbers: Iterator[int], digits: str) -> Iterator[str]:
    """Yield numbers without some digits: no number begins within another, however they are joined."""
    return (str(number) for number in numbers if not set(str(number)) & set(digits))


def unprinted_by(document: Document, printed: str, source: str) -> list[Part]:
    """Return the parts of a document with numbers that are not in its print; ``source``: the template's text.

    A part that the template asks something of, such as whether it is 是, may be printed another time.
    """

    def is_there(part: Part) -> bool:
        asked = part.name and re.search(rf"\bif\b[^\n]*{re.escape(part.name)}", source)
        return bool(asked) or all("".join(text.split()) in printed for text in part.texts)

    return [part for part in parts_of(document) if not is_there(part)]


def told(parts: list[Part], name: str, typed: str = "") -> list[Finding]:
    """Return one finding on all parts that the template ``name`` does not print; ``typed``: what would print one."""
    if not parts:
        return []
    message = _("nothing in the template prints {parts}").format(parts="、".join(part.what for part in parts))
    return [Finding(UNPRINTED, Span(name), message, typed, Subject.key(parts[0].name or parts[0].what))]
