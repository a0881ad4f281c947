"""Facts, scores and a form -> the documents: the report, and its annex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from reportgen.facts.facts import Facts, chinese_date
from reportgen.facts.reasons import Reason
from reportgen.facts.wording import Section
from reportgen.forms.diagrams import LEVELS, Diagram
from reportgen.forms.form import FIGURE, TABLE, Annex, Column, Form
from reportgen.forms.layout import IndicatorTable, Layout
from reportgen.numbers.formula import lookup
from reportgen.numbers.grammar import Template
from reportgen.numbers.quantity import Quantity, Unit, brief, convert, trimmed
from reportgen.reading.keys import ADDRESSEE, NUMBERED
from reportgen.reading.trace import Traced
from reportgen.scoring.scores import Row, Scores
from reportgen.telling.findings import Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import (
    MAX_LEVEL,
    Bar,
    Block,
    Document,
    Figure,
    Grid,
    Item,
    Paragraph,
    Table,
    Text,
    block_strings,
    merged,
    numbered,
    without_notes,
)
from reportgen.writing.grid import indicator_grid, layout_blocks
from reportgen.writing.prose import Prose
from reportgen.writing.variants import LEFT_OUT, narrowed, without

SUBTOTAL = "小计"
REASONS = "口径说明"


@dataclass(frozen=True)
class Written:
    """The documents of one form for one centre; ``variants`` are its other editions, by the end of their file names."""

    report: Document
    annexes: tuple[Document, ...] = ()
    variants: Mapping[str, Written] = field(default_factory=dict)

    @property
    def annex(self) -> Document | None:
        """The first annex."""
        return self.annexes[0] if self.annexes else None

    @property
    def files(self) -> Iterator[tuple[str, str, Document]]:
        """Yield each document with its kind and the name of its files: annex.docx, or annex-1.docx where several."""
        for end, edition in self.editions:
            yield from ((kind, name + end, document) for kind, name, document in edition.own_files)

    @property
    def editions(self) -> Iterator[tuple[str, Written]]:
        """Yield this one and its variants, each with what the names of its files end with."""
        yield "", self
        yield from ((f"-{end}", variant) for end, variant in self.variants.items())

    @property
    def own_files(self) -> Iterator[tuple[str, str, Document]]:
        """Yield the documents of this edition alone."""
        yield "report", "report", self.report
        for number, annex in enumerate(self.annexes, 1):
            yield "annex", "annex" if len(self.annexes) == 1 else f"annex-{number}", annex


def write_documents(
    form: Form,
    facts: Facts,
    scores: Scores,
    prose: Prose,
    reasons: Iterable[Reason],
    source: str,
    draft: bool,
    before: Written | None = None,
) -> Written:
    """Return report and annex; ``reasons`` are the 口径说明, ``source`` says where the documents come from.

    A form without wording is a single table, which is its report. ``before`` is what was written of the same with other
    reasons: annexes that cannot print any are taken from it.
    """
    if before and any(map(_names_reasons, form.annexes)):
        before = None
    if before and form.report is None:
        return before
    own = own_scope(facts, scores)
    scope: dict[str, Any] = {
        **own,
        "正文": prose.wording.sections,
        "选项": form.options,
        REASONS: [{"事实": reason.name, "理由": reason.text} for reason in reasons],
        "附件": form.annex.name if form.annex else "、".join(annex.name for annex in form.annexes),
    }
    frame = Document(
        (), (), facts.entry.unit, chinese_date(facts.date), facts.date.isoformat(), draft=draft, source=source
    )

    def edition(known: Written | None, name: str = "", omitted: frozenset[str] = frozenset()) -> Written:
        writer = _Writer(form, prose, {**scope, "变体": name}, own, omitted, facts.entry.project_lines)
        return writer.written(replace(frame, variant=name), scores, known)

    variants = {
        variant.id: edition(before and before.variants[variant.id], variant.name, variant.omitted)
        for variant in form.variants
    }
    return replace(edition(before), variants=variants)


def _names_reasons(annex: Annex) -> bool:
    columns = [each for column in annex.columns for each in (column.content, column.total, annex.only) if each]
    templates = (*annex.title, *annex.templates, *columns)
    return any(name.partition(".")[0] == REASONS for template in templates for _at, name in template.names)


def own_scope(facts: Facts, scores: Scores | None = None) -> dict[str, Any]:
    """Return the names that a centre's own texts may use; no 正文: a text cannot print texts."""
    return {**facts.scope, "评分": scores.scope if scores else {}}


