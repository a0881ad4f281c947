"""A form's folder -> the form: titles, wording, indicators and the columns of its annex."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from reportgen.forms.diagrams import CHARTS, Diagram, read_diagrams
from reportgen.forms.layout import Fault, Layout, is_layout, read_layout
from reportgen.forms.names import Names, spot_in, spot_in_text, undefined
from reportgen.forms.profiles import POINTS, Figures, Profile, points_differ, read_profile
from reportgen.forms.vocabulary import YES, Vocabulary
from reportgen.numbers.formula import UnknownError, holds, quantity_of
from reportgen.numbers.grammar import (
    Expression,
    FormulaError,
    Relation,
    Template,
    parse_expression,
    parse_relation,
    parse_template,
)
from reportgen.numbers.quantity import QuantityError, number
from reportgen.reading.characters import decode, odd_characters
from reportgen.reading.formats import FORM, of_another
from reportgen.reading.frames import AnnexEntry, ColumnEntry, FormFile, FormFrame, FormOfSeveral, read_frame
from reportgen.reading.heirs import read_heir
from reportgen.reading.keys import ADDRESSEE, DEPTH, DEPTHS, HEADING_ITEMS, NUMBERED, REASONS, RULES, UNSEEN, WORKED_OUT
from reportgen.reading.obstacles import why
from reportgen.reading.project import HOUSE
from reportgen.reading.source import Place, Source
from reportgen.reading.trace import Spot
from reportgen.telling.findings import Finding, ReportError, Span, has_errors
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

# The names that a form's texts have besides facts, with any members.
NAMES: Names = dict.fromkeys(("正文", "评分", "口径说明", "行", "分值", "附件", "变体", "选项"))


LAYOUT, LAYOUT_NAME = "annex.md", re.compile(r"[a-z][a-z0-9-]{0,40}\.md")
VARIANT = re.compile(r"[a-z][a-z0-9-]{0,20}")  # public: report-public.docx
TABLE = re.compile(r"^表[:：][ \t]*([a-z][a-z0-9-]{0,40}\.md)[ \t]*$", re.MULTILINE)  # 表: indicators.md
FIGURE = re.compile(r"^图[:：][ \t]*([^{}\n]+?)[ \t]*$", re.MULTILINE)  # 图: 案件构成
HEADING = re.compile(r"^#+[ \t]+([^{}*_`\\\n]+?)[ \t]*$", re.MULTILINE)  # one that prints as it is typed
REQUIRED = "必填"
BONUS, DEDUCTION = "加分项", "扣分项"
ParsedT = TypeVar("ParsedT")


@dataclass(frozen=True)
class Indicator:
    """One row of the annex: its texts by column (templates), its points and its rules.

    ``rule`` is its own; ``algorithm`` is the profile's, in 实际, 指标值 and 分值. ``place`` is that in form.yaml, ()
    for a row that a centre adds; a row that is not ``listed`` counts, but the table does not list it. The points of a
    row ``beyond`` the full score (加分项, 扣分项) are the most that it can add or take away.
    """

    name: str
    levels: tuple[str, ...]
    texts: Mapping[str, Template]
    points: Decimal
    actual: Expression | None
    target: Relation | None
    rule: Expression | None
    algorithm: Expression | None
    place: Place
    listed: bool = True
    beyond: str = ""

    @property
    def range(self) -> tuple[Decimal, Decimal]:
        """The least and the most that it can score."""
        return (-self.points, Decimal(0)) if self.beyond == DEDUCTION else (Decimal(0), self.points)

    @property
    def grounds(self) -> tuple[Expression, ...]:
        """What its score is worked out from, without the profile's rule; nothing where a person scores it."""
        if self.rule:
            return (self.rule,)
        return (self.target.left, self.target.right) if self.target and self.algorithm else ()

    @property
    def shown(self) -> tuple[Expression, ...]:
        """What its target and the value reached are worked out from."""
        sides = (self.target.left, self.target.right) if self.target else ()
        return (*sides, self.actual) if self.actual else sides


