"""What a sentence may state: one number as a sum or a quotient of others, and how sure the words are of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import IntEnum

from reportgen.arithmetic.numbers import Number
from reportgen.numbers.quantity import EXACT

Terms = tuple[tuple[int, Number], ...]  # each with its sign


class Cued(IntEnum):
    """How sure a cue is that one of its readings is meant."""

    WEAK = 1  # only told where an accident can be excluded
    FAIR = 2  # told where one slip of the hand explains it, and hardly by accident
    GOOD = 3  # told where one slip explains it
    STRONG = 4  # told in any case


@dataclass(frozen=True)
class Reading:
    """``target`` is the signed sum of ``over``, divided by that of ``under`` where there is one.

    ``bound``: it is not equal to that, but "more", "less", "at least" or "at most" as much.
    """

    kind: str
    target: Number
    over: Terms
    under: Terms = ()
    bound: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether none of its numbers is rounded."""
        return not (self.target.soft or [number for _sign, number in (*self.over, *self.under) if number.soft])

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All its numbers, the target first, each once."""
        found = {number.index: number for _sign, number in (*self.over, *self.under)}
        found.pop(self.target.index, None)
        return (self.target, *found.values())

    @property
    def exact(self) -> bool:
        """Whether none of its numbers is a bound or a guess."""
        hedges = [number.hedge for _sign, number in (*self.over, *self.under) if number.hedge]
        return not (hedges or self.target.hedge)

    def computed(self) -> Decimal | None:
        """Return what the target ought to be, or None where it cannot be known."""
        if not self.under:
            return total(self.over)
        with localcontext(EXACT):
            under = total(self.under)
            return total(self.over) / under if under else None


@dataclass(frozen=True, slots=True)
class Attachment:
    """All readings of one cue: ``readings`` may be told, the best first; ``excuses`` only silence it where they hold.

    ``open``: parts are left out, so that the rest only must not exceed the whole. ``whole``: the parts are known to be
    all, so that a large gap is told, too. ``loose``: the second of two clauses may tell of another thing than a part.
    """

    readings: tuple[Reading, ...]
    cued: Cued
    excuses: tuple[Reading, ...] = ()
    open: bool = False
    whole: bool = False
    loose: bool = False


def total(terms: Terms) -> Decimal:
    """Return the signed sum of the terms."""
    return sum([number.value if sign > 0 else -number.value for sign, number in terms], Decimal(0))


def summed(numbers: Iterable[Number]) -> Terms:
    """Return the terms that add up these numbers."""
    return tuple((1, number) for number in numbers)
