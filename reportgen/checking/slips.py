"""A sum that fails -> the slip of a digit that would explain it, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.facts.facts import Facts
from reportgen.forms.vocabulary import FactKind
from reportgen.numbers.grammar import Expression
from reportgen.numbers.quantity import Quantity, brief, trimmed
from reportgen.telling.messages import _


def is_slip(typed: Quantity, meant: Quantity) -> bool:
    """Whether one digit is wrong, missing or too many, or two neighbours are transposed: 325 for 352."""
    one, other = trimmed(typed.low), trimmed(meant.low)
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1 or is_transposed(one, other)


def is_transposed(one: str, other: str) -> bool:
    """Whether two neighbouring digits have changed places: 325 for 352."""
    differing = [i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return (
        len(one) == len(other)
        and len(differing) == 2
        and differing[1] == differing[0] + 1
        and one[differing[0]] == other[differing[1]]
        and one[differing[1]] == other[differing[0]]
    )


def slip_in_sum(facts: Facts, kind: FactKind, expected: Quantity, formula: Expression) -> str:
    """Name the one figure whose transposed digits explain a sum, and what it would be; "" where there is none."""
    found = [
        (name, facts.stated[name].quantity, meant)
        for name, meant in cures_of_sum(facts, kind, expected, formula)
        if meant.low >= 0 and is_transposed(trimmed(facts.stated[name].quantity.low), trimmed(meant.low))
    ]
    if len(found) != 1:
        return ""
    name, typed, meant = found[0]
    return _("two digits of {name} look transposed: {typed} for {meant}; ").format(
        name=name, typed=brief(typed), meant=trimmed(meant.low) + typed.unit.symbol
    )


def cures_of_sum(
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
