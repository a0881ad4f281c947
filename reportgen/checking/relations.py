"""Facts -> findings: what is stated held against what the vocabulary says must be true.

One small function a rule. A rule has three outcomes: it holds, it fails, or it cannot be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from reportgen.checking.slips import slip_in_sum
from reportgen.facts.facts import Facts, Stated
from reportgen.facts.values import expected_value
from reportgen.forms.vocabulary import Check, FactKind
from reportgen.numbers.formula import Scope, UnknownError, holds, lacks_any, lookup, quantity_of, unstated, with_values
from reportgen.numbers.grammar import Expression, FormulaError, Relation, dotted_name, nodes
from reportgen.numbers.quantity import (
    BARE,
    Agreement,
    Quantity,
    QuantityError,
    agree,
    brief,
    convert,
    rounded,
    trimmed,
    unit,
)
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _

SAME = (Agreement.EQUAL, Agreement.ROUNDED, Agreement.WITHIN_ROUNDING)
APART = (Agreement.DIFFERENT, Agreement.TRUNCATED, Agreement.WITHIN_ROUNDING)
TOTAL, RATIO, LIMIT = "total-mismatch", "ratio-mismatch", "limit-exceeded"
FIGURES_APART = (TOTAL, RATIO, LIMIT)  # a wrong figure is the cause, not its digits


@dataclass(frozen=True)
class Failure:
    """A finding of a rule about the fact ``name``, with all facts that the rule relates."""

    finding: Finding
    name: str
    names: frozenset[str]

    @property
    def of_figures(self) -> bool:
        """Whether one of the figures must be wrong."""
        return self.finding.code in FIGURES_APART

    @property
    def of_total(self) -> bool:
        """Whether a sum does not come out."""
        return self.finding.code == TOTAL


def failures(facts: Facts) -> list[Failure]:
    """Return what the vocabulary's formulas and relations find."""
    facts = facts.completed
    found: list[Failure] = []
    for name, stated in facts.stated.items():
        kind = facts.vocabulary.facts.get(name)
        if kind and kind.formula:
            names = frozenset([name, *kind.formula.names])
            found += [
                Failure(finding, name, names) for finding in stated_equals_formula(facts, kind, stated, kind.formula)
            ]
    told = {failure.name for failure in found}
    rows = (finding for finding in rows_make_up(facts) if finding.about.name not in told)
    found += [Failure(finding, finding.about.name, frozenset([finding.about.name])) for finding in rows]
    for check in (*facts.vocabulary.checks, *facts.checks):
        names = frozenset(check.relation.names)
        found += [Failure(finding, finding.about.name, names) for finding in relation_holds(facts, check)]
    return found


def rows_make_up(facts: Facts) -> Iterator[Finding]:
    """The rows of a list are its total, and those of each part are that part, where it is stated."""
    for name, parts in facts.listed.items():
        kind = facts.vocabulary.lists[name].parts
        total = facts.value(kind.total) if kind else None
        if kind is None or not parts or not isinstance(total, Quantity):
            continue
        sums = {part: (facts.stated[part].quantity, given) for part, given in parts.items() if part in facts.stated}
        amounts = [row[kind.amount] for row in facts.lists[name] if kind.amount in row]
        parts_agree = not any(agree(said, given) in APART for said, given in sums.values())
        if parts_agree and len(amounts) == len(facts.lists[name]):
            sums.setdefault(kind.total, (total, convert(reduce(add, amounts), total.unit)))
        for about, (said, given) in sums.items():
            if agree(said, given) in APART:
                message = _("“{name}” is {stated}, but the rows of “{list}” make up {expected}")
                message = message.format(name=about, stated=brief(said), list=name, expected=brief(given))
                hint = _("correct a row, or type {expected}").format(expected=brief(given))
                span = facts.span(about) if about in facts.stated else facts.span(name)
                yield Finding(TOTAL, span, message, hint, Subject.fact(about), brief(said), brief(given))


