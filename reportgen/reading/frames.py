"""A source -> the frame of its kind (input file, form, vocabulary); what does not fit is named and left out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Iterable, Iterator
from types import UnionType
from typing import Any, ClassVar, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from reportgen.reading.habits import find_habit
from reportgen.reading.keys import subject_of
from reportgen.reading.source import Place, Source, Value
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean


class Frame(BaseModel):
    """The keys that a file, or a part of one, may have. All values are text as typed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    required: ClassVar[tuple[str, ...]] = ()

    def needs(self, key: str, _typed: object) -> bool:
        """Tell whether the frame must have a value for a key, of which this was typed."""
        return key in self.required


class InputFile(Frame):
    """What a centre writes (inputs/<year>/<centre>.yaml)."""

    format: str = Field("", alias="格式")
    unit: str = Field("", alias="单位")
    district: str = Field("", alias="地区")
    year: str = Field("", alias="年度")
    date: str = Field("", alias="日期")
    project_typed: str | list[str] = Field("", alias="项目")
    reports: list[str | dict[str, str]] = Field([], alias="报告")
    subordinates: list[str] = Field([], alias="下辖")
    sums: str = Field("", alias="汇总")
    facts: dict[str, dict[str, str | dict[str, str]]] = Field({}, alias="数据")
    lists: dict[str, str | list[dict[str, str]]] = Field({}, alias="明细")
    relations: list[str | dict[str, str]] = Field([], alias="核对")
    scores: list[dict[str, str]] = Field([], alias="评分")
    prose: dict[str, str] = Field({}, alias="正文")
    reasons: dict[str, str | dict[str, str]] = Field({}, alias="口径说明")
    required = ("单位", "地区", "年度", "日期", "报告", "数据")

    @property
    def project_lines(self) -> tuple[str, ...]:
        """The name of the project, as a title is to break it: 项目: [一行, 一行]."""
        typed = [self.project_typed] if isinstance(self.project_typed, str) else self.project_typed
        return tuple(line for line in typed if line)

    @property
    def project(self) -> str:
        """The name of the project on one line."""
        return "".join(self.project_lines)

    def needs(self, key: str, typed: object) -> bool:
        """A city that sums its districts need not state a figure of its own; 报告: [] says that figures are all."""
        spared = (key == "数据" and self.sums == "是") or (key == "报告" and typed == [])
        return super().needs(key, typed) and not spared


class FactEntry(Frame):
    """One fact of the vocabulary."""

    unit: str = Field("", alias="单位")
    meaning: str = Field("", alias="含义")
    formula: str = Field("", alias="公式")
    places: str = Field("", alias="小数位")
    synonyms: list[str] = Field([], alias="也写作")
    called: list[str] = Field([], alias="也称")
    printed: str = Field("", alias="称")
    signed: str = Field("", alias="可为负")
    open: str = Field("", alias="分项可缺")
    usual: list[str] = Field([], alias="常见范围")
    steady: str = Field("", alias="常年不变")
    required = ("单位", "含义")


class GroupEntry(Frame):
    """One group of facts; those of an overlapping group (可重叠: 是) are never summed, others differ by 项目.

    Where it has 前加, a text means its facts only with one of these words before their names: 办结|刑事案件.
    """

    meaning: str = Field("", alias="含义")
    printed: str = Field("", alias="称")
    overlapping: str = Field("", alias="可重叠")
    by_project: str = Field("", alias="按项目")
    after: list[str] = Field([], alias="前加")
    facts: dict[str, FactEntry] = Field({}, alias="事实")
    required = ("含义", "事实")


class CheckEntry(Frame):
    """A relation that must hold (要求) or ought to (只提醒: 是), or a fact (有) that needs another (须有)."""

    name: str = Field("", alias="名称")
    relation: str = Field("", alias="要求")
    advisory: str = Field("", alias="只提醒")
    given: str = Field("", alias="有")
    needed: str = Field("", alias="须有")
    required = ("名称",)


class PartsEntry(Frame):
    """How the rows of a list make up a total (归入): by the parts that one column names, of which another is summed."""

    column: str = Field("", alias="列")
    total: str = Field("", alias="总数")
    amount: str = Field("", alias="数")
    required = ("列", "总数", "数")


class ListEntry(Frame):
    """A list (明细): its columns with their units (文字: text), what is worked out in each row, and what must hold."""

    meaning: str = Field("", alias="含义")
    columns: dict[str, str] = Field({}, alias="列")
    formulas: dict[str, str] = Field({}, alias="公式")
    parts: PartsEntry | None = Field(None, alias="归入")
    checks: list[CheckEntry] = Field([], alias="检查")
    required = ("含义", "列")


