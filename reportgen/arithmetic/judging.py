"""A reading -> whether it holds: half-up at the digits stated, within the rounding of its inputs, or truncated."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from enum import Enum

from reportgen.arithmetic.numbers import Number
from reportgen.arithmetic.reading import Reading, total
from reportgen.numbers.quantity import EXACT

NONE = Decimal(0)


class Verdict(Enum):
    """How a stated number and what it ought to be go together."""

    HOLDS = "holds"
    TRUNCATED = "truncated"
    COARSE = "coarse"  # it would hold, were whole numbers of 万元 rounded
    FAILS = "fails"


def judge(reading: Reading) -> Verdict:
    """Return whether a reading holds; a quotient by zero says nothing, and holds."""
    computed = reading.computed()
    if computed is None:
        return Verdict.HOLDS
    if reading.bound:
        return Verdict.HOLDS if _keeps(reading, computed) else Verdict.FAILS
    if not reading.under:
        return _sum(reading, computed)
    with localcontext(EXACT):
        return _quotient(reading, computed)


def at_digits(value: Decimal, number: Number) -> Decimal:
    """Return ``value`` rounded half-up at the digits of ``number``."""
    with localcontext(EXACT):
        return (value / number.step).quantize(Decimal(1), ROUND_HALF_UP) * number.step


def margin(reading: Reading) -> Decimal:
    """Return how far a sum may be off by the rounding of its members: half of a last digit each with decimals."""
    members = reading.numbers
    return _rounding(members) if any(number.soft and "." in number.digits for number in members) else NONE


def _rounding(numbers: tuple[Number, ...]) -> Decimal:
    return sum([number.step / 2 for number in numbers if number.soft], NONE)


def _keeps(reading: Reading, computed: Decimal) -> bool:
    stated = reading.target.value
    if reading.bound == "at least":
        return stated + margin(reading) >= computed
    if reading.bound == "at most":
        return stated - margin(reading) <= computed
    return stated > computed if reading.bound == "more" else stated < computed


def _sum(reading: Reading, computed: Decimal) -> Verdict:
    stated = reading.target
    gap = abs(stated.value - computed)
    if not gap or reading.is_whole:
        return Verdict.FAILS if gap else Verdict.HOLDS
    if gap <= margin(reading):
        return Verdict.HOLDS
    coarse = "万" in stated.unit and not any(
        "万" in number.unit for number in reading.numbers[1:]
    )  # 4.6万个 of 42475个
    if stated.soft and (at_digits(computed, stated) == stated.value or (coarse and gap < stated.step)):
        return Verdict.HOLDS
    return Verdict.COARSE if gap <= _rounding(reading.numbers) else Verdict.FAILS


def _quotient(reading: Reading, computed: Decimal) -> Verdict:
    stated = reading.target
    if at_digits(computed, stated) == stated.value:
        return Verdict.HOLDS
    spread = sum((_leverage(reading, number) for number in reading.numbers[1:] if number.soft), Decimal(0))
    if abs(computed - stated.value) <= spread + stated.step / 2:
        return Verdict.HOLDS
    cut = (computed / stated.step).quantize(Decimal(1), ROUND_DOWN) * stated.step
    return Verdict.TRUNCATED if cut == stated.value else Verdict.FAILS


def _leverage(reading: Reading, number: Number) -> Decimal:
    """Return by how much half a last digit of ``number`` moves a quotient (XBRL Calculations 1.1)."""
    over, under = total(reading.over), total(reading.under)
    a = sum(sign for sign, other in reading.over if other.index == number.index)
    b = sum(sign for sign, other in reading.under if other.index == number.index)
    return abs((a * under - b * over) / (under * under)) * number.step / 2
