"""Bounds: a level 超过 its target; rates that are the difference of two others, and what lies between two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading
from reportgen.arithmetic.scope import FAR
from reportgen.arithmetic.units import PERCENT, POINTS

MOST_RATES = 6


def bounds(page: Page) -> Iterator[Attachment]:
    """Yield the numbers that are said to lie above or below the next: 巡回服务75次，超过年度目标80次."""
    for level, other in zip(page.numbers, page.numbers[1:], strict=False):
        near = level.kind == other.kind and level.place.sentence == other.place.sentence and level.run != other.run
        if near and level.place.path == other.place.path and other.place.clause - level.place.clause in (1, 2):
            clause = page.clause(other)
            cue = next((cue for cue in cues().of("bounds") if cue.words.search(clause)), None)
            if cue:
                limit = replace(other, hedge="")  # 以内, 不超过: what the cue says
                yield Attachment((Reading("bound", level, ((1, limit),), bound=cue.column("role")),), Cued.STRONG)


def identities(page: Page) -> Iterator[Attachment]:
    """Yield the rates that are the difference of two others: 自然增长率 = 出生率 - 死亡率."""
    rates = [number for number in page.numbers if number.kind == "%" and number.words]
    for cue in cues().of("identities"):
        for at, number in enumerate(rates):
            if cue.words.search(number.words):
                before = [other for other in rates[max(0, at - MOST_RATES) : at]
                          if number.place.sentence - other.place.sentence <= 1]  # fmt: skip
                more, less = (_said_of(cue.column(name), before) for name in ("more", "less"))
                if more and less:
                    yield Attachment((Reading("difference", number, ((1, more), (-1, less))),), Cued.GOOD)


def distances(page: Page) -> Iterator[Attachment]:
    """Yield the 个百分点 between a rate and the one it is compared with: 98.6%，比上年的97.8%提高0.8个百分点."""
    cue = cues().any("against")
    for number in page.numbers:
        before = page.before(number, 2 * MOST_RATES) if number.kind == POINTS and number.unit != "倍" else ()
        rates = [other for other in before if other.kind == PERCENT and other.role != "growth"]
        near = [other for other in rates if number.place.clause - other.place.clause <= 1]
        base = next((other for other in reversed(near) if cue.search(_compared(page, other))), None)
        reached = base and next((other for other in near if other.index == base.index + 1), None)
        if base and reached and reached.place.clause == base.place.clause:  # 由95.2%提高到97.5%，提高2.3个百分点
            yield from _distance(number, base, [reached], [reached])
        elif base and base.index == number.index - 1 and _adjoins(page, base, number):
            levels = [other for other in reversed(rates) if other.index < base.index][:MOST_RATES]
            beside = [other for other in levels if base.place.clause - other.place.clause <= 2]
            yield from _distance(number, base, beside or levels, levels)


def _compared(page: Page, base: Number) -> str:
    """Return the words before a rate, or those before its bracket: 较上月（95.97%）."""
    return base.words or (page.text[max(0, base.place.since - FAR) : base.place.since - 1] if base.place.path else "")


def _adjoins(page: Page, base: Number, number: Number) -> bool:
    """Whether a rate stands in the clause of a number, or in the bracket in it."""
    return base.place.clause == number.place.clause or page.brackets.get(base.place.since - 1) == number.place.start - 1


def _distance(number: Number, base: Number, told: Sequence[Number], every: Sequence[Number]) -> Iterator[Attachment]:
    """Yield what lies between the base and those told, where it is that of none, as far as all are rounded."""
    for level in every:
        rounding = (base.step + level.step + number.step) / 2
        if abs(abs(level.value - base.value) - number.value) <= rounding:
            return
    readings = [Reading("difference", number, ((1, max(level, base, key=_value)), (-1, min(level, base, key=_value))))
                for level in told]  # fmt: skip
    if readings:
        reached = told[0].index > base.index  # 由95%提高到97.5%
        yield Attachment(tuple(readings), Cued.STRONG if reached else Cued.GOOD if len(told) == 1 else Cued.FAIR)


def _value(number: Number) -> Decimal:
    return number.value


def _said_of(word: str, rates: Sequence[Number]) -> Number | None:
    return next((number for number in reversed(rates) if word in number.words), None)
