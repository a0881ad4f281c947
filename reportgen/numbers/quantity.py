"""Exact numbers with a unit, the digits they were stated with, and their vagueness."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import Enum
from functools import cache

from reportgen.telling.messages import _

EXACT = Context(prec=60)
MAX_DIGITS = 18
INFINITE = Decimal("Infinity")
MAGNITUDES = {"亿": Decimal(10**8), "万": Decimal(10**4), "千": Decimal(1000)}


class QuantityError(ValueError):
    """A number that cannot be read or computed: ``message`` says why, ``hint`` what to type instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnitMismatchError(QuantityError):
    """Two units that measure different things."""


SEPARATOR = re.compile(r"(?<=\d)[,，](?=\d{3})")


def ungrouped(text: str) -> str:
    """Return a number as a report prints it, without separators of thousands (GB/T 15835—2011: one style in a text)."""
    return SEPARATOR.sub("", text)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: ``scale`` of its ``base`` units, each with its power (元/件 is (元, 1), (件, -1))."""

    symbol: str
    scale: Decimal
    base: tuple[tuple[str, int], ...]

    @property
    def is_count(self) -> bool:
        """Whether it counts whole things one by one (件, 人, 场), so that nothing is rounded."""
        return self.scale == 1 and len(self.base) == 1 and self.base[0] not in (("元", 1),)

    @property
    def is_percent(self) -> bool:
        """Whether a value prints with its sign: % or ‰."""
        return self.symbol in ("%", "‰")


@cache
def unit(symbol: str) -> Unit:
    """Return the unit written as ``symbol``: 件, 万元, %, 件/万人; "" is a bare number."""
    scale = Decimal(1)
    powers: dict[str, int] = {}
    for index, atom in enumerate(symbol.split("/")):
        factor, name = _atom(atom)
        scale = scale * factor if index == 0 else scale / factor
        if name:
            powers[name] = powers.get(name, 0) + (1 if index == 0 else -1)
    return Unit(symbol, scale, tuple(sorted((name, power) for name, power in powers.items() if power)))


def _atom(atom: str) -> tuple[Decimal, str]:
    if atom in ("", "%", "‰"):
        return {"": Decimal(1), "%": Decimal("0.01"), "‰": Decimal("0.001")}[atom], ""
    if match := re.match(r"\d{1,9}", atom):  # the 10 of 次/10万公顷
        factor, name = _atom(atom[match.end() :])
        return Decimal(match[0]) * factor, name
    if atom[0] in MAGNITUDES:
        return MAGNITUDES[atom[0]], atom[1:]
    return Decimal(1), atom


BARE = unit("")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number between ``low`` and ``high`` (equal when it is exact), measured in ``unit``.

    ``places`` are the digits after the point as stated (None: computed, all digits hold); ``slack`` is what
    rounding may have taken from it, summed over additions; ``words`` are what stands before the number, the
    number as written, and what stands after its unit (约, 400, "").
    """

    low: Decimal
    high: Decimal
    unit: Unit = BARE
    places: int | None = None
    slack: Decimal = Decimal(0)
    words: tuple[str, str, str] | None = None

    @property
    def exact(self) -> bool:
        """Whether it is one number, not a range (3000余, 95%以上)."""
        return self.low == self.high

    @property
    def bare(self) -> str:
        """The number as it prints, without any unit, not even %."""
        before, number, after = self.words or ("", plain(self), "")
        return before + number + after

    @property
    def with_unit(self) -> str:
        """The number as it prints, with its unit: 445件, 10件以上."""
        before, number, after = self.words or ("", plain(self), "")
        return before + number + self.unit.symbol + after

    def __str__(self) -> str:
        return self.with_unit if self.unit.is_percent else self.bare

    def __add__(self, other: Quantity) -> Quantity:
        return _combine(self, other, lambda a, b: a + b)

    def __sub__(self, other: Quantity) -> Quantity:
        return _combine(self, replace(other, low=other.high, high=other.low), lambda a, b: a - b)

    def __neg__(self) -> Quantity:
        return Quantity(-self.high, -self.low, self.unit, slack=self.slack)

    def __mul__(self, other: Quantity) -> Quantity:
        ends = [(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        if any((a.is_infinite() and not b) or (b.is_infinite() and not a) for a, b in ends):
            raise QuantityError(_("the result is not a number"))
        with localcontext(EXACT):
            corners = [_bounded(a * b) for a, b in ends]
        return Quantity(min(corners), max(corners), _product(self.unit, other.unit))

    def __truediv__(self, other: Quantity) -> Quantity:
        if other.low <= 0 <= other.high:
            raise QuantityError(_("division by zero"))
        with localcontext(EXACT):
            corners = [_divide(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        quotient = Quantity(min(corners), max(corners), _quotient(self.unit, other.unit))
        return convert(quotient, BARE) if self.unit.base == other.unit.base else quotient


def number(value: Decimal | int, symbol: str = "") -> Quantity:
    """Return an exact quantity."""
    return Quantity(Decimal(value), Decimal(value), unit(symbol))


def _divide(a: Decimal, b: Decimal) -> Decimal:
    return Decimal(0) if b.is_infinite() else _bounded(a / b)


def _bounded(value: Decimal) -> Decimal:
    if value.is_nan():
        raise QuantityError(_("the result is not a number"))
    if value.is_finite() and value and value.adjusted() > MAX_DIGITS:
        raise QuantityError(_("the result is too large (more than {n} digits)").format(n=MAX_DIGITS))
    return value


def _combine(a: Quantity, b: Quantity, operate: Callable[[Decimal, Decimal], Decimal]) -> Quantity:
    if b.unit is BARE and a.unit.base:  # a bare number takes the unit beside it: 案件.受理 + 5
        b = replace(b, unit=a.unit)
    elif a.unit is BARE and b.unit.base:
        a = replace(a, unit=b.unit)
    b = convert(b, a.unit)
    with localcontext(EXACT):
        low, high = _bounded(operate(a.low, b.low)), _bounded(operate(a.high, b.high))
    return Quantity(low, high, a.unit, slack=_rounding(a) + _rounding(b))


def _rounding(part: Quantity) -> Decimal:
    """Return what rounding may have taken from a part of a sum: nothing where no digit after the point was typed."""
    return Decimal(0) if part.places == 0 and not part.unit.is_percent else part.slack


def _product(a: Unit, b: Unit) -> Unit:
    if b is BARE or a is BARE:
        return a if b is BARE else b
    powers = dict(a.base)
    for name, power in b.base:
        powers[name] = powers.get(name, 0) + power
    base = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Unit(f"{a.symbol}·{b.symbol}", a.scale * b.scale, base)


def _quotient(a: Unit, b: Unit) -> Unit:
    if b is BARE:
        return a
    inverse = Unit(b.symbol, 1 / b.scale, tuple((name, -power) for name, power in b.base))
    return replace(_product(a, inverse), symbol=f"{a.symbol or 1}/{b.symbol}")


def convert(value: Quantity, target: Unit) -> Quantity:
    """Return ``value`` measured in ``target``; raise UnitMismatchError where they measure different things."""
    if value.unit is target or value.unit == target:
        return value
    if value.unit.base != target.base:
        raise UnitMismatchError(
            _("{a} and {b} measure different things").format(a=value.unit.symbol or "1", b=target.symbol or "1")
        )
    with localcontext(EXACT):
        factor = value.unit.scale / target.scale
        return Quantity(value.low * factor, value.high * factor, target, slack=value.slack * factor)


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half-up (GB/T 8170 leaves the choice; official tables use half-up) to ``places`` digits, never to -0."""
    if value.is_infinite():
        return value
    return EXACT.add(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT), Decimal(0))


def with_places(value: Quantity, places: int) -> Quantity:
    """Return ``value`` so that it prints half-up with ``places`` digits; its exact value is kept for checks.

    The whole is 100%, as everybody types it: no 100.0% stands beside it.
    """
    if value.exact and value.low == 100 and value.unit.symbol == "%":
        places = 0
    return replace(value, words=("", plain(value, places), "")) if value.exact else value


def plain(value: Quantity, places: int | None = None) -> str:
    """Print an exact value without exponent; without ``places`` it must end within six digits."""
    if not value.exact:
        raise QuantityError(_("an inexact number has no single value to print"))
    if places is not None:
        return f"{rounded(value.low, places):f}"
    if value.places is not None:
        return f"{value.low:f}"
    short = rounded(value.low, 6)
    if short != value.low:
        raise QuantityError(
            _("the result has endless digits"), _("say how many digits to print: |round(2) or |百分比(1)")
        )
    return trimmed(short)


def brief(value: Quantity, places: int | None = None) -> str:
    """Print any value for a message, with its unit: at most four digits (or ``places``), a range as low–high."""
    if value.words and (places is None or value.exact):
        return value.with_unit

    def end(side: Decimal) -> str:
        if side.is_infinite():
            return "∞" if side > 0 else "-∞"
        return trimmed(rounded(side, 4)) if places is None else f"{rounded(side, places):f}"

    numbers = end(value.low) if value.exact else f"{end(value.low)}–{end(value.high)}"
    return numbers + value.unit.symbol


def at_digits_of(stated: Quantity, value: Quantity) -> str:
    """Print a value for a message at the digits with which a rate is stated: 98% for 98.0% beside 96%."""
    if stated.places is None or not (value.unit.is_percent and value.exact):
        return brief(value)
    return f"{rounded(value.low, stated.places):f}{value.unit.symbol}"


def trimmed(value: Decimal) -> str:
    """Print without exponent and without zeros at the end of the fraction."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compare(a: Quantity, b: Quantity) -> tuple[bool | None, bool | None]:
    """Return (a < b, a > b); None where ranges overlap, so that nothing can be said."""
    if b.unit is BARE and a.unit.base:
        b = replace(b, unit=a.unit)
    elif a.unit is BARE and b.unit.base:
        a = replace(a, unit=b.unit)
    b = convert(b, a.unit)
    less = True if a.high < b.low else False if a.low >= b.high else None
    more = True if a.low > b.high else False if a.high <= b.low else None
    return less, more


class Agreement(Enum):
    """How a stated value and the value it ought to have go together."""

    EQUAL = "equal"
    ROUNDED = "rounded"  # half-up at the digits stated
    WITHIN_ROUNDING = "within"  # a sum of rounded values, off by no more than the rounding
    TRUNCATED = "truncated"
    OPEN = "open"  # ranges overlap: nothing can be said
    DIFFERENT = "different"


def agree(stated: Quantity, expected: Quantity) -> Agreement:
    """Compare a stated value with what it ought to be, at the digits it was stated with."""
    expected = convert(replace(expected, unit=stated.unit) if expected.unit is BARE and stated.unit.base else expected,
                       stated.unit)  # fmt: skip
    if not stated.exact:
        if stated.low <= expected.low and expected.high <= stated.high:
            return Agreement.EQUAL
        apart = expected.high < stated.low or expected.low > stated.high
        return Agreement.DIFFERENT if apart else Agreement.OPEN
    slack = stated.slack + expected.slack
    if not expected.exact:
        inside = expected.low - stated.slack <= stated.low <= expected.high + stated.slack
        return Agreement.OPEN if inside else Agreement.DIFFERENT
    if stated.low == expected.low:
        return Agreement.EQUAL
    if expected.slack or stated.places is None:
        return Agreement.WITHIN_ROUNDING if abs(stated.low - expected.low) <= slack else Agreement.DIFFERENT
    return _agree_at_places(stated, expected.low)


def _agree_at_places(stated: Quantity, expected: Decimal) -> Agreement:
    if stated.places is None or not expected.is_finite():
        return Agreement.DIFFERENT
    if rounded(expected, stated.places) == stated.low:
        return Agreement.ROUNDED
    cut = expected.quantize(Decimal(1).scaleb(-stated.places), ROUND_DOWN, EXACT)
    return Agreement.TRUNCATED if cut == stated.low else Agreement.DIFFERENT
