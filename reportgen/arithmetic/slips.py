"""A reading that fails -> the slips that would make it hold: a wrong digit, two swapped, one lost or added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from functools import lru_cache

from reportgen.arithmetic.judging import Verdict, judge, margin
from reportgen.arithmetic.numbers import Number
from reportgen.arithmetic.reading import Reading, Terms
from reportgen.arithmetic.units import PERCENT
from reportgen.numbers.quantity import EXACT

COARSE = 1000  # how much more the last digit of one number is than that of another, where one counts in 万
Ends = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Slip:
    """``number`` ought to have these digits (325 → 352)."""

    number: Number
    digits: str

    def __str__(self) -> str:
        return f"{self.number.digits} → {self.digits}"


def slips(reading: Reading, resized: bool = True) -> list[Slip]:
    """Return the slips that would mend a reading, at most one a number; ``resized``: a digit lost or added, too."""
    found = []
    for number in reading.numbers:
        ends = _needed(reading, number) if number.is_said else None
        digits = _near(number.digits, *ends, resized) if ends and number.value >= 0 else ""
        if digits and judge(_with(reading, number, digits)) is Verdict.HOLDS:
            found.append(Slip(number, digits))
    return found


def chance(reading: Reading, tried: int) -> float:
    """Return how likely some slip would mend one of so many readings by accident."""
    sizes = [len(number.digits.replace(".", "")) for number in reading.numbers]
    target = reading.target
    if not reading.under:
        size = _digits(reading) - _zeros(reading)
        return float(tried * 20 * size / 10**size)
    most = max(target.value, Decimal(1)) if target.kind == PERCENT else abs(target.value)
    return float(tried * 10 * sum(sizes) / max(most / target.step, Decimal(1)))


def _digits(reading: Reading) -> int:
    """Return how many digits a sum is told by: those of its longest number, or of the coarsest, 1.6万人 of 12314人."""
    steps = [number.step for number in reading.numbers]
    if max(steps) < COARSE * min(steps):
        return max(len(number.digits.replace(".", "")) for number in reading.numbers)
    return max(len(str(int(number.value / max(steps)))) for number in reading.numbers)


def _zeros(reading: Reading) -> int:
    """Return how many last digits are 0 in all numbers of a sum: 1500 and 800 are told in hundreds."""
    ends = [len(number.digits) - len(number.digits.rstrip("0")) for number in reading.numbers if number.value]
    alike = len({(number.step, number.digits.find(".")) for number in reading.numbers}) == 1
    return min(ends, default=0) if alike or all("." not in number.digits for number in reading.numbers) else 0


def _needed(reading: Reading, number: Number) -> Ends | None:
    """Return between which values, in its last digits, the number must lie for the reading to hold."""
    with localcontext(EXACT):
        half = reading.target.step / 2 if reading.under else margin(reading)
        if number is reading.target:
            computed = reading.computed()
            values = [] if computed is None else [computed - half, computed + half]
        else:
            solved = (_solved(reading, number, reading.target.value + end) for end in (-half, half))
            values = sorted(value for value in solved if value is not None)
        return (values[0] / number.step, values[1] / number.step) if len(values) == 2 else None


def _solved(reading: Reading, number: Number, target: Decimal) -> Decimal | None:
    """Return the value x of ``number`` that gives ``target``: (a·x + n) / (b·x + d) = target."""
    a, n = _split(reading.over, number)
    b, d = _split(reading.under, number) if reading.under else (0, Decimal(1))
    slope = a - target * b
    return (target * d - n) / slope if slope else None


def _split(terms: Terms, number: Number) -> tuple[int, Decimal]:
    """Return how often a number is among the terms, and the sum of the others."""
    times = sum(sign for sign, other in terms if other.index == number.index)
    return times, sum((sign * other.value for sign, other in terms if other.index != number.index), Decimal(0))


def _with(reading: Reading, number: Number, digits: str) -> Reading:
    """Return the reading with other digits in one number."""
    other = replace(number, digits=digits, value=Decimal(digits.replace(".", "")) * number.step)
    over, under = (tuple((sign, other if one.index == number.index else one) for sign, one in terms)
                   for terms in (reading.over, reading.under))  # fmt: skip
    target = other if reading.target.index == number.index else reading.target
    return replace(reading, target=target, over=over, under=under)


@lru_cache(maxsize=1024)
def _near(stated: str, low: Decimal, high: Decimal, resized: bool) -> str:
    """Return digits one slip away from those stated, with a value between ``low`` and ``high``, or ""."""
    whole, _, fraction = stated.partition(".")
    if low <= int(whole + fraction) <= high:
        return ""
    slipped = _slipped(whole + fraction, low, high, resized)
    long = (digits for digits in slipped if len(digits) > len(fraction))
    plain = (digits for digits in long if digits[0] != "0" or len(digits) == len(fraction) + 1)
    candidates = {digits for digits in plain if low <= int(digits) <= high}
    if not candidates:
        return ""
    best = min(candidates, key=lambda digits: (abs(int(digits) - (low + high) / 2), digits))
    point = len(best) - len(fraction)
    return best[:point] + ("." + best[point:] if fraction else "")


def _slipped(digits: str, low: Decimal, high: Decimal, resized: bool) -> Iterator[str]:
    """Yield the digits with one changed, two neighbours swapped; ``resized``: one more, one less."""
    for at in range(len(digits) - 1, -1, -1):
        yield from _changed(digits, at, low, high)
    for at in range(len(digits) - 1):
        yield digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    if not resized:
        return
    for at in range(len(digits) + 1):
        yield from _changed(digits[:at] + "0" + digits[at:], at, low, high)
    for at in range(len(digits) if len(digits) > 1 else 0):
        yield digits[:at] + digits[at + 1 :]


def _changed(digits: str, at: int, low: Decimal, high: Decimal) -> Iterator[str]:
    """Yield ``digits`` with the digit ``at`` such that the value lies between the ends."""
    place = Decimal(10) ** (len(digits) - at - 1)
    least = ((low - int(digits)) / place).to_integral_value(ROUND_CEILING)
    most = ((high - int(digits)) / place).to_integral_value(ROUND_FLOOR)
    if least > most or least > 9 or most < -9:
        return
    for change in range(max(int(least), -9), min(int(most), 9) + 1):
        digit = int(digits[at]) + change
        if 0 <= digit <= 9:
            yield digits[:at] + str(digit) + digits[at + 1 :]
