"""Blocks, cells and titles as printed -> passages: what the rules on texts read, each character with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from reportgen.facts.facts import Facts
from reportgen.facts.reasons import Reason
from reportgen.facts.wording import Wording
from reportgen.forms.names import spot_in
from reportgen.numbers.grammar import parse_template
from reportgen.reading.keys import naming
from reportgen.reading.trace import Spot, Traced
from reportgen.scoring.targets import read_goal
from reportgen.telling.findings import About, Span, Subject
from reportgen.writing.blocks import Block, Heading, Item, Paragraph, Table
from reportgen.writing.documents import own_scope
from reportgen.writing.prose import Prose, pieces_in

SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
NOT_PROSE = ("得分", "分值", "实际", "目标", "算法", "报告")  # what a row states besides texts


class Kind(Enum):
    """What a passage is on the page."""

    PARAGRAPH = auto()
    ITEM = auto()
    HEADING = auto()
    CELL = auto()
    TITLE = auto()


@dataclass(frozen=True)
class Passage:
    """One paragraph, heading, cell or title as printed, and the text of the centre's file that it belongs to."""

    about: Subject
    text: Traced
    kind: Kind = Kind.PARAGRAPH
    level: int = 0  # of a heading
    grid: tuple[int, ...] = ()  # of a cell of a table: which table of its text, row (0: the head) and column
    place: str = ""  # in a finished report, as a person calls it

    @property
    def path(self) -> str:
        """Where it stands: the text of the centre's file that it belongs to, or its place in a finished report."""
        return self.place or self.about.path

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return self.kind is Kind.HEADING

    @property
    def in_section(self) -> bool:
        """Whether it belongs to a text of 正文."""
        return self.about.kind is About.SECTION

    @cached_property
    def is_target(self) -> bool:
        """Whether it is a cell that is wholly a figure or a comparison (45场, ≥60场): it is judged with its row."""
        return self.about.kind is About.ROW and self.kind is Kind.CELL and read_goal(self.text) is not None

    def is_typed(self, start: int, end: int) -> bool:
        """Whether all of it was typed, and nothing of it is a value."""
        return self.text.is_typed(start, end)

    def span(self, start: int, end: int) -> Span:
        """Return where these characters come from."""
        return self.text.span(start, end)

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Yield each sentence with its place in the paragraph."""
        for match in SENTENCE.finditer(self.text):
            yield match.start(), match[0]


def passages_of(facts: Facts, prose: Prose, reasons: Iterable[Reason]) -> list[Passage]:
    """Return the passages of all texts that the centre has written, each once however many forms print it."""
    for section in prose.wording.sections.values():
        if not any(name == section.name for name, _form in prose.made):  # no form has printed it
            prose.section(section, own_scope(facts), "")
    found: dict[tuple[Subject, str, Spot, int], Passage] = {}
    for passage in _all(facts, prose, reasons):
        if passage.text.strip():
            first = passage.text.pieces[0]
            found.setdefault((passage.about, passage.text, first.spot, first.offset), passage)
    return list(found.values())


def _all(facts: Facts, prose: Prose, reasons: Iterable[Reason]) -> Iterator[Passage]:
    yield from _project(facts, prose.wording)
    for (name, _form), blocks in prose.made.items():
        yield from block_passages(Subject.section(name), blocks)
    for reason in reasons:
        yield Passage(Subject.reason(reason.about.path), reason.text)
    for index, row in enumerate(facts.entry.scores):
        yield from _row(prose.wording, index, row)


def _project(facts: Facts, wording: Wording) -> Iterator[Passage]:
    """The name of the project is printed as it is, in titles above all."""
    if facts.entry.project:
        typed = facts.entry.project_typed
        lines = {("项目",): typed} if isinstance(typed, str) else {("项目", at): text for at, text in enumerate(typed)}
        texts = (
            wording.fill(parse_template(text.replace("{", "｛")), {}, spot_in(facts.source, place))  # no template
            for place, text in lines.items()
        )
        yield Passage(Subject.key("项目"), Traced(piece for text in texts for piece in text.pieces), Kind.TITLE)


def _row(wording: Wording, index: int, row: Mapping[str, str]) -> Iterator[Passage]:
    name = row.get(naming(row), "")
    for key, text in row.items():
        if text.strip() and key not in (naming(row), *NOT_PROSE):
            yield Passage(Subject.row(name, key), wording.own(text, ("评分", index, key)), Kind.CELL)


def block_passages(about: Subject, blocks: Iterable[Block]) -> Iterator[Passage]:
    """Yield the passages of blocks."""
    for index, block in enumerate(blocks):
        match block:
            case Heading(level, text):
                yield Passage(about, Traced(pieces_in(text)), Kind.HEADING, level)
            case Paragraph(parts=parts) | Item(parts=parts):
                kind = Kind.ITEM if isinstance(block, Item) else Kind.PARAGRAPH
                yield Passage(about, Traced(piece for part in parts for piece in pieces_in(part.text)), kind)
                for note in (part.note for part in parts if part.note):
                    yield Passage(about, Traced(piece for part in note for piece in pieces_in(part.text)))
            case Table(columns, rows):
                lines = [columns, *([cell.text for cell in row] for row in rows)]
                for at, line in enumerate(lines):
                    for column, text in enumerate(line):
                        yield Passage(about, Traced(pieces_in(text)), Kind.CELL, grid=(index, at, column))