@dataclass
class _Writer:
    form: Form
    prose: Prose
    scope: dict[str, Any]
    own: dict[str, Any]
    omitted: frozenset[str]
    project: tuple[str, ...]  # 项目, a text for each line of a title

    def written(self, frame: Document, scores: Scores, before: Written | None) -> Written:
        """Return the documents of one edition; ``frame`` holds what they have in common, ``before`` the annexes."""
        annexes = [annex for annex in self.form.annexes if self.applies(annex)]
        tables = before.annexes if before else [self.annex(frame, annex, scores) for annex in annexes]
        if self.form.report is None and tables:
            return Written(tables[0])
        title, blocks = self.lines(self.form.title, "标题"), numbered(self.report())
        report = replace(
            frame,
            title=title,
            blocks=blocks,
            attachments=tuple(annex.name for annex in annexes),
            cells=dict(self.cells()),
            cover=self.form.cover,
            listed=self.form.contents,
        )
        numbers = ["附件"] if len(tables) == 1 else [f"附件{number}" for number, _table in enumerate(tables, 1)]
        labelled = (replace(table, label=label) for label, table in zip(numbers, tables, strict=True))
        return Written(report, tuple(labelled))

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield what the report says beside its wording (栏目), where it says anything."""
        used = {name for template in self.form.cells.values() for _at, name in template.names}
        scope = {**self.scope, "正文": self.plain_texts(used)}
        for name, template in self.form.cells.items():
            text = self.prose.wording.fill(template, scope, self.form.spot_in_form(("栏目", name))).stripped()
            if text and name not in self.omitted:
                yield name, text.ending("：") if name == ADDRESSEE and not text.endswith(("：", ":")) else text

    def plain_texts(self, used: set[str]) -> dict[str, str]:
        """Return the sections that are ``used`` (正文.…) as text for cells."""
        sections: Mapping[str, Section] = self.scope["正文"]
        return {name: self.plain(section) for name, section in sections.items() if f"正文.{name}" in used}

    def applies(self, annex: Annex) -> bool:
        """Tell whether an annex is printed: in this edition, and under its condition (仅当)."""
        if annex.name in self.omitted and self.form.report is not None:
            return False
        spot = self.form.spot_in_form((*annex.place, "仅当"))
        return annex.only is None or bool(self.prose.wording.fill(annex.only, self.scope, spot))

    def lines(self, templates: tuple[Template, ...], *place: str | int) -> tuple[str, ...]:
        texts = (
            self.prose.wording.fill(template, self.scope, self.form.spot_in_form((*place, index)))
            for index, template in enumerate(templates)
        )
        return tuple(line for text in texts if text.strip() for line in self.broken(text.stripped()))

    def broken(self, title: Traced) -> Iterator[Traced]:
        """Yield a title as lines: it breaks where 项目 is typed as several."""
        start, whole = 0, "".join(self.project)
        at = title.find(whole) if len(self.project) > 1 else -1
        for line in self.project[:-1] if at >= 0 else ():
            at += len(line)
            yield title.cut(start, at)
            start = at
        yield title.cut(start, len(title))

    def report(self) -> Iterable[Block]:
        if self.form.report is None:
            return ()
        blocks = self.prose.blocks(self.form.report, self.scope, self.form.spot_in_wording, self.inline)
        placed = self.with_tables(self.prose.below(blocks, 0, self.section))
        return without(placed, self.omitted) if self.omitted else placed

    def with_tables(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Yield the blocks, a table in the place of each line that names its layout: 表: indicators.md."""
        for block in blocks:
            text = "".join(block_strings(block)) if isinstance(block, Paragraph) else ""
            if (match := TABLE.fullmatch(text)) and (layout := self.form.tables.get(match[1])):
                yield from layout_blocks(layout, self.prose.wording, self.scope, _no_indicators)
            elif (match := FIGURE.fullmatch(text)) and (diagram := self.form.figures.get(match[1])):
                yield from self.figure(diagram)
            else:
                yield block

    def figure(self, diagram: Diagram) -> Iterator[Figure]:
        """Yield a figure with a bar for each value that is one number, where there are two; what lacks is told."""
        bars: list[Bar] = []
        unit: Unit | None = None
        symbol = ""
        absent, inexact = [], {}
        for label, names in diagram.series.items():
            if names == (LEVELS,):
                bars += self.score_bars()
                symbol = "分"
                continue
            found = {name: value for name in names if isinstance(value := lookup(name, self.scope), Quantity)}
            value = next((each for each in found.values() if each.exact), None)
            if value is not None:
                unit = unit or value.unit
                symbol = unit.symbol
                bars.append(Bar(label, float(convert(value, unit).low), brief(value)))
            elif found:
                inexact[label] = next(iter(found))
            else:
                absent.append(names[0])
        if len(bars) > 1:
            self.left_out(diagram.name, inexact)
            yield Figure(diagram.name, symbol, tuple(bars))
        else:
            self.not_drawn(diagram, [*inexact.values(), *absent])

    def left_out(self, figure: str, inexact: Mapping[str, str]) -> None:
        """Tell each value that a figure cannot show, by what it is called there: a bar is one number."""
        for label, name in inexact.items():
            message = _("the figure “{figure}” leaves out {label}: {value} is not one number").format(
                figure=figure, label=label, value=brief(lookup(name, self.scope))
            )
            self.short_of(name, message, _("state the exact number, or take the figure out of the form"))

    def not_drawn(self, diagram: Diagram, lacking: Sequence[str]) -> None:
        """Tell that a figure is not printed."""
        message = _("the figure “{figure}” is not printed: it takes two exact numbers of {labels}").format(
            figure=diagram.name, labels="、".join(diagram.series)
        )
        hint = _("state, as exact numbers: {names}").format(names="、".join(lacking)) if lacking else ""
        self.short_of(lacking[0] if lacking else "", message, hint)

    def short_of(self, name: str, message: str, hint: str) -> None:
        facts = self.prose.wording.facts
        self.prose.wording.complain("figure-short", facts.span(name), message, hint, Subject.fact(name))

    def score_bars(self) -> Iterator[Bar]:
        """Yield a bar for each first level: its score, of its points."""
        for level in dict.fromkeys(indicator.levels[0] for indicator in self.form.indicators):
            known = self.scope["评分"].get(level, {})
            if "得分" in known and known["分值"].low > 0:
                score, points = known["得分"], known["分值"]
                yield Bar(level, float(score.low), f"{score}分（满分{points}分）")

    def section(self, section: Section, level: int) -> Iterator[Block]:
        """Yield the blocks of a section below a heading of ``level``."""
        if section.name not in self.omitted:
            yield from self.prose.below(self.prose.section(section, self.own, self.form.id), level, self.section)

    def inline(self, section: Section) -> tuple[Text, ...]:
        """Return a section printed within a sentence: it must be one paragraph."""
        if section.name in self.omitted:
            return ()
        blocks = list(self.section(section, MAX_LEVEL))
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            return blocks[0].parts
        message = _("“{name}” stands within a sentence here, so it must be one paragraph").format(name=section.name)
        self.prose.wording.complain("cannot-print", section.spot(0, 1), message, "", Subject.section(section.name))
        return ()

    def annex(self, frame: Document, annex: Annex, scores: Scores) -> Document:
        """Return the table with its title and the texts that stand around it."""
        layout = annex.layout
        used = {name for template in annex.templates for _at, name in template.names}
        scope = {**self.scope, "正文": self.plain_texts(used)}
        cells: dict[str, str] = {
            name: self.prose.wording.fill(
                template, scope, self.form.spot_in_form((*annex.place, "栏目", name))
            ).stripped()
            for name, template in annex.cells.items()
        }
        cells |= dict.fromkeys(self.omitted & cells.keys(), LEFT_OUT)
        title = self.lines(annex.title, *annex.place, "标题")
        table = self.table(annex, scores) if annex.columns else None
        if layout is None:
            return replace(frame, title=title, table=table, cells=cells)

        blocks = layout_blocks(
            layout, self.prose.wording, scope, lambda look: self.indicators(annex, table, look, layout)
        )
        return replace(frame, title=title, table=table, cells=cells, blocks=tuple(blocks), landscape=layout.landscape)

    def indicators(self, annex: Annex, table: Table | None, look: IndicatorTable, layout: Layout) -> Grid:
        """Return the table of indicators as laid out, without the columns that this edition leaves out."""
        columns = [column.name for column in annex.columns]
        return indicator_grid(table or Table((), ()), narrowed(look, columns, self.omitted), layout)

    def plain(self, section: Section) -> str:
        """Return a section as text for a cell: a line for each paragraph."""
        if section.name in self.omitted:
            return LEFT_OUT
        blocks = numbered(_spelled_out(block) for block in self.section(section, 0))
        lines = ["".join(text for text in block_strings(block)) for block in blocks]
        return "\n".join(line for line in lines if line)

    def table(self, annex: Annex, scores: Scores) -> Table:
        fill = partial(self.prose.wording.fill, spot=self.form.spot_in_form((*annex.place, "列")))
        printed = [column for column in annex.columns if column.name not in self.omitted]
        listed = [row for row in scores.rows if row.listed]
        rows: list[list[str]] = []
        for number, row in enumerate(listed, 1):
            texts = {**dict.fromkeys(self.form.columns, ""), **row.texts, NUMBERED: str(number)}
            scope = {**self.scope, "行": texts}
            rows.append([fill(column.content, scope).stripped() for column in printed])
        if annex.subtotals:
            rows = list(self.with_subtotals(annex, printed, listed, rows))
        total = {column.name: fill(column.total, self.scope) for column in printed if column.total}
        together = [index for index, column in enumerate(printed) if column.merged]
        return Table(tuple(column.name for column in printed), merged(rows, together), total)

    def with_subtotals(
        self, annex: Annex, printed: Sequence[Column], scored: Sequence[Row], rows: Sequence[list[str]]
    ) -> Iterator[list[str]]:
        """Yield the rows of a table, those of each group followed by the sums of what they print."""
        fields = [self.form.field(column.name) for column in printed]
        if annex.subtotals not in fields[:-1]:  # an edition without this column
            yield from rows
            return
        depth, at = self.form.levels.index(annex.subtotals), fields.index(annex.subtotals)
        for _group, members in groupby(zip(scored, rows, strict=True), key=lambda pair: pair[0].levels[: depth + 1]):
            group = list(members)
            yield from (cells for _row, cells in group)
            sums = _sums([row for row, _cells in group])
            levels = [
                text if field in self.form.levels else "" for field, text in zip(fields, group[-1][1], strict=True)
            ]
            yield [*levels[: at + 1], SUBTOTAL, *(sums.get(field, "") for field in fields[at + 2 :])]


def _no_indicators(_look: IndicatorTable) -> Grid:
    """Stand in for the table of indicators, which only an annex has; the layout has been told."""
    return Grid((), ())


def _spelled_out(block: Block) -> Block:
    """Return a block for a cell: no footnote stands below it."""
    return replace(block, parts=tuple(without_notes(block.parts))) if isinstance(block, Paragraph | Item) else block


def _sums(rows: Sequence[Row]) -> dict[str, str]:
    """Return the sums of 分值 and 得分 over rows, as printed: “—” where one that applies has no score."""
    applying = [row for row in rows if row.applies]
    points = sum((row.points for row in applying if not row.beyond), Decimal(0))
    scores = [row.score for row in applying if row.score is not None]
    scored = trimmed(sum(scores, Decimal(0))) if len(scores) == len(applying) else "—"
    return {"分值": trimmed(points), "得分": scored}
