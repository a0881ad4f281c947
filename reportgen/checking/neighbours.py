"""A centre's facts beside those of its other files, its last year and its districts -> findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from operator import add

from reportgen.checking.case import Case
from reportgen.facts.facts import Facts, Stated
from reportgen.numbers.quantity import Agreement, Quantity, QuantityError, agree, brief, convert, rounded, trimmed
from reportgen.reading.keys import FACTS
from reportgen.telling.findings import Finding, Subject
from reportgen.telling.messages import _, listed

LEAST_SAME = 3  # figures equal to last year's
LISTED = 12


def twins_agree(case: Case) -> Iterator[Finding]:
    """Two files of one centre and year state the same value for the same fact (domain 19)."""
    for twin in case.neighbours.twins:
        yield from _twin_agrees(case.facts, twin)


def _twin_agrees(facts: Facts, twin: Facts) -> Iterator[Finding]:
    one_project = not (facts.entry.project and twin.entry.project) or facts.entry.project == twin.entry.project
    for name, other in twin.stated.items():
        stated = facts.stated.get(name)
        if stated is None or (not one_project and name.partition(".")[0] in facts.vocabulary.by_project):
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
            yield from _no_total(facts, name, stated)
            continue
        try:
            differs = agree(stated.quantity, total) in (Agreement.DIFFERENT, Agreement.TRUNCATED)
        except QuantityError:
            continue
        if differs:
            yield _not_the_sum(facts, name, stated, total)


def _not_the_sum(facts: Facts, name: str, stated: Stated, total: Quantity) -> Finding:
    values = [(value, centre) for centre in facts.subordinates if isinstance(value := centre.value(name), Quantity)]
    terms = (f"{brief(value)}（{centre.entry.unit or centre.source.file}）" for value, centre in values)
    parts = listed(terms, LISTED, " + ")
    said, sum_ = brief(stated.quantity), brief(replace(total, words=None))
    message = _("“{name}” is stated as {stated}, but the centres under 下辖 sum to {total}: {parts}")
    message = message.format(name=name, stated=said, total=sum_, parts=parts)
    hint = _("correct the city's figure or a centre's")
    return Finding("city-total", stated.span, message, hint, Subject.fact(name), said, sum_)


def _no_total(facts: Facts, name: str, stated: Stated) -> Iterator[Finding]:
    """Where some centres state a figure and others do not, it cannot be judged whether the city's is their sum.

    But those that do must not exceed it, whatever the others have.
    """
    values = {centre.source.file: centre.value(name) for centre in facts.subordinates}
    absent = [file for file, value in values.items() if not isinstance(value, Quantity)]
    kind = facts.vocabulary.facts.get(name)
    if kind is None or not kind.unit.base or not 0 < len(absent) < len(values):
        return
    known = reduce(add, (value for value in values.values() if isinstance(value, Quantity)))
    adds = kind.can_be_summed and not kind.signed
    if adds and convert(known, kind.unit).low > convert(stated.quantity, kind.unit).high:
        yield _not_the_sum(facts, name, stated, known)
        return
    message = _("“{name}” cannot be compared with its centres: not stated in {files}")
    message = message.format(name=name, files="、".join(absent[:LISTED]))
    yield Finding("cannot-check", stated.span, message, _("state it there"), Subject.fact(name), brief(stated.quantity))


def last_years_figures(case: Case) -> Iterator[Finding]:
    """Most figures are not those of last year's file, from which this one was made."""
    facts, last_year = case.facts, case.facts.last_year
    if last_year is None:
        return
    compared = [name for name in facts.stated if name in last_year.stated and _is_telling(facts, name)]
    same = [name for name in compared if facts.stated[name].quantity == last_year.stated[name].quantity]
    if len(same) >= LEAST_SAME and 2 * len(same) > len(compared):
        places = "、".join(
            _("{name} (line {line})").format(name=name, line=facts.stated[name].span.line) for name in same[:LISTED]
        )
        message = _("{n} of {all} figures of three digits and more are those of {file}: {places}")
        message = message.format(n=len(same), all=len(compared), file=last_year.source.file, places=places)
        hint = _("bring them up to date; where a figure is the same again, leave it")
        yield Finding("stale-figures", facts.stated[same[0]].span, message, hint, Subject.key(FACTS))


def _is_telling(facts: Facts, name: str) -> bool:
    """Whether an equal figure is telling: three digits and more, and not of a kind that rarely changes (常年不变)."""
    kind, value = facts.vocabulary.facts.get(name), facts.stated[name].quantity
    return value.exact and len(trimmed(value.low).replace(".", "")) >= 3 and not (kind and kind.steady)


def copied_figures(case: Case) -> Iterator[Finding]:
    """Most figures are not those of another centre's file, from which this one was made."""
    if copy := case.neighbours.copy:
        message = _("{n} of {all} figures of three digits and more are those of {file} ({unit})")
        message = message.format(n=copy.shared, all=copy.figures, file=copy.file, unit=copy.unit)
        hint = _("if the file was made from that one, type the figures of your own centre")
        yield Finding("stale-figures", case.facts.source.key_span((FACTS,)), message, hint, Subject.key(FACTS))


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
