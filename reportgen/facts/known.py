"""Facts -> all that have a value, each as a figure of a table."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.facts.facts import Facts
from reportgen.facts.figure import Figure
from reportgen.numbers.formula import Missing
from reportgen.numbers.quantity import Quantity, QuantityError, rounded, trimmed

COMPUTED = 6  # digits after the point of a number that nobody stated and no fact rounds


def figures_of(facts: Facts) -> Iterator[Figure]:
    """Yield every fact that is stated or can be derived, in the order of the vocabulary, 其他 last."""
    for name in dict.fromkeys([*facts.vocabulary.facts, *facts.stated]):
        value = facts.value(name)
        if isinstance(value, Missing) or not (value.exact or value.words):
            continue  # a range that was computed prints nowhere
        number = _number(value) if value.exact else ""
        yield Figure(name, value.unit.symbol, number, _text(value, number))


def _number(value: Quantity) -> str:
    """Return an exact value with the digits it prints with, in figures alone: 156400 for 15.64万."""
    if value.places is not None:
        return f"{rounded(value.low, max(0, value.places)):f}"
    if value.words:
        return f"{rounded(value.low, len(value.words[1].partition('.')[2])):f}"
    return trimmed(rounded(value.low, COMPUTED))


def _text(value: Quantity, number: str) -> str:
    try:
        return value.bare
    except QuantityError:  # endless digits
        return number