class VocabularyFile(Frame):
    """templates/facts.yaml; the words of one line of 同类单位 count the same things."""

    units: list[list[str]] = Field([], alias="同类单位")
    groups: dict[str, GroupEntry] = Field({}, alias="组")
    lists: dict[str, ListEntry] = Field({}, alias="明细")
    checks: list[CheckEntry] = Field([], alias="检查")
    required = ("组",)


class ColumnEntry(Frame):
    """One column of an annex: its heading, what it prints, and whether equal cells below one another merge."""

    name: str = Field("", alias="名称")
    content: str = Field("", alias="内容")
    merged: str = Field("", alias="合并")
    total: str = Field("", alias="合计")
    required = ("名称",)


class AnnexEntry(Frame):
    """One annex of a form: the table of its indicators, or another with a layout, printed where it applies (仅当)."""

    title: list[str] = Field([], alias="标题")
    name: str = Field("", alias="名称")
    cells: dict[str, str] = Field({}, alias="栏目")
    subtotals: str = Field("", alias="小计")
    columns: list[ColumnEntry] = Field([], alias="列")
    layout: str = Field("", alias="布局")
    only: str = Field("", alias="仅当")
    required = ("标题", "名称")


class DutyEntry(Frame):
    """A deviation (情形) that a form wants explained, by a sentence with one of its words (用语)."""

    name: str = Field("", alias="名称")
    when: str = Field("", alias="情形")
    words: list[str] = Field([], alias="用语")
    required = ("名称", "情形", "用语")


class VariantEntry(Frame):
    """Another edition of a form, without the texts, headings, columns and annexes of these names (不含)."""

    name: str = Field("", alias="名称")
    omitted: list[str] = Field([], alias="不含")
    required = ("名称",)


class FormFrame(Frame):
    """templates/<form>/form.yaml, but for its annexes."""

    format: str = Field("", alias="格式")
    name: str = Field("", alias="名称")
    source: str = Field("", alias="依据")
    title: list[str] = Field([], alias="标题")
    profile: str = Field("", alias="评分口径")
    full: str = Field("", alias="满分")
    grades: dict[str, str] = Field({}, alias="等级")
    excess: str = Field("", alias="超额须说明")
    weights: dict[str, str] = Field({}, alias="权重")
    depth: str = Field("", alias="层级")
    needed: list[str] = Field([], alias="须填")
    adjustable: str = Field("", alias="分值可调")
    reasons: str = Field("", alias="原因")
    duties: list[DutyEntry] = Field([], alias="须说明")
    indicators: list[dict[str, str]] = Field([], alias="指标")
    variants: dict[str, VariantEntry] = Field({}, alias="变体")
    options: dict[str, str] = Field({}, alias="选项")
    cells: dict[str, str] = Field({}, alias="栏目")
    cover: str = Field("", alias="封面")
    contents: str = Field("", alias="目录")
    required = ("名称", "标题")

    @property
    def annexes(self) -> list[tuple[Place, AnnexEntry]]:
        """The annexes, each with its place in the file."""
        return []


class FormFile(FormFrame):
    """A form with one annex, or none."""

    annex: AnnexEntry | None = Field(None, alias="附件")

    @property
    def annexes(self) -> list[tuple[Place, AnnexEntry]]:
        """The annex, if there is one."""
        return [(("附件",), self.annex)] if self.annex else []


class FormOfSeveral(FormFrame):
    """A form whose annexes are a list."""

    several: list[AnnexEntry] = Field([], alias="附件")

    @property
    def annexes(self) -> list[tuple[Place, AnnexEntry]]:
        """The annexes, in the order in which they are printed."""
        return [(("附件", index), entry) for index, entry in enumerate(self.several)]


class BandEntry(Frame):
    """One band of qualitative scoring: which share of its points a row may get."""

    name: str = Field("", alias="名称")
    least: str = Field("", alias="最低")
    most: str = Field("", alias="最高")
    required = ("名称", "最低", "最高")


class ProfileFile(Frame):
    """templates/profiles/<profile>.yaml."""

    name: str = Field("", alias="名称")
    source: str = Field("", alias="依据")
    full: str = Field("100", alias="满分")
    grades: dict[str, str] = Field({}, alias="等级")
    weights: dict[str, str] = Field({}, alias="权重")
    rules: dict[str, str] = Field({}, alias="算法")
    by_sign: dict[str, str] = Field({}, alias="采用")
    by_level: dict[str, str] = Field({}, alias="专用")
    bands: list[BandEntry] = Field([], alias="定性")
    excess: str = Field("", alias="超额须说明")
    execution: str = Field("", alias="执行率须说明")
    change: str = Field("", alias="变动须说明")
    lengths: dict[str, str] = Field({}, alias="字数")
    inapplicable: str = Field("", alias="不适用")
    required = ("名称", "等级")


