"""A .docx or .pdf -> its words as lines: what git compares where two versions of a document differ.

Told from what the bytes are, not by a name: git hands over a copy of its own. A heading has # before it, the row of a
table is one line (a | b | c), notes and what stands in headers and footers follow the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reportgen.printing.intake import parts_of
from reportgen.printing.pdftree import Node, structure_of
from reportgen.printing.pdfwords import pdf_lines
from reportgen.printing.wordtext import BODY, Chunk, W, is_hostile, paragraphs_of
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _

MAX_BYTES = 20 * 1024 * 1024  # of a document that is read
MARGINS = re.compile(r"word/(header|footer)\d*\.xml")
PAGE_NUMBER = re.compile(r"[\s—－\-·第页/\d]*")
TITLES = ("title", "标题", "公文标题")
BREAKS = {f"{W}tab": " ", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-"}
NOT_SHOWN = (f"{W}txbxContent", f"{W}moveFrom")  # a text box is a paragraph of its own
BLOCKS = re.compile(r"H\d?|P|Table|L|LI|TOCI?|Sect|Div|Part|Art|BlockQuote|Document")
MARK = re.compile(r"H([1-6])")
HAN = r"[\u2014-\u2026\u3000-\u9fff\uff00-\uffef]"
SPACED = re.compile(f"(?<={HAN}) | (?={HAN})")  # 2023 年度: the layout's, no hand typed it


def plain_lines(data: bytes, name: str) -> list[str]:
    """Return the words of a document as lines. Raises ReportError."""
    if data.startswith(b"%PDF"):
        return list(_in_pdf(data, name))
    parts, faults = parts_of(data)
    if faults or BODY not in parts:
        raise _unreadable(name, faults[0].message if faults else _("it is no Word file"))
    try:
        return list(_in_word({part: each for part, each in parts.items() if part.endswith((".xml", ".rels"))}))
    except (ElementTree.ParseError, ValueError) as error:
        raise _unreadable(name, str(error)) from None


def _unreadable(name: str, reason: str) -> ReportError:
    message = _("its words cannot be read: {reason}").format(reason=reason)
    return ReportError([Finding("file-unreadable", Span(name), message, _("give a .docx or .pdf file"))])


# --- Word


def _in_word(parts: Mapping[str, bytes]) -> Iterator[str]:
    if any(map(is_hostile, parts.values())):
        raise ValueError(_("no word processor writes such XML"))
    levels = _levels(parts)
    for row, chunks in groupby(paragraphs_of(parts, BODY), key=lambda chunk: chunk.around.get("tr")):
        found = list(chunks)
        lines = (_line(chunk, levels) for chunk in found) if row is None else [_row(found)]
        yield from filter(None, lines)
    for kind, mark in (("footnote", ""), ("endnote", "e")):
        if f"word/{kind}s.xml" in parts:
            yield from _notes(ElementTree.fromstring(parts[f"word/{kind}s.xml"]), mark)
    for part in sorted(filter(MARGINS.fullmatch, parts)):
        for chunk in paragraphs_of(parts, part):
            if not PAGE_NUMBER.fullmatch(text := _text(chunk.around["p"])):
                yield f"{chunk.place}: {text}"


def _line(chunk: Chunk, levels: Mapping[str, int]) -> str:
    """Return a paragraph outside of tables; what stands there that is no paragraph is none of its words."""
    paragraph = chunk.around.get("p")
    text = _text(paragraph) if paragraph is not None else ""
    level = _level(paragraph, levels) if paragraph is not None and text else 0
    return "#" * level + " " + text if level else text


def _row(chunks: Iterable[Chunk]) -> str:
    """Return a row as one line: a | b | c; paragraphs of one cell are parted by /."""
    cells = groupby(chunks, key=lambda chunk: chunk.around.get("tc"))
    texts = [[_text(chunk.around["p"]) for chunk in cell if "p" in chunk.around] for _cell, cell in cells]
    return " | ".join(" / ".join(filter(None, cell)) for cell in texts).rstrip(" |")


def _text(paragraph: Element) -> str:
    """Return the words of a paragraph, without what was deleted in it and the boxes that hang on it."""
    parts, todo = [], [paragraph]
    while todo:
        element = todo.pop()
        if element.tag in NOT_SHOWN:
            continue
        if element.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            parts.append(f"[^{'e' if 'end' in element.tag else ''}{element.get(f'{W}id')}]")
        parts.append(element.text or "" if element.tag == f"{W}t" else BREAKS.get(element.tag, ""))
        if element.tag != f"{W}pPr":  # which names tabs, too
            todo += list(element)[::-1]
    return " ".join("".join(parts).split())


def _notes(root: Element, mark: str) -> Iterator[str]:
    for note in root:
        if f"{W}type" not in note.attrib:  # those with a type are rules between texts
            text = " ".join(_text(paragraph) for paragraph in note.iter(f"{W}p"))
            yield f"[^{mark}{note.get(f'{W}id')}]: {text.strip()}"


def _levels(parts: Mapping[str, bytes]) -> dict[str, int]:
    """Return the level of headings, from 1, that each style gives, by the ids of the styles."""
    root = ElementTree.fromstring(parts.get("word/styles.xml", b"<x/>"))
    styles = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
    return {name: level for name in styles if (level := _level_of_style(name, styles))}


def _level_of_style(name: str, styles: Mapping[str, Element]) -> int:
    for _step in range(len(styles)):
        style = styles.get(name)
        if style is None:
            return 0
        if level := _outline(style.find(f"{W}pPr")):
            return level
        if _value(style.find(f"{W}name")).lower() in TITLES:
            return 1
        name = _value(style.find(f"{W}basedOn"))
    return 0


def _level(paragraph: Element, levels: Mapping[str, int]) -> int:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return 0
    return _outline(properties) or levels.get(_value(properties.find(f"{W}pStyle")), 0)


def _outline(properties: Element | None) -> int:
    """Return the level that properties of a paragraph give, from 1; 0: it is no heading (Word's 9 says so, too)."""
    level = _value(properties.find(f"{W}outlineLvl")) if properties is not None else ""
    return int(level) + 1 if level in tuple("012345678") else 0


def _value(element: Element | None) -> str:
    return element.get(f"{W}val", "") if element is not None else ""


# --- PDF


def _in_pdf(data: bytes, name: str) -> Iterator[str]:
    """Yield the lines of a PDF by its structure, where it has one, else as they stand on its pages."""
    try:
        found = [line for line in _structured(structure_of(data).root) if line]
        found = found or [line.strip() for page in pdf_lines(data) for line in page if not PAGE_NUMBER.fullmatch(line)]
    except (ValueError, RuntimeError) as error:  # what pdfium and pypdf raise for a file that is damaged or locked
        raise _unreadable(name, str(error)) from None
    if not found:
        raise _unreadable(name, _("the PDF holds no text"))
    yield from found


def _structured(node: Node) -> Iterator[str]:
    if node.kind == "Table":
        for row in node.rows():
            yield " | ".join(_words(cell) for cell in (row.kids if row else ())).rstrip(" |")
    elif match := MARK.fullmatch(node.kind):
        yield "#" * int(match[1]) + " " + _words(node)
    elif any(isinstance(kid, Node) and kid.kind == "Note" for kid in node.kids):
        yield from _noted(node)
    elif any(isinstance(kid, Node) and _is_block(kid) for kid in node.kids):
        for kid in node.kids:
            yield from _structured(kid) if isinstance(kid, Node) else [_words(kid)]
    else:
        yield _words(node)


def _noted(node: Node) -> Iterator[str]:
    """Yield a paragraph, and behind it the footnotes that it refers to."""
    text, notes = [], []
    for kid in node.kids:
        number = _words(kid) if isinstance(kid, Node) and kid.kind == "Lbl" else ""
        if isinstance(kid, Node) and kid.kind == "Note":
            label, *words = kid.kids
            notes.append(f"[^{_words(label)}]: {''.join(map(_words, words))}")
        else:
            text.append(f"[^{number}]" if number else _words(kid))
    yield "".join(text)
    yield from notes


def _words(node: Node | str | None) -> str:
    text = node.text if isinstance(node, Node) else node or ""
    return SPACED.sub("", " ".join(text.split()))


def _is_block(node: Node) -> bool:
    return bool(BLOCKS.fullmatch(node.kind)) or any(isinstance(kid, Node) and _is_block(kid) for kid in node.kids)
