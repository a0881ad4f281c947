"""A judged row -> what a table up front tells of it: how far it got, last year's value, the points that it lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reportgen.facts.facts import Facts
from reportgen.forms.form import Indicator
from reportgen.numbers.formula import UnknownError, lookup, quantity_of
from reportgen.numbers.grammar import Expression, FormulaError
from reportgen.numbers.quantity import BARE, Quantity, QuantityError, brief, convert, rounded, trimmed, ungrouped
from reportgen.scoring.targets import Goal

MORE = (">=", ">", "==", "")  # the signs of targets of which one can be done to 120 %
PLACES = 2
CANNOT = (UnknownError, FormulaError, QuantityError)


@dataclass(frozen=True)
class Completion:
    """``reached`` is the value that the target is held against, ``earlier`` that of last year; "": not known.

    ``rate`` is the value reached in per cent of its target.
    """

    reached: str = ""
    rate: str = ""
    earlier: str = ""


def completion(indicator: Indicator, facts: Facts, goal: Goal | None, reached: Quantity | None) -> Completion:
    """Return how far a row got; ``goal`` and ``reached`` are what it says by itself where it has no target in facts."""
    measured = indicator.target.left if indicator.target else indicator.actual
    value = _printed(measured, facts) if indicator.target else ""
    return Completion(value, _rate(indicator, facts, goal, reached), _printed(measured, facts.last_year))


def _rate(indicator: Indicator, facts: Facts, goal: Goal | None, reached: Quantity | None) -> str:
    target = indicator.target
    if target is None:
        return _percent(reached, goal.quantity) if goal and reached and goal.sign in MORE else ""
    if target.sign not in MORE:
        return ""
    if told := _told_as_rate(indicator, facts):
        return told
    formula = " / ".join(side.strip() for side in target.text.split(target.sign, 1))
    for name, kind in facts.vocabulary.facts.items():  # one that has a name is printed as everywhere else
        if kind.formula and kind.formula.text == formula and isinstance(value := lookup(name, facts.scope), Quantity):
            return ungrouped(str(value))
    try:
        return _percent(quantity_of(target.left, facts.scope), quantity_of(target.right, facts.scope))
    except CANNOT:
        return ""


def _told_as_rate(indicator: Indicator, facts: Facts) -> str:
    """Return what 实际 says where it is a rate already, of a target that is none: 资金.到位率 of 资金.到位."""
    if indicator.actual is None or indicator.target is None:
        return ""
    try:
        actual, measured = (quantity_of(each, facts.scope) for each in (indicator.actual, indicator.target.left))
    except CANNOT:
        return ""
    return brief(actual) if actual.unit.symbol == "%" != measured.unit.symbol else ""


def _percent(reached: Quantity, wanted: Quantity) -> str:
    """Return 117.11%; "" where one of the two is vague, or they measure different things."""
    try:
        if BARE not in (reached.unit, wanted.unit):
            reached = convert(reached, wanted.unit)
    except QuantityError:
        return ""
    if not (reached.exact and wanted.exact and wanted.low > 0):
        return ""
    return f"{trimmed(rounded(100 * reached.low / wanted.low, PLACES))}%"


def _printed(expression: Expression | None, facts: Facts | None) -> str:
    try:
        return brief(quantity_of(expression, facts.scope)) if expression and facts else ""
    except CANNOT:
        return ""


def row_scope(
    name: str, texts: Mapping[str, str], points: Decimal, score: Decimal | None, beyond: bool, done: Completion
) -> dict[str, Any]:
    """Return what a loop over 评分.各项 sees of a row: its texts, 名称, 完成率, 上年, 得分, 分值 and 扣分."""
    known: dict[str, Any] = {"名称": name, **texts, "完成率": done.rate, "上年": done.earlier, "分值": of_score(points)}
    known["完成值"] = done.reached or texts["完成值"]
    if score is not None:
        lost = max(Decimal(0), -score if beyond else points - score)
        known |= {"得分": of_score(score), "扣分": of_score(lost)}
    return {key: value for key, value in known.items() if value != ""}


def of_score(value: Decimal) -> Quantity:
    """Return points as a value that prints without zeros at its end."""
    return Quantity(value, value, BARE, words=("", trimmed(value), ""))
