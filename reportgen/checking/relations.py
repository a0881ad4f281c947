"""Facts -> findings: what is stated held against what the vocabulary says must be true.

One small function a rule. A rule has three outcomes: it holds, it fails, or it cannot be evaluated.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from reportgen.facts.facts import NO_DATE, Facts, Stated, expected_value
from reportgen.forms.vocabulary import Check, FactKind
from reportgen.numbers.formula import Missing, UnknownError, holds, lookup, quantity_of, unstated, with_values
from reportgen.numbers.grammar import Expression, FormulaError, dotted_name, nodes
from reportgen.numbers.quantity import Agreement, Quantity, QuantityError, agree, brief, convert, rounded, trimmed, unit
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _

MENDABLE = ("total-mismatch", "ratio-mismatch", "limit-exceeded")
APART = (Agreement.DIFFERENT, Agreement.TRUNCATED, Agreement.WITHIN_ROUNDING)


@dataclass(frozen=True)
class Failure:
    """A finding of a rule, with the facts that the rule is about."""

    finding: Finding
    names: frozenset[str]


def check_facts(facts: Facts, twins: Iterable[Facts] = ()) -> list[Finding]:
    """Return the findings on ``facts``; ``twins`` are other files of the same centre and year."""
    findings = with_causes(facts, failures(facts))
    for twin in twins:
        findings.extend(twin_agrees(facts, twin))
    findings.extend(goals_have_results(facts))
    findings.extend(centres_sum_to_city(facts))
    findings.extend(report_follows_year(facts))
    return findings


def failures(facts: Facts) -> list[Failure]:
    """Return what the vocabulary's formulas and relations find."""
    found: list[Failure] = []
    for name, stated in facts.stated.items():
        kind = facts.vocabulary.facts.get(name)
        if kind and kind.formula:
            names = frozenset([name, *kind.formula.names])
            found += [Failure(finding, names) for finding in stated_equals_formula(facts, kind, stated, kind.formula)]
    for check in facts.vocabulary.checks:
        names = frozenset(check.relation.names)
        found += [Failure(finding, names) for finding in relation_holds(facts, check)]
    return found


def goals_have_results(facts: Facts) -> Iterator[Finding]:
    """Where a goal is stated, what became of it is known: an actual value belongs to every target (domain 18)."""
    for need in facts.vocabulary.needs:
        if need.given in facts.stated and isinstance(facts.value(need.needed), Missing):
            stated = brief(facts.stated[need.given].quantity)
            message = _("“{name}” ({stated}) cannot be checked: {missing} is not stated").format(
                name=need.given, stated=stated, missing=need.needed
            )
            hint = _("state {missing} under 数据").format(missing=need.needed)
            hint += _("; or give the reason under 口径说明, {name}").format(name=need.given)
            yield Finding("cannot-check", facts.span(need.given), message, hint, need.given, stated)


# --- rules ---------------------------------------------------------------------------------------------------


def stated_equals_formula(facts: Facts, kind: FactKind, stated: Stated, formula: Expression) -> Iterator[Finding]:
    """A stated value equals its formula: exactly for a sum, half-up at its digits for a ratio (domain 1–13)."""
    try:
        expected = expected_value(kind, facts.scope)
        agreement = agree(stated.quantity, expected)
    except UnknownError as unknown:
        yield from _cannot_check(facts, kind, stated, formula, unknown.name)
    except (FormulaError, QuantityError) as error:
        message = _("“{name}” cannot be checked: {reason}").format(name=kind.name, reason=error.message)
        yield Finding("cannot-check", stated.span, message, error.hint, kind.name, brief(stated.quantity))
    else:
        if agreement in APART and not (agreement is Agreement.WITHIN_ROUNDING and kind.unit.is_percent):
            yield _disagreement(facts, kind.name, stated, expected, formula, agreement)