@dataclass(frozen=True)
class Column:
    """One column of the annex; ``total`` is what the last row prints in it."""

    name: str
    content: Template
    merged: bool
    total: Template | None


@dataclass(frozen=True)
class Annex:
    """The annex of a form; ``subtotals`` is the level below whose rows the table prints their sum, "": none."""

    name: str
    title: tuple[Template, ...]
    cells: Mapping[str, Template]
    columns: tuple[Column, ...]
    place: Place = ("附件",)
    layout: Layout | None = None
    only: Template | None = None  # prints something where the annex applies
    subtotals: str = ""

    @property
    def templates(self) -> tuple[Template, ...]:
        """The texts that stand around the table of indicators."""
        return (*self.cells.values(), *((self.layout.template,) if self.layout else ()))


@dataclass(frozen=True)
class Choice:
    """What a centre chooses of a form: another scoring profile, rows of its own in place of the form's."""

    profile: str = ""
    own_rows: bool = False


@dataclass(frozen=True)
class Duty:
    """What a form wants explained: ``when`` it holds, a sentence with one of ``words`` says why."""

    name: str
    when: Relation
    words: tuple[str, ...]


@dataclass(frozen=True)
class Variant:
    """Another edition of a form, without what has one of these names: a text, a heading, a column, an annex."""

    id: str
    name: str
    omitted: frozenset[str]


