"""One value as typed, or a formula and what it needs -> a quantity in the unit of its fact or column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reportgen.forms.vocabulary import FactKind
from reportgen.numbers.formula import UnknownError, quantity_of
from reportgen.numbers.grammar import FormulaError
from reportgen.numbers.numerals import mended, read_measured, read_quantity
from reportgen.numbers.quantity import Quantity, QuantityError, convert, unit
from reportgen.reading.habits import find_habit
from reportgen.telling.messages import _

UNIT_FREE = unit("")
Complain = Callable[[str, str, str], None]  # code, message, hint


def read_value(text: str, kind: FactKind | None, complain: Complain, given: str = "") -> Quantity | None:
    """Return the number typed for a fact or a column; without a kind, in whatever unit is typed behind it.

    ``given`` is the unit of a number without one, where it is not that of the kind.
    """
    try:
        quantity = read_quantity(text, kind.unit.symbol, kind.synonyms, given) if kind else read_measured(text)
    except QuantityError as error:
        habit = find_habit(text)
        hint = f"{habit.message}: {habit.hint}" if habit else error.hint
        complain("wrong-unit" if type(error) is not QuantityError else "not-a-number", error.message, hint)
        return None
    if mended(text) != text:
        complain("full-width-number", *typed_full_width(text))
    if kind and kind.unit.is_count and quantity.exact and quantity.low % 1:
        message = _("{unit} are counted in whole numbers").format(unit=kind.unit.symbol)
        complain("bad-value", message, _("type a whole number"))
    if quantity.low < 0 and kind and not kind.signed:
        complain("negative", _("a {unit} cannot be negative").format(unit=kind.unit.symbol), "")
    return quantity


def typed_full_width(text: str) -> tuple[str, str]:
    """Return message and hint on a number typed full-width."""
    message = _("“{text}” is typed full-width; it was read as {mended}").format(text=text, mended=mended(text))
    return message, _("type {mended}").format(mended=mended(text))


def expected_value(kind: FactKind, scope: Mapping[str, Any]) -> Quantity:
    """Return what the formula of ``kind`` gives, in its unit; raises UnknownError, FormulaError."""
    if kind.formula is None:
        raise UnknownError(kind.name)
    value = quantity_of(kind.formula, scope)
    try:
        if value.unit == UNIT_FREE and kind.unit.base:
            return convert(Quantity(value.low, value.high, kind.unit, slack=value.slack), kind.unit)
        return convert(value, kind.unit)
    except QuantityError as error:
        raise FormulaError(error.message, error.hint) from None
