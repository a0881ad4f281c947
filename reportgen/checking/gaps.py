"""A reason that says by how much figures differ (差额10件) -> whether they differ by so much, or nothing to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.checking.figures import Typed
from reportgen.facts.facts import Facts
from reportgen.facts.values import expected_value
from reportgen.numbers.formula import UnknownError
from reportgen.numbers.grammar import FormulaError
from reportgen.numbers.quantity import Agreement, Quantity, QuantityError, agree, brief
from reportgen.telling.findings import About, Finding
from reportgen.telling.messages import _

GAP = re.compile("(?:差额|差异|差距|相差|多出|少于|多于|差|多|少)(?:部分|数)?(?:共计|合计|共|为|是|了|的)?$")
SAME = (Agreement.EQUAL, Agreement.ROUNDED, Agreement.WITHIN_ROUNDING)


def told_gap(typed: Typed, facts: Facts) -> Iterator[Finding] | None:
    """Return what is wrong with a difference that a reason states; None where the number is no such difference."""
    gap = _gap(typed.passage.about.name, facts) if typed.passage.about.kind is About.REASON else None
    if gap is None or gap.unit.base != typed.value.unit.base:
        return None
    if agree(typed.value, gap) in SAME:
        return iter(())
    return _apart(typed, gap) if GAP.search(typed.clause) else None


def _apart(typed: Typed, gap: Quantity) -> Iterator[Finding]:
    passage, text, shown = typed.passage, typed.text, brief(gap)
    message = _("the reason says {stated}, but the figures differ by {gap}").format(stated=text, gap=shown)
    hint = _("type {expected}").format(expected=shown)
    span = passage.span(typed.start, typed.end)
    yield Finding("number-contradicts", span, message, hint, passage.about, text, shown, False, text)


def _gap(name: str, facts: Facts) -> Quantity | None:
    """Return by how much a fact that is stated differs from the sum of its parts, or of its districts, if it does."""
    total, facts = facts.together(name), facts.completed
    kind, stated = facts.vocabulary.facts.get(name), facts.stated.get(name)
    if kind is None or stated is None or (total is None and (kind.formula is None or kind.formula.divides)):
        return None
    try:
        gap = stated.quantity - (expected_value(kind, facts.scope) if total is None else total)
    except (UnknownError, FormulaError, QuantityError):
        return None
    return (-gap if gap.low < 0 else gap) if gap.exact and gap.low else None
