"""The keys of an input file -> what a finding at a place is about."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from reportgen.telling.findings import Subject

if TYPE_CHECKING:  # the names alone are wanted where no YAML is read
    from reportgen.reading.source import Place, Source, Value

FACTS, PROSE, ROWS, REASONS_KEY = "数据", "正文", "评分", "口径说明"

DEPTHS = ("一级指标", "二级指标", "三级指标", "四级指标", "五级指标")
DEPTH = 3  # how many of these a form has; the last names a row
NUMBERED = "序号"  # of a row among those that its table lists
RULES = ("实际", "目标", "得分")  # expressions of an indicator: its value, its target, its score
REASONS = ("扣分原因", "偏差原因")
MEND = "改进措施"  # printed by the table of points lost (house/deductions.md)
PARTED = ("指标性质", "指标数值", "计量单位")  # of a 目标值: ≥380件 is ≥, 380 and 件
# Texts that a row has besides: stated or worked out.
WORKED_OUT = ("目标值", "完成值", "计分", "评定", "不适用", *PARTED)
FOR_FORM = "报告"  # the key of a row that is for one form only
# What a centre may say of a row, besides its levels and the form's columns; the second part of one that it adds itself.
STATED = (FOR_FORM, "得分", "目标值", "完成值", "评定", "不适用", *REASONS, MEND)
UNSEEN = ("算法", "列示", "性质")
# What a report says beside its wording (GB/T 9704—2012, 7.2.1 to 7.2.3, in this order, and 7.3.2).
HEADING_ITEMS, ADDRESSEE = ("份号", "密级", "紧急程度"), "主送"
ADDED = ("分值", "实际", "目标", "算法")


def subject_of(source: Source, place: Place) -> Subject:
    """Return what is at ``place`` of an input: a fact by its name, a row by its name; one spelling for each."""
    match place:
        case ("数据", str() as group, *rest):
            return Subject.fact(".".join([group, *map(str, rest)]))
        case ("正文", str() as name, *_rest):
            return Subject.section(name)
        case ("口径说明", str() as name, *_rest):
            return Subject.reason(name)
        case ("评分", int() as index, *rest):
            return Subject.row(_name_of(source.data.get(ROWS), index), ".".join(map(str, rest)))
        case _:
            return Subject.key(*place)


def _name_of(rows: Value | None, index: int) -> str:
    row = rows[index] if isinstance(rows, list) and index < len(rows) else None
    name = row.get(naming(row)) if isinstance(row, Mapping) else None
    return name if isinstance(name, str) else str(index)


def naming(row: Container[str]) -> str:
    """Return the key that names a row: the deepest level that is typed."""
    return next((level for level in reversed(DEPTHS) if level in row), DEPTHS[DEPTH - 1])
