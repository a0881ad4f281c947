"""Texts with references -> blocks, each character of which knows where it was typed.

Values travel through Markdown as marks (two noncharacters around a number), so that nothing in a value can become
markup; the marks turn into text in the finished blocks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from reportgen.facts.wording import Section, Wording
from reportgen.numbers.formula import Scope, walk
from reportgen.numbers.grammar import Template
from reportgen.reading.trace import Piece, Spot, Traced
from reportgen.telling.findings import Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import (
    DEEPEST,
    MAX_LEVEL,
    Block,
    Cell,
    Heading,
    Item,
    Paragraph,
    Table,
    Text,
    level_of,
    without_notes,
)
from reportgen.writing.markup import parse_lines, unaccounted

Inline = Callable[[Section], tuple[Text, ...]]

MARK = re.compile("\ufdd0(\\d+)\ufdd1")
SCORES = "评分"  # what a text may name that differs from form to form


@dataclass
class Prose:
    """Makes blocks of the texts of one centre: each section once, or once a form where it names scores."""

    wording: Wording
    made: dict[tuple[str, str], tuple[Block, ...]] = field(default_factory=dict)  # by section, and form or ""

    def section(self, section: Section, own: Mapping[str, Any], form: str) -> tuple[Block, ...]:
        """Return the blocks of a section; ``own`` are the names that it may use. Its headings start at level 1."""
        names = {name.partition(".")[0] for _at, name in section.template.names}
        key = section.name, form if SCORES in names else ""
        if key not in self.made:
            blocks = self.blocks(section.template, own, section.spot, lambda inner: ())
            self.made[key] = tuple(block for block in blocks if not isinstance(block, Section))
            if not self.made[key]:
                self.empty(section)
        return self.made[key]

    def empty(self, section: Section) -> None:
        """Tell of a text that is written, and of which nothing is printed: {% if 宣传.场次 %}…{% endif %}."""
        message = _("nothing of the text “{name}” is printed").format(name=section.name)
        hint = _("write the text, or 无 where there is nothing to say")
        span = self.wording.facts.source.key_span(("正文", section.name))
        self.wording.complain("says-nothing", span, message, hint, Subject.section(section.name))

    def blocks(self, template: Template, scope: Scope, spot: Spot, inline: Inline) -> Iterator[Block | Section]:
        """Yield the blocks of a template, and the sections that stand between them; ``inline``: those in a sentence."""
        page = _Page()
        self.wording.walk(template, scope, spot, page.write, page.show)
        text = "".join(page.parts)
        blocks, not_printed = _parsed(text)
        for at, lost in not_printed:
            message = _("“{text}” would not be printed").format(text=MARK.sub("…", lost)[:30])
            self.wording.complain("text-lost", page.span(at, len(lost)), message, _("put \\ before the first sign"))
        for block in blocks:
            if isinstance(block, Paragraph) and (section := page.section(block)):
                yield section
            elif (resolved := page.resolved(block, inline)) != Paragraph(()):
                yield resolved

    def below(self, blocks: Iterable[Block | Section], level: int, embed: Embed) -> Iterator[Block]:
        """Yield the blocks so that their headings stand below one of ``level``; sections as ``embed`` makes them."""
        current = level
        for block in blocks:
            if isinstance(block, Section):
                yield from embed(block, current)
            elif isinstance(block, Heading):
                heading = Heading(level + block.level, block.text, block.number)
                if heading.level > min(current + 1, MAX_LEVEL):
                    self.out_of_step(heading, current)
                current = min(heading.level, current + 1, MAX_LEVEL)
                yield heading if heading.level == current else replace(heading, level=current)
            else:
                if isinstance(block, Item) and block.ordered and level_of(block, current) > DEEPEST:
                    self.too_deep(block)
                yield block

    def too_deep(self, item: Item) -> None:
        """Complain of an item for which there is no number left."""
        message = _("lists go down to ①; this item would be lower")
        text = item.parts[0].text
        span = text.span(0, len(text)) if isinstance(text, Traced) else Span("")
        self.wording.complain("heading-level", span, message, _("indent it less, or write it as a sentence"))

    def out_of_step(self, heading: Heading, above: int) -> None:
        """Complain of a heading that is too low."""
        if heading.level > MAX_LEVEL:
            message = _("headings go down to the fourth level, （1）; this one would be lower")
        else:
            message = _("the heading skips a level: it is of level {level}, below one of level {above}")
            message = message.format(level=heading.level, above=above)
        span = heading.text.span(0, len(heading.text)) if isinstance(heading.text, Traced) else Span("")
        self.wording.complain("heading-level", span, message, _("leave out one #"), Subject.key(heading.text))


@lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[tuple[Block, ...], tuple[tuple[int, str], ...]]:
    """Return the blocks of a text with marks, and what of it is in none; a form's wording is often the same."""
    blocks = tuple(block for _line, block in parse_lines(text))
    return blocks, tuple(unaccounted(text, blocks))