def _disagreement(
    facts: Facts, name: str, stated: Stated, expected: Quantity, formula: Expression, agreement: Agreement
) -> Finding:
    """Return the finding for a stated value that is not what its formula gives."""
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
        code = "ratio-mismatch"
        message = _("“{name}” is stated as {stated}, but {values} = {expected}")
    else:
        code = "total-mismatch"
        message = _("“{name}” is stated as {stated}, but its parts sum to {expected} ({difference}): {values}")
        hint = _slip_in_sum(facts, facts.vocabulary.facts[name], expected, formula) + hint
        left_out = unstated(formula, facts.scope)
        if left_out and stated.quantity.low > expected.high:
            hint += _("; a category may be missing: {names} are not stated").format(names="、".join(left_out))
        elif left_out:
            hint += _("; not stated: {names}").format(names="、".join(left_out))
    if code != "truncated":
        hint += _("; or give the reason under 口径说明, {name}").format(name=name)
    difference = _difference(stated.quantity, expected)
    message = message.format(name=name, stated=said, expected=shown, values=values, difference=difference)
    return Finding(code, stated.span, message, hint, name, said, shown)


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
    if implied := _implied(facts, kind, stated.quantity, formula):
        hint += _("; as stated, {missing} would be {implied}").format(missing=missing, implied=implied)
    hint += _("; or give the reason under 口径说明, {name}").format(name=kind.name)
    yield Finding("cannot-check", stated.span, message, hint, kind.name, brief(stated.quantity))


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
    try:
        left, right = quantity_of(relation.left, facts.scope), quantity_of(relation.right, facts.scope)
        if relation.sign == "==":
            agreement, right = agree(left, right), convert(right, left.unit)
            percent = left.unit.is_percent or left.unit == unit("")
            broken = agreement in APART and not (agreement is Agreement.WITHIN_ROUNDING and percent)
            broken = broken and any(name in facts.stated for name in relation.names)  # else its parts are named
            code = "rounding-difference" if agreement is Agreement.WITHIN_ROUNDING else "total-mismatch"
        else:
            broken, code = not holds(relation, facts.scope), "limit-exceeded"
        code = "implausible" if check.advisory else code
    except (UnknownError, FormulaError, QuantityError):
        return
    if not broken:
        return
    path = next((name for name in relation.names if name in facts.stated), relation.names[0])
    message = _("“{check}” does not hold: {left} is not {sign} {right}").format(
        check=check.name,
        left=_side(relation.left, left, facts),
        sign={"==": "=", "<=": "≤", ">=": "≥"}.get(relation.sign, relation.sign),
        right=_side(relation.right, right, facts),
    )
    hint = _("correct one of these numbers; or give the reason under 口径说明, {name}").format(name=path)
    yield Finding(code, facts.span(path), message, hint, path, brief(left), brief(right))


def _side(expression: Expression, value: Quantity, facts: Facts) -> str:
    text = with_values(expression, facts.scope)
    return text if dotted_name(expression.node) or not expression.names else f"{brief(value)}（{text}）"


def twin_agrees(facts: Facts, twin: Facts) -> Iterator[Finding]:
    """Two files of one centre and year state the same value for the same fact (domain 19)."""
    for name, other in twin.stated.items():
        stated = facts.stated.get(name)
        if stated is None:
            continue
        try:
            same = agree(stated.quantity, other.quantity) in (Agreement.EQUAL, Agreement.OPEN)
        except QuantityError:
            same = False
        if not same:
            message = _("“{name}” is {stated} here, but {other} in {file}, line {line}").format(
                name=name,
                stated=brief(stated.quantity),
                other=brief(other.quantity),
                file=other.span.file,
                line=other.span.line,
            )
            hint = _("state one value in both; or give the reason under 口径说明, {name}").format(name=name)
            yield Finding(
                "fact-conflict", stated.span, message, hint, name, brief(stated.quantity), brief(other.quantity)
            )


def centres_sum_to_city(facts: Facts) -> Iterator[Finding]:
    """What the centres under 下辖 state sums to the city's figure; what one of them lacks cannot be told."""
    for name, stated in facts.stated.items():
        total = facts.together(name)
        if total is None:
            continue
        try:
            differs = agree(stated.quantity, total) in (Agreement.DIFFERENT, Agreement.TRUNCATED)
        except QuantityError:
            continue
        if differs:
            parts = " + ".join(
                f"{brief(value)}（{centre.entry.unit or centre.source.file}）"
                for centre in facts.subordinates
                if isinstance(value := centre.value(name), Quantity)
            )
            said, sum_ = brief(stated.quantity), brief(replace(total, words=None))
            message = _("“{name}” is stated as {stated}, but the centres under 下辖 sum to {total}: {parts}")
            hint = _("correct the city's figure or a centre's; or give the reason under 口径说明, {name}").format(
                name=name
            )
            message = message.format(name=name, stated=said, total=sum_, parts=parts)
            yield Finding("city-total", stated.span, message, hint, name, said, sum_)


def jumps(facts: Facts, limit: Decimal) -> Iterator[Finding]:
    """A figure changed against last year's by more than ``limit``, a share: it may be right, but wants a reason."""
    if facts.last_year is None:
        return
    for name, stated in facts.stated.items():
        before, kind = facts.last_year.value(name), facts.vocabulary.facts.get(name)
        if (
            not isinstance(before, Quantity)
            or kind is None
            or not kind.unit.base
            or not before.exact
            or before.low <= 0
        ):
            continue
        if not stated.quantity.exact or abs(stated.quantity.low / before.low - 1) <= limit:
            continue
        change = rounded((stated.quantity.low / before.low - 1) * 100, 1)
        message = _("“{name}” is {stated}, {change}% against {before} of the year before").format(
            name=name, stated=brief(stated.quantity), change=f"{change:+f}", before=brief(before)
        )
        hint = _("check both figures; if they are right, give the reason under 口径说明, {name}").format(name=name)
        yield Finding("jump", stated.span, message, hint, name, brief(stated.quantity), brief(before))


