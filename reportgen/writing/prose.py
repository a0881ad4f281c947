"""Facts, scores and a form -> the documents: the report, and its annex.

Values travel through Markdown as marks (two noncharacters around a number), so that nothing in a value can become
markup; the marks turn into text in the finished tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reportgen.facts.facts import Facts, chinese_date
from reportgen.facts.wording import Section, Wording
from reportgen.forms.form import Annex, Form
from reportgen.forms.names import Spot
from reportgen.numbers.formula import Scope
from reportgen.numbers.grammar import Template
from reportgen.scoring.scores import Scores
from reportgen.telling.findings import Span
from reportgen.telling.messages import _
from reportgen.writing.blocks import (
    MAX_LEVEL,
    Block,
    Cell,
    Document,
    Heading,
    Item,
    Paragraph,
    Table,
    Text,
    block_strings,
    merged,
    numbered,
)
from reportgen.writing.markup import parse_lines

Inline = Callable[[Section], tuple[Text, ...]]

MARK = re.compile("\ufdd0(\\d+)\ufdd1")


@dataclass(frozen=True)
class Written:
    """The documents of one form for one centre."""

    report: Document
    annex: Document | None


def write_documents(
    form: Form, facts: Facts, scores: Scores, wording: Wording, reasons: Mapping[str, str], source: str, draft: bool
) -> Written:
    """Return report and annex; ``reasons`` are its 口径说明, ``source`` says where the documents come from.

    A form without wording is a single table, which is its report.
    """
    own = {**facts.scope, "评分": scores.scope}  # no 正文: a text cannot print texts
    scope = {
        **own,
        "正文": wording.sections,
        "口径说明": [{"事实": name, "理由": reason} for name, reason in reasons.items()],
        "附件": form.annex.name if form.annex else "",
    }
    writer = _Writer(form, wording, scope, own)
    frame = Document(
        (), (), facts.entry.unit, chinese_date(facts.date), facts.date.isoformat(), draft=draft, source=source
    )
    table = writer.annex(frame, form.annex, scores) if form.annex else None
    if form.report is None and table:
        return Written(table, None)
    title, blocks = writer.lines(form.title, "标题"), numbered(writer.report())
    attachments = (form.annex.name,) if form.annex else ()
    report = replace(frame, title=title, blocks=blocks, attachments=attachments)
    return Written(report, replace(table, label="附件") if table else None)


@dataclass
class _Writer:
    form: Form
    wording: Wording
    scope: dict[str, Any]
    own: dict[str, Any]

    def lines(self, templates: tuple[Template, ...], *place: str) -> tuple[str, ...]:
        texts = (
            self.wording.fill(template, self.scope, self.form.spot_in_form((*place, index)))
            for index, template in enumerate(templates)
        )
        return tuple(text.strip() for text in texts if text.strip())

    def report(self) -> list[Block]:
        if self.form.report is None:
            return []
        return list(self.blocks(self.form.report, self.scope, self.form.spot_in_wording, 0))

    def annex(self, frame: Document, annex: Annex, scores: Scores) -> Document:
        """Return the table with its title and the texts that its template places around it."""
        used = {name for template in annex.cells.values() for _line, name in template.names}
        sections = self.scope["正文"].items()
        texts = {name: self.plain(section) for name, section in sections if f"正文.{name}" in used}
        scope = {**self.scope, "正文": texts}
        cells = {
            name: self.wording.fill(template, scope, self.form.spot_in_form(("附件", "栏目", name))).strip()
            for name, template in annex.cells.items()
        }
        title = self.lines(annex.title, "附件", "标题")
        return replace(frame, title=title, table=self.table(annex, scores), cells=cells)

    def plain(self, section: Section) -> str:
        """Return a section as text for a cell: a line for each paragraph."""
        blocks = numbered(self.blocks(section.template, self.own, section.spot, 0))
        lines = ["".join(text for text in block_strings(block)) for block in blocks]
        return "\n".join(line for line in lines if line)

    def blocks(self, template: Template, scope: Scope, spot: Spot, level: int) -> Iterator[Block]:
        """Yield the blocks of a template whose headings stand below a heading of ``level``."""
        page = _Page()
        self.wording.walk(template, scope, spot, page.write, page.show)
        current = level
        for line, block in parse_lines("".join(page.text)):
            if isinstance(block, Heading):
                heading = Heading(level + block.level, page.filled(block.text, self.inline))
                if heading.level > min(current + 1, MAX_LEVEL):
                    self.out_of_step(heading, current, spot(page.lines[line], heading.text))
                current = min(heading.level, current + 1, MAX_LEVEL)
                yield replace(heading, level=current)
            elif isinstance(block, Paragraph) and (section := page.section(block)):
                yield from self.blocks(section.template, self.own, section.spot, current)
            elif (resolved := page.resolved(block, self.inline)) != Paragraph(()):
                yield resolved

    def out_of_step(self, heading: Heading, above: int, span: Span) -> None:
        if heading.level > MAX_LEVEL:
            message = _("headings go down to the fourth level, （1）; this one would be lower")
        else:
            message = _("the heading skips a level: it is of level {level}, below one of level {above}")
            message = message.format(level=heading.level, above=above)
        self.wording.complain("heading-level", span, message, _("leave out one #"), heading.text)

    def inline(self, section: Section) -> tuple[Text, ...]:
        """Return a section printed within a sentence: it must be one paragraph."""
        blocks = list(self.blocks(section.template, self.own, section.spot, MAX_LEVEL))
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            return blocks[0].parts
        message = _("“{name}” stands within a sentence here, so it must be one paragraph").format(name=section.name)
        self.wording.complain("cannot-print", section.spot(1, ""), message, "", section.name)
        return ()

    def table(self, annex: Annex, scores: Scores) -> Table:
        rows: list[list[str]] = []
        for row in scores.rows:
            if not row.listed:
                continue
            texts = {**dict.fromkeys(self.form.columns, ""), **row.texts}
            scope = {**self.scope, "行": texts}
            spot = self.form.spot_in_form(("附件", "列"))
            rows.append([self.wording.fill(column.content, scope, spot).strip() for column in annex.columns])
        total = {
            column.name: self.wording.fill(column.total, self.scope, self.form.spot_in_form(("附件", "列")))
            for column in annex.columns
            if column.total
        }
        together = [index for index, column in enumerate(annex.columns) if column.merged]
        return Table(self.form.columns, merged(rows, together), total)


@dataclass
class _Page:
    """Markdown under way: its text with marks, and what the marks stand for."""

    text: list[str] = field(default_factory=list)
    values: list[str | Section] = field(default_factory=list)
    lines: list[int] = field(default_factory=lambda: [1])  # of each line of the text: its line in the template

    def write(self, text: str, line: int) -> None:
        self.text.append(text)
        self.lines += range(line + 1, line + 1 + text.count("\n"))

    def show(self, value: Any) -> None:
        self.text.append(f"\ufdd0{len(self.values)}\ufdd1")
        self.values.append(value)

    def section(self, block: Paragraph) -> Section | None:
        """Return the section that the paragraph consists of, or None."""
        match = MARK.fullmatch("".join(part.text for part in block.parts).strip())
        value = self.values[int(match[1])] if match else None
        return value if isinstance(value, Section) else None

    def filled(self, text: str, inline: Inline) -> str:
        return "".join(piece.text for piece in self.pieces([Text(text)], inline))

    def resolved(self, block: Block, inline: Inline) -> Block:
        """Return ``block`` with its marks replaced."""
        match block:
            case Paragraph(parts) | Item(parts):
                return replace(block, parts=tuple(self.runs(parts, inline)))
            case Table(columns, rows, total):
                cells = tuple(tuple(Cell(self.filled(cell.text, inline), cell.rows) for cell in row) for row in rows)
                return Table(tuple(self.filled(column, inline) for column in columns), cells, total)
        return block

    def runs(self, parts: Iterable[Text], inline: Inline) -> Iterator[Text]:
        """Yield runs of text; what is equally strong and adjacent is one run."""
        text, strong = "", False
        for part in self.pieces(parts, inline):
            if part.strong != strong and text:
                yield Text(text, strong)
                text = ""
            text, strong = text + part.text, part.strong
        if text:
            yield Text(text, strong)

    def pieces(self, parts: Iterable[Text], inline: Inline) -> Iterator[Text]:
        for part in parts:
            for index, piece in enumerate(MARK.split(part.text)):
                value = self.values[int(piece)] if index % 2 else piece
                if isinstance(value, Section):
                    yield from inline(value)
                elif value:
                    yield Text(value, part.strong)