def wording_blocks(template: Template, spot: Spot) -> list[Block]:
    """Return the blocks of a form's own wording, without the values and texts that it prints."""
    page = _Page()
    walk(
        template,
        {},
        lambda text, at: page.write(Piece(text, spot, at)),
        lambda _value, at: page.show(Piece("", spot, at, 1)),
    )
    return [page.resolved(block, lambda section: ()) for _line, block in parse_lines("".join(page.parts))]


Embed = Callable[[Section, int], Iterator[Block]]
Run = tuple[bool, Iterable[Piece], tuple[Text, ...]]  # whether it is strong, its pieces, and the note at its end


@dataclass
class _Page:
    """Markdown under way: its text with marks, where each part of it comes from, and what the marks stand for."""

    parts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    values: list[Piece | Section] = field(default_factory=list)
    length: int = 0

    def write(self, piece: Piece) -> None:
        self._add(piece.text, piece)

    def show(self, value: Piece | Section) -> None:
        mark = f"\ufdd0{len(self.values)}\ufdd1"
        self.values.append(value)
        if isinstance(value, Piece):
            self._add(mark, Piece(mark, value.spot, value.offset, value.length, value.source))
        else:
            self._add(mark, Piece(mark, value.spot, 0, 1))

    def _add(self, text: str, piece: Piece) -> None:
        self.parts.append(text)
        self.starts.append(self.length)
        self.pieces.append(piece)
        self.length += len(text)

    def span(self, at: int, length: int) -> Span:
        """Return where the characters at ``at`` of the Markdown were typed."""
        piece = next(self._origins(at, "x" * max(1, length)))
        return piece.spot(piece.offset, piece.length or len(piece.text))

    def _origins(self, at: int, text: str) -> Iterator[Piece]:
        """Yield ``text``, which the Markdown has at ``at``, with its origins."""
        index = max(0, bisect_right(self.starts, at) - 1)
        while text and index < len(self.pieces):
            start, piece = self.starts[index], self.pieces[index]
            here = text[: max(0, start + len(piece.text) - at)]
            if here:
                cut = piece.cut(at - start, at - start + len(here))
                yield cut if cut.text == here else cut._replace(text=here)
            text, at, index = text[len(here) :], at + len(here), index + 1

    def section(self, block: Paragraph) -> Section | None:
        """Return the section that the paragraph consists of, or None."""
        match = MARK.fullmatch("".join(part.text for part in block.parts).strip())
        value = self.values[int(match[1])] if match else None
        return value if isinstance(value, Section) else None

    def resolved(self, block: Block, inline: Inline) -> Block:
        """Return ``block`` with its marks replaced."""
        match block:
            case Heading(text=text):
                return Heading(block.level, self.filled(text, inline), block.number)
            case Paragraph(parts=parts):
                return Paragraph(tuple(self.runs(parts, inline)), block.number, block.keep, block.last)
            case Item(parts=parts):
                return replace(block, parts=tuple(self.runs(parts, inline)))
            case Table(columns, rows, total):
                cells = tuple(tuple(Cell(self.filled(cell.text, inline), cell.rows) for cell in row) for row in rows)
                return Table(tuple(self.filled(column, inline) for column in columns), cells, total)
        return block

    def filled(self, text: str, inline: Inline) -> Traced:
        runs = without_notes(self.runs([Text(text)], inline))
        return Traced(piece for part in runs for piece in pieces_of_run(part.text))

    def runs(self, parts: Iterable[Text], inline: Inline) -> Iterator[Text]:
        """Yield runs of text; what is equally strong and adjacent is one run."""
        pieces: list[Piece] = []
        strong = False
        for part_strong, found, note in self.resolved_parts(parts, inline):
            if part_strong != strong and pieces:
                yield Text(Traced(pieces), strong)
                pieces = []
            strong = part_strong
            pieces += found
            if note:
                yield Text(Traced(pieces), strong, note)
                pieces = []
        if pieces:
            yield Text(Traced(pieces), strong)

    def resolved_parts(self, parts: Iterable[Text], inline: Inline) -> Iterator[Run]:
        for part in parts:
            for piece in pieces_in(part.text):
                if "\ufdd0" not in piece.text:
                    yield part.strong, self._origins(piece.offset, piece.text), ()
                    continue
                place = piece.offset
                for index, text in enumerate(MARK.split(piece.text)):
                    if index % 2:
                        value = self.values[int(text)]
                        place += len(text) + 2
                        if isinstance(value, Section):
                            yield from ((each.strong, pieces_in(each.text), each.note) for each in inline(value))
                        elif value.text:
                            yield part.strong, (value,), ()
                    elif text:
                        yield part.strong, self._origins(place, text), ()
                        place += len(text)
            if part.note:
                yield part.strong, (), tuple(self.runs(part.note, inline))


def pieces_of_run(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a run; one that the program puts there has no place."""
    return pieces_in(text) or ((Piece(text, lambda _at, _length: Span(""), 0, 1),) if text else ())


def pieces_in(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text."""
    return text.pieces if isinstance(text, Traced) else ()