class WordEntry(Frame):
    """A word that is written otherwise; what stands within 除非 is right as it is."""

    written: str = Field("", alias="写作")
    right: str = Field("", alias="应为")
    unless: str = Field("", alias="除非")
    required = ("写作", "应为")


class WordsFile(Frame):
    """templates/words.yaml."""

    words: list[WordEntry] = Field([], alias="词")


class ChartEntry(Frame):
    """One chart: what it shows (取) by the names of its legend, how (样式), against what (基准), in which order."""

    name: str = Field("", alias="名称")
    shows: dict[str, str] = Field({}, alias="取")
    style: str = Field("", alias="样式")
    mark: str = Field("", alias="基准")
    order: str = Field("", alias="排序")
    required = ("名称", "取")


class ChartsFile(Frame):
    """templates/charts.yaml: what an office sees drawn, and the figures of reports (插图)."""

    charts: list[ChartEntry] = Field([], alias="图")
    figures: list[ChartEntry] = Field([], alias="插图")


class RoleFonts(Frame):
    """The font families of each role, best first."""

    title: list[str] = Field([], alias="小标宋")
    body: list[str] = Field([], alias="仿宋")
    kai: list[str] = Field([], alias="楷体")
    hei: list[str] = Field([], alias="黑体")
    song: list[str] = Field([], alias="宋体")
    required = ("小标宋", "仿宋", "楷体", "黑体", "宋体")


class FontsFile(Frame):
    """templates/house/fonts.yaml: the standard's fonts (规定), what stands for them, and what has rare characters."""

    standard: RoleFonts | None = Field(None, alias="规定")
    substitutes: RoleFonts | None = Field(None, alias="代用")
    latin: list[str] = Field([], alias="西文")
    rare: list[str] = Field([], alias="补字")
    required = ("规定", "代用")


class RosterFile(Frame):
    """inputs/<year>/roster.yaml: the inputs that are due, by the names of their files, and the day."""

    due: list[str] = Field([], alias="应报")
    by: str = Field("", alias="截止")
    required = ("应报",)


class SettingsFile(Frame):
    """reportgen.yaml at the top of a project: how files are called that are sent, which fonts print, what is bound."""

    file_name: str = Field("", alias="文件名")
    fonts: str = Field("", alias="字体")
    bound: str = Field("", alias="全文")
    compendium: str = Field("", alias="汇编")


SUGGESTIONS = 20  # findings of a file that say what may have been meant: who makes more errors has one cause
FrameT = TypeVar("FrameT", bound=Frame)
Meant = Callable[[Place], str]


def _unknown(_place: Place) -> str:
    return ""


def read_frame(source: Source, frame: type[FrameT], meant: Meant = _unknown) -> tuple[FrameT, list[Finding]]:
    """Return what fits, and a finding for everything that does not or is missing.

    ``meant`` says of a key that cannot stand at its place where it belongs, "" where it does not know.
    """
    value, found = fitting(source, frame, meant)
    findings = [*found.values(), *_missing(source, value, (), found.keys())]
    return _without_gaps(value, found.keys()), sorted(findings, key=lambda finding: finding.span.line)


def fitting(source: Source, frame: type[FrameT], meant: Meant = _unknown) -> tuple[FrameT, dict[Place, Finding]]:
    """Return what fits, and a finding for everything that does not; lists keep their length."""
    data: Any = copy.deepcopy(source.data)
    for field in frame.model_fields.values():
        if data.get(field.alias) == "" and get_origin(field.annotation):  # “评分:” with nothing below it
            del data[field.alias]
        elif _is_list_of_texts(field.annotation) and _is_word(text := data.get(field.alias)):
            data[field.alias] = [text]  # one alone
        elif _is_groups(field.annotation) and isinstance(groups := data.get(field.alias), dict):
            data[field.alias] = {name: given or {} for name, given in groups.items()}  # “宣传:” with nothing below it
    found: dict[Place, Finding] = {}
    while True:
        try:
            return frame.model_validate(data), found
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False)
            for place, kind in {_within(data, fault["loc"]): fault["type"] for fault in faults}.items():
                taken = _take_out(data, place)
                belongs = meant(place) if len(found) < SUGGESTIONS else ""
                found.setdefault(place, _misfit(source, frame, place, kind, taken, len(found) < SUGGESTIONS, belongs))


def _is_list_of_texts(annotation: Any) -> bool:
    kind = (get_args(annotation) or (None,))[0]
    return get_origin(annotation) is list and (kind is str or (isinstance(kind, UnionType) and str in get_args(kind)))


