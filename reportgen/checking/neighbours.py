"""A centre's facts beside those of its other files, its last year and its districts -> findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from reportgen.checking.case import Case
from reportgen.facts.facts import Facts
from reportgen.numbers.quantity import Agreement, Quantity, QuantityError, agree, brief, rounded
from reportgen.telling.findings import Finding, Subject
from reportgen.telling.messages import _


def twins_agree(case: Case) -> Iterator[Finding]:
    """Two files of one centre and year state the same value for the same fact (domain 19)."""
    for twin in case.neighbours.twins:
        yield from _twin_agrees(case.facts, twin)


def _twin_agrees(facts: Facts, twin: Facts) -> Iterator[Finding]:
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
            hint = _("state one value in both")
            yield Finding(
                "fact-conflict",
                stated.span,
                message,
                hint,
                Subject.fact(name),
                brief(stated.quantity),
                brief(other.quantity),
            )


def centres_sum_to_city(case: Case) -> Iterator[Finding]:
    """What the centres under 下辖 state sums to the city's figure; what one of them lacks cannot be told."""
    facts = case.facts
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
            hint = _("correct the city's figure or a centre's")
            message = message.format(name=name, stated=said, total=sum_, parts=parts)
            yield Finding("city-total", stated.span, message, hint, Subject.fact(name), said, sum_)


def jumps(case: Case) -> Iterator[Finding]:
    """A figure changed against last year's by more than a form's profile lets pass without a reason (变动须说明)."""
    for limit in dict.fromkeys(form.profile.change for form in case.forms):
        if limit is not None:
            yield from jumps_beyond(case.facts, limit)


def jumps_beyond(facts: Facts, limit: Decimal) -> Iterator[Finding]:
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
        hint = _("check both figures")
        yield Finding("jump", stated.span, message, hint, Subject.fact(name), brief(stated.quantity), brief(before))