@dataclass(frozen=True)
class Form:
    """A form; ``report`` is None for one that is a single table, ``needed`` are the facts that it cannot do without."""

    id: str
    name: str
    folder: Path
    title: tuple[Template, ...]
    report: Template | None
    annexes: tuple[Annex, ...]
    indicators: tuple[Indicator, ...]
    profile: Profile
    needed: tuple[str, ...]
    adjustable: bool
    demands_reasons: bool  # 原因: 必填
    duties: tuple[Duty, ...]
    choice: Choice
    source: Source
    wording_file: str
    parents: tuple[Path, ...] = ()  # the folders of the forms that it inherits from
    notes: tuple[Finding, ...] = ()  # what is odd, and does not stop anything
    depth: int = DEPTH  # how many levels its rows have, with that which names them
    variants: tuple[Variant, ...] = ()
    tables: Mapping[str, Layout] = field(default_factory=dict)  # those that stand in the wording, by file
    figures: Mapping[str, Diagram] = field(default_factory=dict)  # those that stand in the wording, by title
    options: Mapping[str, str] = field(default_factory=dict)  # 选项: what its texts ask, as 选项.表尾
    cells: Mapping[str, Template] = field(default_factory=dict)  # 栏目 of the report
    cover: bool = False
    contents: bool = False

    @cached_property
    def annex(self) -> Annex | None:
        """The annex that is the table of its indicators."""
        return next((annex for annex in self.annexes if annex.columns), None)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The names of the centre's own texts that the wording prints (正文.…)."""
        around = (
            *(template for annex in self.annexes for template in annex.templates),
            *(table.template for table in self.tables.values()),
        )
        texts = (self.report, *self.cells.values(), *around)
        names = (name.split(".", 1) for text in texts if text for _line, name in text.names)
        return tuple(dict.fromkeys(rest[0] for group, *rest in names if group == "正文" and rest))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels above a row: 一级指标, 二级指标."""
        return DEPTHS[: self.depth - 1]

    @property
    def naming(self) -> str:
        """The level that names a row: 三级指标."""
        return DEPTHS[self.depth - 1]

    @cached_property
    def scored(self) -> bool:
        """Whether its rows have points at all."""
        return any(indicator.points for indicator in self.indicators)

    @cached_property
    def first_levels(self) -> frozenset[str]:
        """The first levels that a row of the centre's own can stand below."""
        return frozenset((*(indicator.levels[0] for indicator in self.indicators), *self.profile.weights))

    def prints(self, field: str) -> bool:
        """Tell whether the table prints ``field`` of its rows."""
        return f"行.{field}" in self._printed

    @cached_property
    def _printed(self) -> frozenset[str]:
        columns = self.annex.columns if self.annex else ()
        return frozenset(name for column in columns for _line, name in column.content.names)

    def field(self, column: str) -> str:
        """Return the field of a row that can be typed as ``column``: its own name, or the one field that it prints."""
        return self._fields.get(column, "")

    @cached_property
    def _fields(self) -> dict[str, str]:
        return {column.name: _field(column) for column in self.annex.columns} if self.annex else {}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The headings of the annex."""
        return tuple(column.name for column in self.annex.columns) if self.annex else ()

    @property
    def spot_in_wording(self) -> Spot:
        """The finder for the text of report.md."""
        return spot_in_text(self.wording_file, self.report.text if self.report else "")

    def spot_in_form(self, place: Place) -> Spot:
        """Return the finder for the text at ``place`` of form.yaml."""
        return spot_in(self.source, place)


def _field(column: Column) -> str:
    if f"行.{column.name}" in (name for _at, name in column.content.names):
        return column.name
    match = re.fullmatch(r"\{\{\s*行\.(\w+)\s*\}\}", column.content.text.strip())
    return match[1] if match else ""


def read_form(folder: Path, vocabulary: Vocabulary, name: str, choice: Choice = Choice()) -> Form:
    """Read the form in ``folder``; ``name`` is what messages call it. Raises ReportError with every fault."""
    templates = name.rpartition("/")[0]
    siblings = {other.parent.name: other for other in folder.parent.glob("*/form.yaml")}
    parents = {other: (path, f"{templates}/{other}/form.yaml") for other, path in siblings.items()}
    source, files = read_heir(folder / "form.yaml", f"{name}/form.yaml", parents)
    if other := of_another(source, FORM):
        raise ReportError([other])
    several = isinstance(source.data.get("附件"), list)
    frame, findings = read_frame(source, FormOfSeveral) if several else read_frame(source, FormFile)
    reader = _Reader(source, frame, vocabulary, [*source.findings, *findings], choice)
    form = reader.read(tuple(file.parent for file in files), templates)
    if has_errors(reader.findings):
        raise ReportError(reader.findings)
    return replace(form, notes=tuple(reader.findings))


class _Reader(Figures):
    def __init__(
        self, source: Source, frame: FormFrame, vocabulary: Vocabulary, findings: list[Finding], choice: Choice
    ) -> None:
        super().__init__(source, findings)
        self.frame, self.vocabulary, self.choice = frame, vocabulary, choice
        self.profile = Profile()
        self.folders: tuple[Path, ...] = ()
        self.templates = ""

    def read(self, folders: tuple[Path, ...], templates: str) -> Form:
        folder = folders[0]
        self.folders, self.templates = folders, templates
        self.profile = self.own_profile(folder.parent / "profiles")
        title = tuple(self.template(text, ("标题", index)) for index, text in enumerate(self.frame.title))
        annexes = [self.annex(entry, place) for place, entry in self.frame.annexes]
        wording, wording_file = self.file("report.md")
        is_table = bool(annexes) and self.file("report.docx")[0].is_file() and not wording.exists()
        report = None if is_table else self.wording(wording, wording_file)
        if annexes and report and is_layout(report.text):
            annexes, report = [replace(annexes[0], layout=self.layout(report, wording_file, annexes[0]))], None
        else:
            annexes = [
                self.laid_out(annex, entry.layout)
                for annex, (_place, entry) in zip(annexes, self.frame.annexes, strict=True)
            ]
        self.refuse_unknown(tuple(self.frame.needed), ("须填",))
        form = Form(
            folder.name,
            self.frame.name,
            folder,
            title,
            report,
            tuple(annexes),
            tuple(self.chosen()),
            self.profile,
            tuple(self.frame.needed),
            self.frame.adjustable == YES or self.choice.own_rows,
            self.frame.reasons == REQUIRED,
            tuple(self.duties()),
            self.choice,
            self.source,
            wording_file,
            folders[1:],
            depth=self.depth,
            tables=self.tables(report, wording_file),
            figures=self.figures(report, wording_file),
            options=self.frame.options,
            cells={name: self.template(text, ("栏目", name)) for name, text in self.frame.cells.items()},
            cover=self.frame.cover == YES,
            contents=self.frame.contents == YES,
        )
        if report and not self.file("report.docx")[0].is_file():
            self.refuse_cells()
        form = replace(form, variants=tuple(self.variants(form)))
        if form.scored and self.choice == Choice():  # else it is the centre that shares out the points
            for level, stated, total in untied(form.indicators, self.profile):
                self.complain(("指标",), points_differ(level or _("all rows"), total, stated))
        return form

    def variants(self, form: Form) -> Iterator[Variant]:
        """Yield the other editions of the form (变体); each name that is left out must be there."""
        headings = HEADING.findall(form.report.text) if form.report else []
        known = [*form.sections, *headings, *form.columns]
        known += [*form.cells, *(name for annex in form.annexes for name in (annex.name, *annex.cells))]
        for key, entry in self.frame.variants.items():
            if not VARIANT.fullmatch(key):
                message = _("“{name}” cannot name a file").format(name=key)
                self.complain(("变体", key), message, _("type a short name in letters, such as public"))
            for index, name in enumerate(entry.omitted):
                if name not in known:
                    message = _("the form has no text, heading, column or annex “{name}”").format(name=name)
                    self.complain(("变体", key, "不含", index), message, did_you_mean(name, known))
            yield Variant(key, entry.name, frozenset(entry.omitted))

    def refuse_cells(self) -> None:
        """The house's template prints the items of a report that GB/T 9704—2012 knows."""
        for name in self.frame.cells.keys() - {*HEADING_ITEMS, ADDRESSEE}:
            message = _("the template of the house does not print “{name}”").format(name=name)
            hint = did_you_mean(name, (*HEADING_ITEMS, ADDRESSEE))
            self.complain(("栏目", name), message, hint or _("give the form a report.docx and report.typ of its own"))

    def own_profile(self, folder: Path) -> Profile:
        """Return the profile that the form asks for, with what the form itself says in its place."""
        profile = Profile()
        if name := self.choice.profile or self.frame.profile:
            known = sorted(path.stem for path in folder.glob("*.yaml"))
            if name in known:
                profile = read_profile(folder / f"{name}.yaml", f"templates/profiles/{name}.yaml")
            else:
                message = _("there is no scoring profile “{name}”").format(name=name)
                self.complain(("评分口径",), message, did_you_mean(name, known))
        own: dict[str, Any] = {}
        if self.frame.full:
            own["full"] = self.decimal(self.frame.full, ("满分",))
        if self.frame.grades:
            own["grades"] = self.grades(self.frame.grades)
        if self.frame.excess:
            own["excess"] = self.share(self.frame.excess, ("超额须说明",))
        weights = {level: self.decimal(text, ("权重", level)) for level, text in self.frame.weights.items()}
        weights = {**profile.weights, **weights}
        if self.choice != Choice():  # the form's own weights are those of its own rows
            weights = {level: points for level, points in weights.items() if level in profile.weights}
        return replace(profile, **own, weights=weights)

    @cached_property
    def names(self) -> Names:
        """The names that the texts of this form have besides facts."""
        levels = {row.get(level, "") for row in self.frame.indicators for level in self.levels}
        return {
            **NAMES,
            "选项": self.frame.options,
            "评分": {"总分", "满分", "等级", "折算说明", "各项", "扣分", *levels},
            "行": self.fields,
        }

    @cached_property
    def fields(self) -> set[str]:
        """What can be said of a row: a column of the annex, its points, its rules and its reasons."""
        names = (column.name for column in self.columns)
        own = (*self.levels, self.naming, NUMBERED, "分值")
        return {*own, *names, *RULES, *REASONS, *WORKED_OUT, *UNSEEN}

    @cached_property
    def depth(self) -> int:
        """How many levels the rows of this form have (层级), with that which names them."""
        text = self.frame.depth
        if not text or (text in tuple("2345")):
            return int(text or DEPTH)
        message = _("“{text}” is not a number of levels").format(text=text)
        self.complain(("层级",), message, _("type a number from 2 to {most}").format(most=len(DEPTHS)))
        return DEPTH

    @property
    def levels(self) -> tuple[str, ...]:
        return DEPTHS[: self.depth - 1]

    @property
    def naming(self) -> str:
        return DEPTHS[self.depth - 1]

    def wording(self, path: Path, name: str) -> Template:
        try:
            text, notes = decode(path.read_bytes(), name)
        except OSError as error:
            message = _("the file cannot be read: {reason}").format(reason=why(error))
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
            span = spot_in_text(name, text)(error.at, error.length)
            self.findings.append(Finding("template-syntax", span, error.message, error.hint))
            return parse_template("")
        self.findings += undefined(template, self.vocabulary, self.names, spot_in_text(name, text))
        return template

    @property
    def columns(self) -> list[ColumnEntry]:
        """The columns of the table of indicators."""
        return next((entry.columns for _place, entry in self.frame.annexes if entry.columns), [])

    def file(self, name: str) -> tuple[Path, str]:
        """Return a file of the form, or of the nearest form that it inherits from, and what messages call it."""
        return self.file_in(self.folders, name)

    def layout_file(self, name: str) -> tuple[Path, str]:
        """Return a layout that a form names: its own, or the one that the house has for all forms."""
        return self.file_in((*self.folders, self.folders[0].parent / HOUSE), name)

    def file_in(self, folders: Sequence[Path], name: str) -> tuple[Path, str]:
        folder = next((each for each in folders if (each / name).is_file()), folders[0])
        return folder / name, f"{self.templates}/{folder.name}/{name}"

    def laid_out(self, annex: Annex, named: str) -> Annex:
        """Return an annex with its layout: of the file that it names, or of the form's annex.md where that is there."""
        if named and not LAYOUT_NAME.fullmatch(named):
            message = _("“{text}” is no layout beside form.yaml").format(text=named)
            self.complain((*annex.place, "布局"), message, _("type its name, such as annex.md"))
            return annex
        path, file = self.layout_file(named) if named else self.file(LAYOUT)
        if not named and not path.is_file():
            return annex
        if not path.is_file():
            message, hint = self.no_layout(named)
            self.complain((*annex.place, "布局"), message, hint)
            return annex
        return replace(annex, layout=self.layout(self.wording(path, file), file, annex))

    def no_layout(self, name: str) -> tuple[str, str]:
        """Return message and hint on the layout of a table that lies neither beside the form nor in the house."""
        house = self.folders[0].parent / HOUSE
        message = _("there is no file {name} beside form.yaml or in templates/house").format(name=name)
        return message, did_you_mean(name, sorted(path.name for path in house.glob("*.md")))

    def tables(self, wording: Template | None, report_file: str) -> dict[str, Layout]:
        """Return the layouts of the tables that stand in the wording: a line 表: indicators.md."""
        found: dict[str, Layout] = {}
        for name in dict.fromkeys(TABLE.findall(wording.text if wording else "")):
            path, file = self.layout_file(name)
            if not path.is_file():
                at = wording.text.find(name) if wording else 0
                span = spot_in_text(report_file, wording.text if wording else "")(at, len(name))
                self.findings.append(Finding("undefined-name", span, *self.no_layout(name)))
                continue
            template = self.wording(path, file)
            annex = Annex("", (), {}, ())
            found[name] = self.layout(template, file, annex)
        return found

    def figures(self, wording: Template | None, file: str) -> dict[str, Diagram]:
        """Return the figures that stand in the wording: a line 图: 案件构成, of templates/charts.yaml."""
        found: dict[str, Diagram] = {}
        known: dict[str, Diagram] = {}
        text = wording.text if wording else ""
        for match in FIGURE.finditer(text):
            if not known:
                path = self.folders[0].parent / CHARTS
                diagrams = read_diagrams(path, f"{self.templates}/{CHARTS}", self.vocabulary)
                known = {diagram.name: diagram for diagram in diagrams.figures}
            if match[1] in known:
                found[match[1]] = known[match[1]]
                continue
            message = _("there is no figure “{name}” in charts.yaml").format(name=match[1])
            span = spot_in_text(file, text)(match.start(1), len(match[1]))
            self.findings.append(Finding("undefined-name", span, message, did_you_mean(match[1], known)))
        return found

    def layout(self, template: Template, file: str, annex: Annex) -> Layout:
        columns = [column.name for column in annex.columns]

        def complain(fault: Fault) -> None:
            span = spot_in_text(file, template.text)(fault.at, fault.length)
            self.findings.append(Finding("bad-template", span, fault.message, fault.hint))

        return read_layout(template, file, columns, complain)

    def parsed(self, parse: Callable[[str], ParsedT], text: str, place: Place) -> ParsedT | None:
        """Return what ``parse`` makes of ``text``, or None with a finding."""
        try:
            return parse(text)
        except FormulaError as error:
            self.complain(place, error.message, error.hint, error.at, error.length)
            return None

    def template(self, text: str, place: Place) -> Template:
        template = self.parsed(parse_template, text, place) or parse_template("")
        self.findings += undefined(template, self.vocabulary, self.names, spot_in(self.source, place))
        return template

    def expression(self, text: str, place: Place) -> Expression | None:
        expression = self.parsed(parse_expression, text, place) if text else None
        self.refuse_unknown(expression.names if expression else (), place, text)
        if expression:
            self.refuse_unmixed(lambda scope: quantity_of(expression, scope), place)
        return expression

    def relation(self, text: str, place: Place) -> Relation | None:
        relation = self.parsed(parse_relation, text, place) if text else None
        self.refuse_unknown(relation.names if relation else (), place, text)
        if relation:
            self.refuse_unmixed(lambda scope: holds(relation, scope), place)
        return relation

    def refuse_unmixed(self, work: Callable[[Mapping[str, Any]], object], place: Place) -> None:
        """A rule whose units do not mix could never be worked out, whatever a centre states."""
        try:
            work({**self.vocabulary.ones, POINTS: number(1)})
        except UnknownError:
            return  # 其他, or a name that is told already
        except (FormulaError, QuantityError) as error:
            message = _("this can never be worked out: {reason}").format(reason=error.message)
            self.complain(place, message, error.hint)

    def duties(self) -> Iterator[Duty]:
        for index, entry in enumerate(self.frame.duties):
            if when := self.relation(entry.when, ("须说明", index, "情形")):
                yield Duty(entry.name, when, tuple(entry.words))

    def annex(self, entry: AnnexEntry, place: Place) -> Annex:
        title = tuple(self.template(text, (*place, "标题", index)) for index, text in enumerate(entry.title))
        columns = tuple(self.column(column, (*place, "列", index)) for index, column in enumerate(entry.columns))
        names = [column.name for column in columns]
        if not names and not entry.layout:
            self.complain(place, _("an annex needs columns (列), or a layout of its own (布局)"))
        if self.frame.indicators and names and self.naming not in map(_field, columns):
            self.complain((*place, "列"), _("there is no column “{name}”").format(name=self.naming))
        if entry.subtotals and entry.subtotals not in (levels := [*map(_field, columns)][:-1]):
            message = _("there is no column “{name}”").format(name=entry.subtotals)
            known = [level for level in levels if level in self.levels]
            self.complain((*place, "小计"), message, did_you_mean(entry.subtotals, known))
        for index, name in enumerate(names):
            if name in names[:index]:
                self.complain((*place, "列", index, "名称"), _("there are two columns “{name}”").format(name=name))
        if entry.name not in "".join(entry.title):  # GB/T 9704—2012, 7.3.7
            message = _("the title of the annex does not have its name, “{name}”").format(name=entry.name)
            self.complain((*place, "标题"), message, _("let the title end with the name that the report refers to"))
        cells = {name: self.template(text, (*place, "栏目", name)) for name, text in entry.cells.items()}
        only = self.condition(entry.only, (*place, "仅当")) if entry.only else None
        return Annex(entry.name, title, cells, columns, place, only=only, subtotals=entry.subtotals)

    def condition(self, text: str, place: Place) -> Template | None:
        """Return a template that prints something where a condition holds."""
        if (expression := self.parsed(parse_expression, text, place)) is None:
            return None
        self.refuse_unknown(expression.names, place, text)
        return parse_template(f"{{% if {text} %}}{YES}{{% endif %}}")

    def column(self, entry: ColumnEntry, place: Place) -> Column:
        content = self.template(entry.content or f"{{{{ 行.{entry.name} }}}}", (*place, "内容"))
        total = self.template(entry.total, (*place, "合计")) if entry.total else None
        return Column(entry.name, content, entry.merged == YES, total)

    def chosen(self) -> Iterator[Indicator]:
        """Yield the form's rows; where a centre brings its own, only those that no table lists, with their weight."""
        for indicator in self.indicators():
            weight = self.profile.weights.get(indicator.levels[0])
            if self.choice != Choice() and not indicator.listed and weight is not None:
                yield replace(indicator, points=weight)
            elif indicator.listed and self.choice.own_rows:
                continue
            else:
                yield indicator

    def indicators(self) -> Iterator[Indicator]:
        seen: set[str] = set()
        for index, row in enumerate(self.frame.indicators):
            place: Place = ("指标", index)
            for key in row.keys() - self.fields:
                message = _("“{key}” is not a column of the annex").format(key=key)
                self.complain((*place, key), message, did_you_mean(key, sorted(self.fields)))
            name = row.get(self.naming, "")
            if not name or name in seen:
                self.complain(place, _("each row needs a {name} of its own").format(name=self.naming))
            seen.add(name)
            yield self.indicator(name, row, place)

    def indicator(self, name: str, row: Mapping[str, str], place: Place) -> Indicator:
        target = self.relation(row.get("目标", ""), (*place, "目标"))
        beyond = row.get("性质", "")
        if beyond not in ("", BONUS, DEDUCTION):
            message = _("“{text}” is not known here").format(text=beyond)
            self.complain((*place, "性质"), message, did_you_mean(beyond, (BONUS, DEDUCTION)))
        return Indicator(
            name,
            tuple(row.get(level, "") for level in self.levels),
            {key: self.template(text, (*place, key)) for key, text in row.items() if key not in (*RULES, *UNSEEN)},
            self.decimal(row.get("分值", ""), (*place, "分值")) if self.has_points(row) else Decimal(0),
            self.expression(row.get("实际", ""), (*place, "实际")),
            target,
            self.expression(row.get("得分", ""), (*place, "得分")),
            None if beyond else self.algorithm(row, target, place),
            place,
            row.get("列示", YES) == YES,
            beyond,
        )

    def has_points(self, row: Mapping[str, str]) -> bool:
        """Where any row has points, each must."""
        return "分值" in row or any("分值" in other for other in self.frame.indicators)

    def algorithm(self, row: Mapping[str, str], target: Relation | None, place: Place) -> Expression | None:
        """Return the profile's rule for the row."""
        name = row.get("算法", "")
        if name and name not in self.profile.rules:
            message = _("there is no rule “{name}”").format(name=name)
            self.complain((*place, "算法"), message, did_you_mean(name, self.profile.rules))
        return self.profile.rule(row.get("一级指标", ""), target.sign if target else "", name)

    def refuse_unknown(self, names: tuple[str, ...], place: Place, text: str = "") -> None:
        for name in names:
            if not self.vocabulary.knows(name) and name not in NAMES:
                message = _("there is no fact “{name}”").format(name=name)
                self.complain(
                    place, message, self.vocabulary.near(name), max(0, text.find(name)), len(name) * bool(text)
                )


def untied(rows: Iterable[Indicator], profile: Profile) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Yield each level whose rows do not sum to its points (财预〔2020〕10号: weights), and "" for all together.

    Rows beyond the full score do not count.
    """
    rows = [row for row in rows if not row.beyond]
    for level, points in profile.weights.items():
        total = sum((row.points for row in rows if level in row.levels), Decimal(0))
        if total != points:
            yield level, points, total
    total = sum((row.points for row in rows), Decimal(0))
    if total != profile.full:
        yield "", profile.full, total
