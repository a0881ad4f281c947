"""Footnotes of a document -> the marks that a Word template prints for them, and the notes of a Word file.

A template knows nothing of notes: a mark of two noncharacters goes through it behind the text that refers to one, and
turns into Word's own reference. The part that holds the notes is made where the template has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from reportgen.printing.wordtext import BODY, W
from reportgen.writing.blocks import Text

NOTES = "word/footnotes.xml"
RELATIONS, TYPES, STYLES = "word/_rels/document.xml.rels", "[Content_Types].xml", "word/styles.xml"
STYLE = "GongwenFootnote"
MARK = re.compile("\ufdd0note (\\d+)\ufdd1")
RUN = re.compile(r"<w:r(?: [^>]*)?>(<w:rPr>.*?</w:rPr>)?", re.DOTALL)
NUMBER = re.compile(rb'<w:footnote [^>]*w:id="(\d+)"')
REFERENCE = re.compile(r'(<w:footnoteReference w:id=")(\d+)("/>)')
NAMESPACE = f'xmlns:w="{W[1:-1]}"'
RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
STRONG = '<w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# The rules between the text and the notes, which Word wants to be there.
RULES = "".join(
    f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:before="0"'
    f' w:after="0" w:line="200" w:lineRule="exact"/><w:ind w:firstLine="0"/></w:pPr>'
    f"<w:r><w:{kind}/></w:r></w:p></w:footnote>"
    for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
)
STYLED = (
    f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{STYLE}"><w:name w:val="脚注"/>'
    '<w:basedOn w:val="Normal"/><w:uiPriority w:val="8"/><w:qFormat/><w:pPr><w:snapToGrid w:val="0"/>'
    '<w:spacing w:before="0" w:after="0" w:line="280" w:lineRule="exact"/><w:ind w:firstLine="0"/></w:pPr>'
    '<w:rPr><w:spacing w:val="0"/><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style>'
)


def marked(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a document with a mark behind each text that refers to a note."""
    number = 0
    for block in data["blocks"]:
        for part in block.get("parts", ()):
            if part["note"]:
                number += 1
                part["text"] += f"\ufdd0note {number}\ufdd1"
    return data


def with_notes(parts: dict[str, bytes], notes: Sequence[tuple[Text, ...]]) -> None:
    """Turn the marks in the text into references to ``notes``, which go into a part of their own."""
    if not notes:
        return
    before = own_notes(parts)
    body = parts[BODY].decode("utf-8")
    numbered = MARK.sub(lambda mark: _reference(int(mark[1]) + before, _properties(body, mark.start())), body)
    parts[BODY] = numbered.encode("utf-8")
    add_notes(parts, notes)


def own_notes(parts: Mapping[str, bytes]) -> int:
    """Return the highest number of the notes that a package has."""
    return max(map(int, NUMBER.findall(parts.get(NOTES, b""))), default=0)


def add_notes(parts: dict[str, bytes], notes: Sequence[tuple[Text, ...]]) -> None:
    """Add notes to a package, behind its own, with the part, the style and the relation that they need."""
    first = own_notes(parts) + 1
    if NOTES not in parts:
        empty = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:footnotes {NAMESPACE}>{RULES}</w:footnotes>'
        )
        parts[NOTES] = empty.encode()
        relation = f'<Relationship Id="rIdNotes" Type="{OFFICE}/footnotes" Target="footnotes.xml"/>'
        _insert(parts, RELATIONS, relation, "</Relationships>")
        _insert(parts, TYPES, f'<Override PartName="/{NOTES}" ContentType="{KIND}.footnotes+xml"/>', "</Types>")
    if STYLES in parts and f'"{STYLE}"'.encode() not in parts[STYLES]:
        _insert(parts, STYLES, STYLED, "</w:styles>")
    _insert(parts, NOTES, "".join(_note(number, note) for number, note in enumerate(notes, first)), "</w:footnotes>")


def counted_on(body: bytes, own: int, before: int) -> bytes:
    """Return a body whose references, but those to the template's ``own``, count on from ``before`` notes of others."""

    def moved(match: re.Match[str]) -> str:
        number = int(match[2])
        return f"{match[1]}{number + before * (number > own)}{match[3]}"

    return REFERENCE.sub(moved, body.decode("utf-8")).encode("utf-8")


def _insert(parts: dict[str, bytes], part: str, xml: str, end: str) -> None:
    parts[part] = parts[part].replace(end.encode(), xml.encode("utf-8") + end.encode())


def _properties(body: str, at: int) -> str:
    """Return the properties of the run that holds what stands at ``at``."""
    start = max(body.rfind("<w:r>", 0, at), body.rfind("<w:r ", 0, at))
    match = RUN.match(body, start) if start >= 0 else None
    return (match[1] or "") if match else ""


def _reference(number: int, properties: str) -> str:
    return (
        f'</w:t></w:r><w:r>{RAISED}<w:footnoteReference w:id="{number}"/></w:r>'
        f'<w:r>{properties}<w:t xml:space="preserve">'
    )


def _note(number: int, note: Iterable[Text]) -> str:
    runs = "".join(
        f'<w:r>{STRONG if part.strong else ""}<w:t xml:space="preserve">{escape(part.text, quote=False)}</w:t></w:r>'
        for part in note
    )
    mark = f"<w:r>{RAISED}<w:footnoteRef/></w:r>"
    return f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="{STYLE}"/></w:pPr>{mark}{runs}</w:p></w:footnote>'