def report_follows_year(facts: Facts) -> Iterator[Finding]:
    """A report on a year is dated after its end (domain 20)."""
    if facts.date != NO_DATE and facts.date <= datetime.date(facts.year, 12, 31) and facts.entry.year:
        message = _("the report on {year} is dated {date}, before the year's end").format(
            year=facts.year, date=facts.date
        )
        hint = _("type the date of signing, after {year}-12-31, or correct 年度").format(year=facts.year)
        yield Finding("report-before-year-end", facts.source.span(("日期",)), message, hint, "日期", str(facts.date))


# --- what would mend them -----------------------------------------------------------------------------------


def with_causes(facts: Facts, found: list[Failure]) -> list[Finding]:
    """Return the findings; where several share facts and one figure would mend them all, their hints name it."""
    findings = {failure: failure.finding for failure in found}
    for group in _related([failure for failure in found if failure.finding.code in MENDABLE]):
        cures = list(dict.fromkeys(_cures(facts, group, len(found)))) if len(group) > 1 else []
        if len(cures) > 1:  # a slip of a digit is likelier than any other error
            slips = [cure for cure in cures if _is_slip(facts.stated[cure[0]].quantity, cure[1])]
            cures = slips if len(slips) == 1 else cures
        if len(cures) == 1:
            name, value = cures[0]
            text = _("{name} {stated} → {value} would mend all {n}; else: ").format(
                name=name, stated=brief(facts.stated[name].quantity), value=brief(value), n=len(group)
            )
            findings |= {f: replace(f.finding, hint=text + f.finding.hint) for f in group}
    return list(findings.values())


def _is_slip(typed: Quantity, meant: Quantity) -> bool:
    """Whether one digit is wrong, missing or too many, or two neighbours are transposed: 325 for 352."""
    one, other = trimmed(typed.low), trimmed(meant.low)
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1 or _is_transposed(one, other)


def _is_transposed(one: str, other: str) -> bool:
    differing = [i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return (
        len(one) == len(other)
        and len(differing) == 2
        and differing[1] == differing[0] + 1
        and one[differing[0]] == other[differing[1]]
        and one[differing[1]] == other[differing[0]]
    )


def _slip_in_sum(facts: Facts, kind: FactKind, expected: Quantity, formula: Expression) -> str:
    """Name the one figure whose transposed digits explain a sum, and what it would be; "" where there is none."""
    found = [
        (name, facts.stated[name].quantity, meant)
        for name, meant in _cures_of_sum(facts, kind, expected, formula)
        if meant.low >= 0 and _is_transposed(trimmed(facts.stated[name].quantity.low), trimmed(meant.low))
    ]
    if len(found) != 1:
        return ""
    name, typed, meant = found[0]
    return _("two digits of {name} look transposed: {typed} for {meant}; ").format(
        name=name, typed=brief(typed), meant=trimmed(meant.low) + typed.unit.symbol
    )


def _cures_of_sum(
    facts: Facts, kind: FactKind, expected: Quantity, formula: Expression
) -> Iterator[tuple[str, Quantity]]:
    """Yield what a sum, or one of its parts, would have to be for the sum to hold."""
    total = facts.stated[kind.name].quantity
    if not total.exact or not expected.exact:
        return
    yield kind.name, Quantity(expected.low, expected.low, kind.unit, total.places)
    for name in formula.names:
        if name in facts.stated and (part := facts.stated[name].quantity).exact:
            mended = part.low + total.low - expected.low
            yield name, Quantity(mended, mended, part.unit, part.places)


def _related(found: list[Failure]) -> list[list[Failure]]:
    """Return the failures in groups that share facts, directly or through one another."""
    groups: list[list[Failure]] = []
    for failure in found:
        touching = [group for group in groups if any(failure.names & other.names for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([failure, *(other for group in touching for other in group)])
    return groups


def _cures(facts: Facts, group: list[Failure], failing: int) -> Iterator[tuple[str, Quantity]]:
    """Yield each (fact, value) that makes every failure of the group vanish, and none appear."""
    for name, value in _candidates(facts, group):
        stated = {**facts.stated, name: replace(facts.stated[name], quantity=value)}
        changed = replace(facts, stated=stated, _derived={})
        left = [failure.finding.path for failure in failures(changed)]
        if len(left) == failing - len(group) and not any(failure.finding.path in left for failure in group):
            yield name, value


def _candidates(facts: Facts, group: list[Failure]) -> Iterator[tuple[str, Quantity]]:
    """Yield the values that would mend one failed sum: of the sum itself, or of one of its parts."""
    for failure in group:
        kind = facts.vocabulary.facts.get(failure.finding.path)
        if failure.finding.code != "total-mismatch" or kind is None or kind.formula is None:
            continue
        for name, value in _cures_of_sum(facts, kind, expected_value(kind, facts.scope), kind.formula):
            if name == kind.name or value.low >= 0 or facts.vocabulary.facts[name].signed:
                yield name, value