def stated_equals_formula(facts: Facts, kind: FactKind, stated: Stated, formula: Expression) -> Iterator[Finding]:
    """A stated value equals its formula: exactly for a sum, half-up at its digits for a ratio (domain 1–13)."""
    try:
        expected = expected_value(kind, facts.scope)
        agreement = agree(stated.quantity, expected)
        if kind.open and expected.high < stated.quantity.low and (absent := facts.lacking(formula)):
            if len(facts.parts(formula)) - len(absent) > 1:
                yield from _cannot_check(facts, kind, stated, formula, "、".join(absent))
            return
    except UnknownError as unknown:
        yield from _cannot_check(facts, kind, stated, formula, unknown.name)
    except (FormulaError, QuantityError) as error:
        message = _("“{name}” cannot be checked: {reason}").format(name=kind.name, reason=error.message)
        yield Finding("cannot-check", stated.span, message, error.hint, Subject.fact(kind.name), brief(stated.quantity))
    else:
        if agreement in APART and not (agreement is Agreement.WITHIN_ROUNDING and kind.unit.is_percent):
            yield _disagreement(facts, kind, stated, expected, formula, agreement)


def _disagreement(
    facts: Facts, kind: FactKind, stated: Stated, expected: Quantity, formula: Expression, agreement: Agreement
) -> Finding:
    """Return the finding for a stated value that is not what its formula gives."""
    name = kind.name
    shown = _shown(expected, stated.quantity, formula)
    typed = shown if expected.exact else _("a value within {range}").format(range=shown)
    values = with_values(formula, facts.scope)
    said = brief(stated.quantity)
    hint = _("type {expected}, or correct one of the numbers it is made of").format(expected=typed)
    if agreement is Agreement.TRUNCATED:
        code, hint = "truncated", _("type {expected}").format(expected=typed)
        message = _("“{name}” is stated as {stated}, cut off; rounded it is {expected}: {values}")
    elif agreement is Agreement.WITHIN_ROUNDING:
        code = "rounding-difference"
        message = _("“{name}” is stated as {stated}, its parts sum to {expected}; rounding may explain it: {values}")
    elif formula.divides:
        code = RATIO
        message = _("“{name}” is stated as {stated}, but {values} = {expected}")
        if kind.unit.is_percent and is_fraction(stated.quantity, expected):
            hint = _("type {expected}").format(expected=meant_rate(stated.quantity))
    else:
        code = TOTAL
        message = _("“{name}” is stated as {stated}, but its parts sum to {expected} ({difference}): {values}")
        hint = slip_in_sum(facts, kind, expected, formula) + hint
        left_out = unstated(formula, facts.scope)
        if left_out and stated.quantity.low > expected.high:
            hint += _("; a category may be missing: {names} are not stated").format(names="、".join(left_out))
        elif left_out:
            hint += _("; not stated: {names}").format(names="、".join(left_out))
    difference = _difference(stated.quantity, expected)
    message = message.format(name=name, stated=said, expected=shown, values=values, difference=difference)
    return Finding(code, stated.span, message, hint, Subject.fact(name), said, shown)


def is_fraction(stated: Quantity, expected: Quantity) -> bool:
    """Whether a rate was typed as a fraction: 0.953 for 95.3%."""
    value, places = stated.low * 100, None if stated.places is None else max(0, stated.places - 2)
    return stated.exact and agree(replace(stated, low=value, high=value, places=places), expected) in SAME


def meant_rate(value: Quantity) -> str:
    """Return the rate whose fraction was typed: 95.3% for 0.953."""
    return trimmed(value.low * 100) + value.unit.symbol


def _difference(stated: Quantity, expected: Quantity) -> str:
    """Print what the stated value has too much of, or too little, from the nearer end of a range."""
    difference = stated.low - (expected.low if stated.low < expected.low else expected.high)
    return f"{'+' if difference > 0 else ''}{trimmed(difference)}{stated.unit.symbol}"


def _shown(expected: Quantity, stated: Quantity, formula: Expression) -> str:
    """Print the expected value, a ratio with the digits of the stated one."""
    plain = replace(expected, words=None)
    if not formula.divides or stated.places is None:
        return brief(plain)
    return brief(plain, max(stated.places, 0 if expected.exact else 1))


def _cannot_check(facts: Facts, kind: FactKind, stated: Stated, formula: Expression, missing: str) -> Iterator[Finding]:
    """Name what is missing where part of the formula is stated; for a ratio, say what it would have to be."""
    if not missing or len(unstated(formula, facts.scope)) == len(formula.names):
        return
    message = _("“{name}” ({stated}) cannot be checked: {missing} is not stated").format(
        name=kind.name, stated=brief(stated.quantity), missing=missing
    )
    hint = _("state {missing} under 数据").format(missing=missing)
    if missing.startswith("上年."):
        last = missing.removeprefix("上年.")
        hint = _("state {missing} in the file of {year}").format(missing=last, year=facts.year - 1)
        if facts.earlier_unread:
            hint = _("correct {file} first, which cannot be read").format(file=facts.earlier)
    if implied := _implied(facts, kind, stated.quantity, formula):
        hint += _("; as stated, {missing} would be {implied}").format(missing=missing, implied=implied)
    yield Finding("cannot-check", stated.span, message, hint, Subject.fact(kind.name), brief(stated.quantity))


