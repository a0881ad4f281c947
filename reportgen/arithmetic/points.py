"""提高2.5% of a rate -> whether 2.5个百分点 are meant: 96% raised by 2.5% is 98.4%, by 2.5个百分点 98.5%."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.judging import at_digits
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.scope import NEAR
from reportgen.arithmetic.units import PERCENT
from reportgen.numbers.quantity import trimmed

GROWTH = ("率", "幅", "幅度", "速")  # 增长率2.5%, 增幅2.5%: growth itself, of whatever


@dataclass(frozen=True, slots=True)
class Asked:
    """A growth of a rate, and the rates from which points follow: none, or the later less the earlier."""

    number: Number
    rates: tuple[Number, ...] = ()

    @property
    def points(self) -> str:
        """What is likelier meant: 2.5个百分点."""
        return f"{self.number.digits}个百分点"


def asked(page: Page) -> Iterator[Asked]:
    """Yield the percentages by which a rate is said to rise or fall, and which are no growth of it or of a level."""
    for number in page.numbers:
        grows = number.role == "growth" and number.kind == PERCENT and not number.place.path
        if grows and "分别" not in number.words and not _head(page, number).endswith(GROWTH):
            before = page.before(number, NEAR)
            rate = _rate(page, number, before)
            if rate is None or any(other.role == "past" for other in before):
                continue
            base = next((other for other in reversed(before) if _is_base(other, rate)), None)
            if base is None:
                yield Asked(number)
            elif not _grew(rate, base, number):
                yield Asked(number, (rate, base) if abs(rate.value - base.value) == abs(number.value) else ())


def _rate(page: Page, number: Number, before: tuple[Number, ...]) -> Number | None:
    """Return the rate that grew, or the growth itself where its own clause names one: 满意率提高2.5%."""
    rates = cues().row("points", "rate")
    subject = _subject(page, number)
    last = before[-1] if before else None
    if subject:
        named = rates.search(subject)
        own = (
            last
            if last and last.kind == PERCENT and last.role != "growth" and rates.search(_head(page, last))
            else number
        )
        return own if named else None
    if last is None or last.kind != PERCENT or last.role == "growth" or number.place.clause - last.place.clause > 1:
        return None
    levels = any(other.is_level for other in before)  # 受理445件，结案率97.5%，增长2.5%: of the cases, perhaps
    if levels and not cues().row("points", "verb").search(page.clause(number)):
        return None
    return last if rates.search(_head(page, last)) else None


def _subject(page: Page, number: Number) -> str:
    """Return the words of its clause that name what grew, without those that compare and the word for growing."""
    words = page.clause(number) if number.place.start >= number.place.since else number.words
    return cues().any("compared").sub("", words).strip()


def _head(page: Page, number: Number) -> str:
    """Return the words up to the noun of a rate: 受援人满意率 of 受援人满意率由96%提高到."""
    return cues().row("points", "reached").sub("", page.clause(number))


def _is_base(other: Number, rate: Number) -> bool:
    return other is not rate and other.kind == PERCENT and other.role != "growth"


def _grew(rate: Number, base: Number, number: Number) -> bool:
    """Whether the rate grew by this share of its base."""
    change = abs(rate.value - base.value) / base.value if base.value else Decimal(0)
    return at_digits(change, number) == abs(number.value)


def working(page: Page, found: Asked) -> str:
    """Return what is likelier meant, with its arithmetic where the rates are told: 98.5% - 96% = 2.5个百分点."""
    if not found.rates:
        return found.points
    more, less = sorted(found.rates, key=lambda rate: -rate.value)
    points = trimmed((more.value - less.value) * 100)
    return f"{page.said(more)} - {page.said(less)} = {points}个百分点"
