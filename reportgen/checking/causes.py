"""Failures -> findings; where one figure would mend several at once, their hints name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.checking.relations import Failure, failures
from reportgen.checking.slips import cures_of_sum, is_slip
from reportgen.facts.facts import Facts
from reportgen.facts.values import expected_value
from reportgen.numbers.formula import UnknownError
from reportgen.numbers.grammar import FormulaError
from reportgen.numbers.quantity import Quantity, brief
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _


def with_causes(facts: Facts, found: list[Failure]) -> list[Finding]:
    """Return the findings; where several share facts and one figure would mend them all, their hints name it."""
    findings = {failure: failure.finding for failure in found}
    for group in _related([failure for failure in found if failure.of_figures]):
        cures = list(dict.fromkeys(_cures(facts, group, len(found)))) if len(group) > 1 else []
        if len(cures) > 1:  # a slip of a digit is likelier than any other error
            slips = [cure for cure in cures if is_slip(facts.stated[cure[0]].quantity, cure[1])]
            cures = slips if len(slips) == 1 else cures
        if len(cures) == 1:
            name, value = cures[0]
            text = _("{name} {stated} → {value} would mend all {n}; else: ").format(
                name=name, stated=brief(facts.stated[name].quantity), value=brief(value), n=len(group)
            )
            findings |= {f: replace(f.finding, hint=text + f.finding.hint, cause=name) for f in group}
    return list(findings.values())


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
        left = [failure.name for failure in failures(facts.with_stated(name, value))]
        if len(left) == failing - len(group) and not any(failure.name in left for failure in group):
            yield name, value


def _candidates(facts: Facts, group: list[Failure]) -> Iterator[tuple[str, Quantity]]:
    """Yield the values that would mend one failed sum: of the sum itself, or of one of its parts."""
    for failure in group:
        kind = facts.vocabulary.facts.get(failure.name)
        if not failure.of_total or kind is None or kind.formula is None:
            continue
        try:
            expected = expected_value(kind, facts.scope)
        except (UnknownError, FormulaError):  # a part is not stated: nothing says what would mend the sum
            continue
        for name, value in cures_of_sum(facts, kind, expected, kind.formula):
            if name == kind.name or value.low >= 0 or facts.vocabulary.facts[name].signed:
                yield name, value
