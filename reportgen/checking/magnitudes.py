"""A figure of a size that no report would have -> the unit, or the sign of per cent, that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.checking.case import Case
from reportgen.checking.relations import meant_rate
from reportgen.facts.facts import Facts
from reportgen.forms.vocabulary import FactKind
from reportgen.numbers.formula import with_values
from reportgen.numbers.quantity import Quantity, brief, trimmed
from reportgen.telling.findings import Finding, Subject
from reportgen.telling.messages import _


def sizes(case: Case) -> Iterator[Finding]:
    """Every figure, stated or derived, has a usual size (常见范围); a rate is not the fraction of one.

    Where a figure disagrees with others, too, that is told alone; but a reason for it (口径说明) is none for its size.
    """
    judged = {failure.name for failure in case.failures}
    excused = judged & case.facts.entry.reasons.keys() & case.facts.stated.keys()
    kinds = sorted(case.facts.vocabulary.facts.items(), key=lambda entry: entry[0] not in case.facts.stated)
    for name, kind in kinds:
        if kind.formula and name not in case.facts.stated and judged.intersection(kind.formula.names):
            continue  # what it is derived from is told
        if name not in judged and (kind.usual or kind.unit.is_percent):
            value = case.facts.value(name)
            if isinstance(value, Quantity) and value.exact:
                found = _fraction(case.facts, kind, value) or list(_unusual(case.facts, kind, value))
                judged |= {name for _finding in found}
                yield from found
    for name in sorted(excused):
        value = case.facts.stated[name].quantity
        if name in case.facts.vocabulary.facts and value.exact:
            for finding in _unusual(case.facts, case.facts.vocabulary.facts[name], value):
                yield replace(finding, about=Subject.size(name))


def _fraction(facts: Facts, kind: FactKind, value: Quantity) -> list[Finding]:
    """A rate under 1 % that is not growth: 0.953 for 95.3%."""
    stated = facts.stated.get(kind.name)
    if stated is None or kind.signed or not kind.unit.is_percent or not 0 < value.low <= 1 or value.places == 0:
        return []
    message = _("“{name}” is {stated}; {meant} was probably meant").format(
        name=kind.name, stated=brief(value), meant=meant_rate(value)
    )
    hint = _("type {expected}").format(expected=meant_rate(value))
    return [
        Finding("implausible", stated.span, message, hint, Subject.fact(kind.name), brief(value), meant_rate(value))
    ]


def _unusual(facts: Facts, kind: FactKind, value: Quantity) -> Iterator[Finding]:
    if kind.usual is None or kind.usual[0] <= value.low <= kind.usual[1] or not value.low:
        return
    least, most = kind.usual
    names = kind.formula.names if kind.formula and kind.name not in facts.stated else (kind.name,)
    at = next((name for name in names if name in facts.stated), None)
    if at is None:
        return
    message = _("“{name}” is {stated}, which is hardly possible: {usual} are usual")
    worked = "" if kind.name in facts.stated or kind.formula is None else with_values(kind.formula, facts.scope)
    shown = brief(replace(value, words=None)) + (f"（{worked}）" if worked else "")
    usual = f"{trimmed(least)}–{trimmed(most)}{kind.unit.symbol}"
    hint = _("check the unit: figures without one are read in {unit}")
    unit = facts.vocabulary.facts[at].unit.symbol
    yield Finding(
        "implausible",
        facts.stated[at].span,
        message.format(name=kind.name, stated=shown, usual=usual),
        hint.format(unit=unit),
        Subject.fact(at),
        shown,
        usual,
    )
