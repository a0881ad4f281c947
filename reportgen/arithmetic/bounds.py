"""Bounds: a level 超过 its target, a rate 高于 the one required; rates that are the difference of two others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading

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


def _said_of(word: str, rates: Sequence[Number]) -> Number | None:
    return next((number for number in reversed(rates) if word in number.words), None)
