"""A form's folder -> the form: titles, wording, indicators and the columns of its annex."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from reportgen.characters import decode, odd_characters
from reportgen.findings import Finding, ReportError, Span, has_errors
from reportgen.language import (
    Expression,
    FormulaError,
    Relation,
    Template,
    parse_expression,
    parse_relation,
    parse_template,
)
from reportgen.messages import _
from reportgen.numerals import read_quantity
from reportgen.quantity import Quantity, QuantityError, number
from reportgen.schema import AnnexEntry, ColumnEntry, FormFile, did_you_mean, read_frame
from reportgen.source import Place, Source, read_source
from reportgen.vocabulary import YES, Vocabulary
from reportgen.wording import Names, Spot, spot_in, undefined

NAME = "三级指标"  # the column that names a row
RULES = ("实际", "目标", "得分")  # expressions of an indicator: its value, its target, its score
REASONS = ("扣分原因", "偏差原因")
STATED = (NAME, "得分", "完成值", *REASONS)  # what a centre may say of a row, besides the form's columns
# The names that a form's texts have besides facts, with any members.
NAMES: Names = dict.fromkeys(("正文", "评分", "口径说明", "行", "分值", "附件"))


ParsedT = TypeVar("ParsedT")


@dataclass(frozen=True)
class Indicator:
    """One row of the annex: its texts by column (templates), its points and its rules."""

    name: str
    texts: Mapping[str, Template]
    points: Decimal
    actual: Expression | None
    target: Relation | None
    rule: Expression | None
    place: Place


@dataclass(frozen=True)
class Column:
    """One column of the annex; ``total`` is what the last row prints in it."""

    name: str
    content: Template
    merged: bool
    total: Template | None


@dataclass(frozen=True)
class Annex:
    """The annex of a form."""

    name: str
    title: tuple[Template, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Form:
    """A form; ``grades`` are (name, lowest share of the full score), best first."""

    id: str
    name: str
    folder: Path
    title: tuple[Template, ...]
    report: Template
    annex: Annex | None
    indicators: tuple[Indicator, ...]
    full: Decimal
    grades: tuple[tuple[str, Decimal], ...]
    excess: Quantity | None
    source: Source
    wording_file: str
    notes: tuple[Finding, ...] = ()  # what is odd, and does not stop anything

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the centre's own texts that the wording prints (正文.…)."""
        names = (name.split(".", 1) for _line, name in self.report.names)
        return tuple(dict.fromkeys(rest[0] for group, *rest in names if group == "正文" and rest))

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of the annex."""
        return tuple(column.name for column in self.annex.columns) if self.annex else ()

    def spot_in_wording(self, line: int, wanted: str) -> Span:
        """Return where ``wanted`` stands in line ``line`` of report.md."""
        return _spot_in_text(self.wording_file, self.report.text, line, wanted)

    def spot_in_form(self, place: Place) -> Spot:
        """Return the finder for the text at ``place`` of form.yaml."""
        return spot_in(self.source, place)


def read_form(folder: Path, vocabulary: Vocabulary, name: str) -> Form:
    """Read the form in ``folder``; ``name`` is what messages call it. Raises ReportError with every fault."""
    source = read_source(folder / "form.yaml", f"{name}/form.yaml")
    frame, findings = read_frame(source, FormFile)
    reader = _Reader(source, frame, vocabulary, [*source.findings, *findings])
    form = reader.read(folder, f"{name}/report.md")
    if has_errors(reader.findings):
        raise ReportError(reader.findings)
    return replace(form, notes=tuple(reader.findings))


def _spot_in_text(file: str, text: str, line: int, wanted: str) -> Span:
    lines = text.split("\n")
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    return Span(file, line, max(0, shown.find(wanted)) + 1, max(1, len(wanted)), shown)


class _Reader:
    def __init__(self, source: Source, frame: FormFile, vocabulary: Vocabulary, findings: list[Finding]) -> None:
        self.source, self.frame, self.vocabulary, self.findings = source, frame, vocabulary, findings

    def complain(self, place: Place, message: str, hint: str = "", line: int = 1, wanted: str = "") -> None:
        span = self.source.inside(place, line, wanted)
        self.findings.append(Finding("bad-template", span, message, hint, ".".join(map(str, place))))

    def read(self, folder: Path, wording_file: str) -> Form:
        title = tuple(self.template(text, ("标题", index)) for index, text in enumerate(self.frame.title))
        annex = self.annex(self.frame.annex) if self.frame.annex else None
        form = Form(
            folder.name,
            self.frame.name,
            folder,
            title,
            self.wording(folder / "report.md", wording_file),
            annex,
            tuple(self.indicators()),
            self.decimal(self.frame.full, ("满分",)),
            self.grades(),
            self.excess(),
            self.source,
            wording_file,
        )
        total = sum((indicator.points for indicator in form.indicators), Decimal(0))
        if form.indicators and total != form.full:
            self.complain(("指标",), _("the points sum to {total}, not {full}").format(total=total, full=form.full))
        return form

    @cached_property
    def names(self) -> Names:
        """The names that the texts of this form have besides facts."""
        levels = {row.get("一级指标", "") for row in self.frame.indicators}
        return {**NAMES, "评分": {"总分", "满分", "等级", *levels}, "行": self.fields}

    @cached_property
    def fields(self) -> set[str]:
        """What can be said of a row: a column of the annex, its points, its rules and its reasons."""
        columns = self.frame.annex.columns if self.frame.annex else []
        return {NAME, "分值", *(column.name for column in columns), *RULES, *REASONS}

    def wording(self, path: Path, name: str) -> Template:
        try:
            text, notes = decode(path.read_bytes(), name)
        except OSError as error:
            message = _("the file cannot be read: {reason}").format(reason=error.strerror or error)
            self.findings.append(Finding("file-unreadable", Span(name), message))
            return parse_template("")
        except ReportError as error:
            self.findings += error.findings
            return parse_template("")
        text = text.replace("\r\n", "\n")
        self.findings += [*notes, *odd_characters(tuple(text.split("\n")), name)]
        try:
            template = parse_template(text)
        except FormulaError as error:
            span = _spot_in_text(name, text, error.line, error.wanted)
            self.findings.append(Finding("template-syntax", span, error.message, error.hint))
            return parse_template("")
        self.findings += undefined(template, self.vocabulary, self.names, partial(_spot_in_text, name, text))
        return template

    def parsed(self, parse: Callable[[str], ParsedT], text: str, place: Place) -> ParsedT | None:
        """Return what ``parse`` makes of ``text``, or None with a finding."""
        try:
            return parse(text)
        except FormulaError as error:
            self.complain(place, error.message, error.hint, error.line, error.wanted)
            return None

    def template(self, text: str, place: Place) -> Template:
        template = self.parsed(parse_template, text, place) or parse_template("")
        self.findings += undefined(template, self.vocabulary, self.names, spot_in(self.source, place))
        return template

    def expression(self, text: str, place: Place) -> Expression | None:
        expression = self.parsed(parse_expression, text, place) if text else None
        self.refuse_unknown(expression.names if expression else (), place)
        return expression

    def relation(self, text: str, place: Place) -> Relation | None:
        relation = self.parsed(parse_relation, text, place) if text else None
        self.refuse_unknown(relation.names if relation else (), place)
        return relation

    def annex(self, entry: AnnexEntry) -> Annex:
        title = tuple(self.template(text, ("附件", "标题", index)) for index, text in enumerate(entry.title))
        columns = tuple(self.column(column, ("附件", "列", index)) for index, column in enumerate(entry.columns))
        names = [column.name for column in columns]
        if self.frame.indicators and NAME not in names:
            self.complain(("附件", "列"), _("there is no column “{name}”").format(name=NAME))
        for index, name in enumerate(names):
            if name in names[:index]:
                self.complain(("附件", "列", index, "名称"), _("there are two columns “{name}”").format(name=name))
        return Annex(entry.name, title, columns)

    def column(self, entry: ColumnEntry, place: Place) -> Column:
        content = self.template(entry.content or f"{{{{ 行.{entry.name} }}}}", (*place, "内容"))
        total = self.template(entry.total, (*place, "合计")) if entry.total else None
        return Column(entry.name, content, entry.merged == YES, total)

    def indicators(self) -> Iterator[Indicator]:
        seen: set[str] = set()
        for index, row in enumerate(self.frame.indicators):
            place: Place = ("指标", index)
            for key in row.keys() - self.fields:
                message = _("“{key}” is not a column of the annex").format(key=key)
                self.complain((*place, key), message, did_you_mean(key, sorted(self.fields)))
            name = row.get(NAME, "")
            if not name or name in seen:
                self.complain(place, _("each row needs a {name} of its own").format(name=NAME))
            seen.add(name)
            yield self.indicator(name, row, place)

    def indicator(self, name: str, row: Mapping[str, str], place: Place) -> Indicator:
        return Indicator(
            name,
            {key: self.template(text, (*place, key)) for key, text in row.items() if key not in RULES},
            self.decimal(row.get("分值", ""), (*place, "分值")),
            self.expression(row.get("实际", ""), (*place, "实际")),
            self.relation(row.get("目标", ""), (*place, "目标")),
            self.expression(row.get("得分", ""), (*place, "得分")),
            place,
        )

    def refuse_unknown(self, names: tuple[str, ...], place: Place) -> None:
        for name in names:
            if not self.vocabulary.knows(name) and name not in NAMES:
                message = _("there is no fact “{name}”").format(name=name)
                self.complain(place, message, self.vocabulary.near(name), wanted=name)

    def decimal(self, text: str, place: Place) -> Decimal:
        try:
            return read_quantity(text, "").low
        except QuantityError as error:
            self.complain(place, error.message, error.hint)
            return Decimal(0)

    def grades(self) -> tuple[tuple[str, Decimal], ...]:
        grades = [(name, self.decimal(text, ("等级", name))) for name, text in self.frame.grades.items()]
        return tuple(sorted(grades, key=lambda grade: -grade[1]))

    def excess(self) -> Quantity | None:
        if not self.frame.excess:
            return None
        try:
            share = read_quantity(self.frame.excess, "%")
        except QuantityError as error:
            self.complain(("超额须说明",), error.message, error.hint)
            return None
        return number(share.low / 100)
