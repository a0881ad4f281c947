"""A tagged PDF -> its structure tree with the text of each element.

pdfium reads the tree page by page and leaves out, as a gap, what has nothing on that page; the gaps of one page are
filled from the others, by the place of each element among its siblings.
"""

from __future__ import annotations

import ctypes
from codecs import utf_16_le_decode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

FIGURE = "Figure"
MAX_NESTED = 60  # elements within one another
PART = 2  # how deep in the tree the parts of the document are: below the root, and the document
ROOM = 4096  # bytes: pdfium looks through a page for the text of each of its runs, so it is not asked twice
_SHORTS = ctypes.POINTER(ctypes.c_ushort)  # as pdfium gives out text, in UTF-16
_BUFFER = ctypes.create_string_buffer(ROOM)
_WRITTEN, _INTO = memoryview(_BUFFER), ctypes.cast(_BUFFER, _SHORTS)


@dataclass
class Node:
    """An element: its kind (P, Table, TR, TD, …) and in their order its texts and elements; None: nothing there."""

    kind: str = ""
    kids: list[Node | str | None] = field(default_factory=list)
    told: str = ""  # of a figure: what it says to who cannot see it

    @property
    def text(self) -> str:
        """All text below it; of a figure, what it says."""
        if self.kind == FIGURE:
            return self.told
        return "".join(kid if isinstance(kid, str) else kid.text for kid in self.kids if kid is not None)

    def holds(self, kind: str) -> bool:
        """Tell whether it is, or has below it, an element of a kind."""
        return self.kind == kind or any(isinstance(kid, Node) and kid.holds(kind) for kid in self.kids)

    def rows(self) -> Iterator[Node | None]:
        """Yield the rows of a table, those in THead and TBody too; None for one that holds no text."""
        for kid in self.kids:
            if isinstance(kid, Node) and kid.kind != "TR":
                yield from kid.rows()
            else:
                yield kid if isinstance(kid, Node) else None


def contents_of(root: Node) -> Iterator[tuple[str, str]]:
    """Yield each line of the tables of contents below a node: its text, without white space, and its page."""
    if root.kind == "TOCI":
        texts = ["".join(text.split()) for text in _own_texts(root)]
        *words, page = [text for text in texts if text] or [""]
        yield "".join(words), page
    for kid in root.kids:
        if isinstance(kid, Node):
            yield from contents_of(kid)


def _own_texts(node: Node) -> Iterator[str]:
    for kid in node.kids:
        if isinstance(kid, str):
            yield kid
        elif isinstance(kid, Node) and kid.kind not in ("TOC", "TOCI"):
            yield from _own_texts(kid)


class ReadBack(NamedTuple):
    """A PDF file as read back: its structure, a node without kids where it has none, and its number of pages.

    Of the text of the structure, ``lines`` is on how many each part of the document stands, a paragraph or a heading
    for one, and ``on_last`` its characters on the last page.
    """

    root: Node
    pages: int
    lines: tuple[int, ...] = ()
    on_last: int = 0


def structure_of(data: bytes) -> ReadBack:
    """Return the structure of a PDF file."""
    import pypdfium2  # 0.05 s, which a check need not spend
    from pypdfium2 import raw

    root, texts, lines = Node(), Texts(), Counter[int]()
    document = pypdfium2.PdfDocument(data)
    try:
        pages = len(document)
        for number in range(pages):
            page = document[number]
            words = page.get_textpage()
            tree = raw.FPDF_StructTree_GetForPage(page)
            texts = _marked_texts(page.raw, words.raw, raw)
            read = _Page(raw, texts)
            read.fill_root(root, tree)
            lines.update(read.lines)
            raw.FPDF_StructTree_Close(tree)
            words.close()
            page.close()
    finally:
        document.close()
    on_last = sum(len("".join(text.split())) for text, _heights in texts.values())
    return ReadBack(root, pages, tuple(lines[part] for part in range(1 + max(lines, default=-1))), on_last)


Texts = dict[int, tuple[str, set[int]]]  # by the number of their marked content, and the heights at which they stand


class _Page:
    """One page, and the lines on it of each part of the document."""

    def __init__(self, raw: Any, texts: Texts) -> None:
        self.raw, self.texts = raw, texts
        self.heights: dict[int, set[int]] = {}

    @property
    def lines(self) -> dict[int, int]:
        return {part: len(heights) for part, heights in self.heights.items()}

    def fill_root(self, root: Node, tree: Any) -> None:
        for index in range(self.raw.FPDF_StructTree_CountChildren(tree)):
            self.fill(root, index, self.raw.FPDF_StructTree_GetChildAtIndex(tree, index), 1, 0)

    def fill(self, parent: Node, index: int, element: Any, depth: int, part: int) -> None:
        """Put what the page has of an element, so ``depth`` in the tree, among the kids of ``parent``.

        The ``part`` of the document that it belongs to is the second element on the way to it.
        """
        raw, kids = self.raw, parent.kids
        if len(kids) <= index:
            kids += [None] * (index + 1 - len(kids))
        node = kids[index]
        if not isinstance(node, Node):
            node = kids[index] = Node(_text(raw.FPDF_StructElement_GetType, element))
            if node.kind == FIGURE:
                node.told = _text(raw.FPDF_StructElement_GetAltText, element)
        part = index if depth == PART else part
        count, kids = raw.FPDF_StructElement_CountChildren(element), node.kids
        if len(kids) < count:
            kids += [None] * (count - len(kids))
        for at in range(count if depth <= MAX_NESTED else 0):
            if child := raw.FPDF_StructElement_GetChildAtIndex(element, at):
                self.fill(node, at, child, depth + 1, part)
            elif (content := raw.FPDF_StructElement_GetChildMarkedContentID(element, at)) >= 0:
                kids[at], heights = self.texts.get(content, ("", set()))
                self.heights.setdefault(part, set()).update(heights)


def _text(ask: Callable[..., int], *of: Any) -> str:
    """Return a text that pdfium writes into a buffer; it says how many bytes the text wants, with two zeros behind."""
    size, written = ask(*of, _INTO, ROOM), _WRITTEN
    if size > ROOM:
        buffer = ctypes.create_string_buffer(size)
        written = memoryview(buffer)
        ask(*of, ctypes.cast(buffer, _SHORTS), size)
    return utf_16_le_decode(written[: max(0, size - 2)], "replace")[0]


def _marked_texts(page: Any, words: Any, raw: Any) -> Texts:
    """Return the texts of a page."""
    found: Texts = {}
    place = raw.FS_MATRIX()
    object_at, kind_of, marked_as = raw.FPDFPage_GetObject, raw.FPDFPageObj_GetType, raw.FPDFPageObj_GetMarkedContentID
    for index in range(raw.FPDFPage_CountObjects(page)):
        item = object_at(page, index)
        if kind_of(item) == raw.FPDF_PAGEOBJ_TEXT and (content := marked_as(item)) >= 0:
            text, heights = found.get(content, ("", set()))
            raw.FPDFPageObj_GetMatrix(item, place)
            heights.add(round(place.f))
            found[content] = text + _text(raw.FPDFTextObj_GetText, item, words), heights
    return found