def _implied(facts: Facts, kind: FactKind, stated: Quantity, formula: Expression) -> str:
    """Return the range of b in a / b that agrees with the digits stated, "" where that is not the question."""
    node = formula.node
    if not isinstance(node, nodes.Div) or dotted_name(node.right) not in facts.vocabulary.facts:
        return ""
    numerator = lookup(dotted_name(node.left), facts.scope)
    if not isinstance(numerator, Quantity) or not stated.exact:
        return ""
    ends = Quantity(stated.low - stated.slack, stated.low + stated.slack, kind.unit)
    try:
        implied = convert(numerator / ends, facts.vocabulary.facts[dotted_name(node.right)].unit)
    except QuantityError:
        return ""
    return brief(Quantity(rounded(implied.low, 1), rounded(implied.high, 1), implied.unit))


def relation_holds(facts: Facts, check: Check) -> Iterator[Finding]:
    """A relation of the vocabulary holds: an inequality between stages, or a second way to a total (domain 8–13)."""
    relation = check.relation
    sides = relation.left, relation.right
    if not check.own and any(side.needs_all and lacks_any(side, facts.scope) for side in sides):
        return
    try:
        left, right = quantity_of(relation.left, facts.scope), quantity_of(relation.right, facts.scope)
        right = replace(right, unit=left.unit) if right.unit == BARE and left.unit.base else right
        if relation.sign == "==":
            agreement, right = agree(left, right), convert(right, left.unit)
            percent = left.unit.is_percent or left.unit == unit("")
            broken = agreement in APART and not (agreement is Agreement.WITHIN_ROUNDING and percent)
            broken = broken and any(name in facts.stated for name in relation.names)  # else its parts are named
            code = "rounding-difference" if agreement is Agreement.WITHIN_ROUNDING else TOTAL
        else:
            broken, code = not holds(relation, facts.scope), LIMIT
        code = "implausible" if check.advisory else code
    except (UnknownError, FormulaError, QuantityError) as error:
        if check.own:
            yield _unjudged(check, error)
        return
    if not broken:
        return
    path = next((name for name in relation.names if name in facts.stated), relation.names[0])
    message = _("“{check}” does not hold: {left} is not {sign} {right}").format(
        check=check.name,
        left=_side(relation.left, left, facts),
        sign=relation.printed_sign,
        right=_side(relation.right, right, facts),
    )
    hint = _("correct one of these numbers")
    if absent := [name for name in unstated_parts(relation, facts.scope) if relation.sign != "=="]:
        hint = _("state {missing} under 数据").format(missing="、".join(absent)) + _(
            "; or correct one of these numbers"
        )
    about, said, shown = Subject.fact(path), brief(left), brief(right)
    yield Finding(code, facts.span(path), message, hint, about, said, shown, certain=not absent)


def _unjudged(check: Check, error: Exception) -> Finding:
    """A relation of the centre's own that says nothing is told: somebody relies on it."""
    if isinstance(error, UnknownError):
        reason, hint = _("{missing} is not stated").format(missing=error.name), ""
    else:
        reason, hint = getattr(error, "message", str(error)), getattr(error, "hint", "")
    message = _("“{name}” cannot be checked: {reason}").format(name=check.name, reason=reason)
    return Finding("cannot-check", check.own or Span(""), message, hint, Subject.key("核对", check.name))


def unstated_parts(relation: Relation, scope: Scope) -> tuple[str, ...]:
    """Return what a relation counts as nothing because it is not stated: 上年结转|default(0)."""
    return (*unstated(relation.left, scope), *unstated(relation.right, scope))


def _side(expression: Expression, value: Quantity, facts: Facts) -> str:
    text, shown = with_values(expression, facts.scope), brief(value)
    is_one = dotted_name(expression.node) or not expression.names or text.startswith(f"{shown}（")
    return text if is_one else f"{shown}（{text}）"
