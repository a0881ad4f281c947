"""A reading -> its words: what the target ought to be, and the arithmetic in the figures of the text."""

from __future__ import annotations

from decimal import Decimal

from reportgen.arithmetic.judging import at_digits
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Reading, Terms
from reportgen.numbers.quantity import trimmed

SIGNS = {"more": " > ", "less": " < ", "at least": " ≥ ", "at most": " ≤ "}


def expected(reading: Reading) -> str:
    """Return what the target ought to be, with its unit: a quotient at the digits stated, a sum with all its digits."""
    computed, target = reading.computed() or Decimal(0), reading.target
    places = len(target.digits.partition(".")[2])
    one = target.step.scaleb(places)
    if reading.under:
        return f"{at_digits(computed, target) / one:.{places}f}{target.unit}"
    return trimmed(computed / one) + target.unit


def working(page: Page, reading: Reading) -> str:
    """Return the arithmetic: 18万元 + 9万元 = 27万元; 75次 > 80次, where a bound is not kept."""
    over = _side(page, reading.over, bracketed=reading.under != ())
    if reading.kind == "repeat":
        return f"{over} ≠ {page.said(reading.target)}"
    if reading.bound and len(reading.over) == 1:
        return page.said(reading.target) + SIGNS[reading.bound] + over
    under = f" ÷ {_side(page, reading.under, bracketed=True)}" if reading.under else ""
    return f"{over}{under} = {expected(reading)}"


def _side(page: Page, terms: Terms, bracketed: bool) -> str:
    text = "".join((" + " if sign > 0 else " - ") + _said(page, number) for sign, number in terms)
    text = text.removeprefix(" + ")
    return f"({text})" if bracketed and len(terms) > 1 else text


def _said(page: Page, number: Number) -> str:
    return page.said(number).replace(" ", "")