def _is_groups(annotation: Any) -> bool:
    """Whether it is a mapping of mappings: the groups of 数据."""
    return get_origin(annotation) is dict and get_origin(get_args(annotation)[1]) is dict


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and "\n" not in value and not find_habit(value)


def _within(data: Any, steps: tuple[str | int, ...]) -> Place:
    """Return the place in ``data`` that pydantic means: for a choice of types it also names the type."""
    for depth, step in enumerate(steps):
        if isinstance(data, str) or (isinstance(data, list) and not isinstance(step, int)):
            return steps[:depth]
        if isinstance(data, dict) and step not in data:
            return steps[:depth]
        data = data[step]
    return steps


def _without_gaps(value: FrameT, told: Container[Place]) -> FrameT:
    """Leave the texts out that only kept the place of what did not fit in a list."""
    fields = type(value).model_fields.items()
    lists = {name: field.alias for name, field in fields if _is_list_of_texts(field.annotation)}
    kept = {
        name: [text for index, text in enumerate(getattr(value, name)) if (alias, index) not in told]
        for name, alias in lists.items()
    }
    return value.model_copy(update=kept)


def _take_out(data: Any, place: Place) -> Any:
    """Remove the entry at ``place`` and return it; a list keeps its length, for the places after it."""
    for step in place[:-1]:
        data = data[step]
    if isinstance(data, list):
        index = int(place[-1])
        value, data[index] = data[index], {} if isinstance(data[index], str) else ""
        return value
    return data.pop(place[-1])


def _misfit(
    source: Source, frame: type[Frame], place: Place, kind: str, value: Value, suggest: bool, belongs: str
) -> Finding:
    about = subject_of(source, place)
    if kind == "extra_forbidden":
        message = _("“{key}” is not a key that can stand here").format(key=place[-1])
        hint = belongs or (did_you_mean(str(place[-1]), _keys(frame, place)) if suggest else "")
        return Finding("unknown-key", source.key_span(place), message, hint, about)
    expected = {
        "string_type": _("one text is expected here, not a list or a group"),
        "list_type": _("a list is expected here, each entry on a line that starts with “- ”"),
    }.get(kind, _("a group of lines “key: value” is expected here"))
    if isinstance(value, str) and (habit := find_habit(value)):
        return Finding(habit.code, source.spot(place, habit.column), habit.message, habit.hint, about)
    group, dot, name = str(place[-1]).partition(".")  # 咨询.接待: 1860
    hint = _("type {group}: {{{name}: …}}").format(group=group, name=name) if dot and name else ""
    return Finding("wrong-shape", source.span(place), expected, belongs or hint, about)


def _keys(frame: type[Frame], place: Place) -> list[str]:
    """Return the keys that may stand beside the one at ``place``."""
    current: Any = frame
    for step in place[:-1]:
        fields = {field.alias: field.annotation for field in _fields(current)}
        current = fields[str(step)] if fields else get_args(current)[-1]  # list[Entry], dict[str, Entry]
        if type(None) in get_args(current):  # Entry | None
            current = get_args(current)[0]
    return [field.alias or "" for field in _fields(current)]


def _fields(annotation: Any) -> Iterable[FieldInfo]:
    """Return the fields of a frame; nothing else has any."""
    is_frame = isinstance(annotation, type) and issubclass(annotation, Frame)
    return annotation.model_fields.values() if is_frame else ()


def _missing(source: Source, frame: Frame, place: Place, told: Container[Place]) -> Iterator[Finding]:
    """Yield a finding for every required key that has no value, but for those that are told otherwise."""
    for name, field in type(frame).model_fields.items():
        value, alias = getattr(frame, name), field.alias or name
        here: Place = (*place, alias)
        typed = None if place else source.data.get(alias)
        if frame.needs(alias, typed) and not value and here not in told:
            if here in source.values:
                message, hint = _("“{key}” is empty"), _("type its value after the colon")
            else:
                message, hint = _("“{key}” is missing"), _("add a line “{key}: …”")
            about = subject_of(source, here)
            at_top = len(here) == 1 and here not in source.keys  # what is missing of the head belongs above
            span = source.at(1, 1) if at_top else source.key_span(here)
            yield Finding("missing-key", span, message.format(key=alias), hint.format(key=alias), about)
        for key, child in _children(value):
            yield from _missing(source, child, (*here, *key), told)


def _children(value: Any) -> Iterator[tuple[Place, Frame]]:
    """Yield the frames in ``value``, each with its place there."""
    if isinstance(value, Frame):
        yield (), value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield from (((key,), child) for key, child in pairs if isinstance(child, Frame))
