"""Tables in texts -> totals, shares and rates that their cells do not give, as a reader checks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import groupby, pairwise, takewhile

from reportgen.arithmetic.cues import cues
from reportgen.checking.case import Case
from reportgen.checking.passages import Kind, Passage
from reportgen.numbers.numerals import read_measured
from reportgen.numbers.quantity import Quantity, QuantityError, convert, trimmed
from reportgen.reading.trace import Traced
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _

TOTAL = re.compile(r"\s*(?:合\s*计|总\s*计|共\s*计|总数|总\s*分)\s*")
SUBTOTAL = re.compile(r".*小\s*计\s*", re.DOTALL)  # 城区小计: of some rows
ACROSS = re.compile(r"\s*(?:合\s*计|总\s*计|共\s*计|小\s*计)\s*(?:[（(].*[）)])?\s*")  # the head of a column of totals
SHARE = re.compile("占比|比例|比重|占.{0,6}%")
AMONG = re.compile(r"\s*(?:其中|#)")
FULL, POINTS = re.compile("分值|权重|满分"), re.compile("分值|权重|满分|得分")
EXECUTION = (10, 20)
DIGITS = re.compile(r"\d")
DASH = re.compile(r"\s*(?:[—－-]{1,2}|/)\s*")


@dataclass(frozen=True)
class Table:
    """The cells of one table by row; the first row is its head. Values are None where a cell is no number."""

    cells: tuple[tuple[Passage, ...], ...]
    values: tuple[tuple[Quantity | None, ...], ...]

    @cached_property
    def subtotals(self) -> tuple[int, ...]:
        """The rows that are the sum of some rows: 城区小计, and 小计 beside the name of a part."""
        return tuple(at for at, row in enumerate(self.cells) if at and any(map(_is_subtotal, _label(row))))

    @cached_property
    def total_row(self) -> int | None:
        """The one row of totals, if there is one and no row is a part of another."""
        rows = [at for at, row in enumerate(self.cells) if at and TOTAL.fullmatch(row[0].text)]
        return rows[0] if len(rows) == 1 and not self.is_parted else None

    @property
    def is_parted(self) -> bool:
        """Whether a row is a part of another, so that nothing is the sum of all."""
        return any(AMONG.match(row[0].text) for row in self.cells)

    @cached_property
    def plain_rows(self) -> tuple[int, ...]:
        """The rows that are no sum of others."""
        return tuple(row for row in range(1, len(self.cells)) if row not in (self.total_row, *self.subtotals))

    def column(self, at: int) -> list[tuple[int, Quantity]]:
        """Return the rows and values of a column, without the sums; empty where one of them is no number."""
        return self.values_of(at, self.plain_rows)

    def values_of(self, at: int, rows: Sequence[int]) -> list[tuple[int, Quantity]]:
        """Return these rows and their values in a column; empty where one of them is no number, or there is one.

        A dash is nothing, and adds nothing.
        """
        rows = [row for row in rows if not DASH.fullmatch(self.cells[row][at].text)]
        values = [self.values[row][at] for row in rows]
        known = [value for value in values if value is not None]
        return list(zip(rows, known, strict=True)) if len(known) == len(rows) > 1 else []

    def summed(self) -> Iterator[tuple[int, tuple[tuple[int, ...], ...]]]:
        """Yield each row of a sum, with the rows that it may be the sum of: one reading that holds is enough."""
        if self.is_parted:
            return
        first = bool(self.subtotals) and self.plain_rows[:1] > self.subtotals[:1]  # 小计 stands above its rows
        edges = [0, *self.subtotals, len(self.cells)]
        parts = [
            tuple(row for row in self.plain_rows if low < row < high)
            for low, high in (pairwise(edges[1:]) if first else pairwise(edges[:-1]))
        ]
        yield from ((row, (below,)) for row, below in zip(self.subtotals, parts, strict=True))
        if self.total_row is not None:
            within = {row for below in parts for row in below}
            outer = tuple(sorted({*self.subtotals, *(row for row in self.plain_rows if row not in within)}))
            yield self.total_row, tuple(dict.fromkeys((self.plain_rows, outer)))

    def head(self, at: int) -> str:
        """Return the head of a column."""
        return str(self.cells[0][at].text)


def tables(case: Case) -> Iterator[Finding]:
    """What a table sums up, or works out beside its counts, is what its cells give."""
    for table in tables_in(case):
        yield from _sums(table)
        yield from _sums_across(table)
        yield from _shares(table)
        yield from _rates(table)


def tables_in(case: Case) -> Iterator[Table]:
    """Yield the tables in the texts of a case that have a head and two rows at least."""
    cells = [passage for passage in case.texts if passage.grid]
    for _key, group in groupby(cells, key=lambda passage: (passage.about, passage.grid[:1])):
        if table := _table(list(group)):
            yield table


def _table(passages: Sequence[Passage]) -> Table | None:
    known = {passage.grid[1:]: passage for passage in passages}
    last, width = max(row for row, _at in known), max(at for _row, at in known) + 1
    if last < 2 or width < 2:
        return None
    empty = Passage(passages[0].about, Traced(), Kind.CELL)
    rows = tuple(tuple(known.get((row, at), empty) for at in range(width)) for row in range(last + 1))
    return Table(rows, tuple(tuple(_value(cell.text) for cell in row) for row in rows))


def _label(row: Sequence[Passage]) -> Iterator[str]:
    """Yield the texts at the left of a row, up to its first number."""
    yield from (str(cell.text) for cell in takewhile(lambda cell: not DIGITS.search(cell.text), row))


def _is_subtotal(label: str) -> bool:
    return SUBTOTAL.fullmatch(label) is not None


def _value(text: str) -> Quantity | None:
    try:
        value = read_measured(text) if DIGITS.search(text) else None
    except QuantityError:
        return None
    return value if value is not None and value.exact else None


def _sums(table: Table) -> Iterator[Finding]:
    """The row 合计 is the sum of the others, 小计 of those of its part, column by column; rounded as they are."""
    for total, readings in table.summed():
        for at in range(1, len(table.cells[0])):
            stated = table.values[total][at]
            parts = [found for rows in readings if (found := table.values_of(at, rows))]
            if stated is None or not parts or _is_rate(table, at):
                continue
            apart = [_difference(stated, [value for _row, value in found]) for found in parts]
            if all(apart) and not _lacks_execution(table, at, apart[0]):
                cells = [table.cells[row][at] for row, _value in parts[0]]
                yield _not_summed(table.cells[total][at], stated, cells, stated.low - apart[0])


def _difference(stated: Quantity, parts: Sequence[Quantity]) -> Decimal:
    """Return what a total has more than its parts make, 0 where rounding explains it or they count other things."""
    if len({value.unit.base for value in (stated, *parts) if value.unit.symbol}) > 1:
        return Decimal(0)
    if not stated.unit.symbol and len({part.unit.symbol for part in parts}) > 1:
        return Decimal(0)
    parts = [convert(part, stated.unit) if part.unit.symbol and stated.unit.symbol else part for part in parts]
    summed = sum((part.low for part in parts), Decimal(0))
    rounding = sum((part.slack for part in parts if part.places), stated.slack if stated.places else Decimal(0))
    return stated.low - summed if abs(stated.low - summed) > rounding else Decimal(0)


def _not_summed(cell: Passage, stated: Quantity, parts: Sequence[Passage], summed: Decimal) -> Finding:
    shown = trimmed(summed) + stated.unit.symbol
    return _apart("parts-mismatch", cell, f"{' + '.join(part.text for part in parts)} = {shown}", shown)


def _sums_across(table: Table) -> Iterator[Finding]:
    """A column 合计 is the sum of those beside it: told in a table where that holds for another row."""
    width = len(table.cells[0])
    for at in (at for at in range(1, width) if ACROSS.fullmatch(table.head(at))):
        beside = [column for column in range(1, width) if column != at and not _is_rate(table, column)]
        rows = {row: _across(table, row, at, beside) for row in range(1, len(table.cells))}
        judged = {row: apart for row, apart in rows.items() if apart is not None}
        holding = [row for row, apart in judged.items() if not apart]
        for row, apart in judged.items():
            stated = table.values[row][at]
            if apart and holding and stated is not None:
                parts = [table.cells[row][column] for column in beside]
                yield _not_summed(table.cells[row][at], stated, parts, stated.low - apart)


def _across(table: Table, row: int, at: int, beside: Sequence[int]) -> Decimal | None:
    """Return what the total of a row has more than the columns beside it make; None where that cannot be judged.

    It may be the total of some of them that stand next to it: one reading that holds is enough.
    """
    stated, values = table.values[row][at], [table.values[row][column] for column in beside]
    known = [value for value in values if value is not None]
    if stated is None or len(known) != len(values) or len(known) < 2:
        return None
    nearest = [known[start:] for start in range(len(known) - 1)] + [known[:end] for end in range(2, len(known))]
    apart = [_difference(stated, found) for found in nearest]
    return apart[0] if all(apart) else Decimal(0)


def _lacks_execution(table: Table, at: int, lacking: Decimal) -> bool:
    """Whether the points of the execution of the budget, 10 or 20 of 100, stand elsewhere (财预〔2020〕10号)."""
    if not POINTS.search(table.head(at)) or table.total_row is None:
        return False
    for column in range(1, len(table.cells[0])):
        total, parts = table.values[table.total_row][column], table.column(column)
        if FULL.search(table.head(column)) and total and parts and total.low == 100:
            left = 100 - sum((part.low for _row, part in parts), Decimal(0))
            return left in EXECUTION and 0 <= lacking <= left
    return False


def _is_rate(table: Table, at: int) -> bool:
    """Whether a column holds rates, which are never summed; shares of a whole are."""
    return table.head(at).endswith("率") or "平均" in table.head(at) or "均" in table.head(at)[:2]


def _shares(table: Table) -> Iterator[Finding]:
    """A share is that of the count to its left in the total of that column."""
    total = table.total_row
    for at in range(2, len(table.cells[0])):
        counts = table.column(at - 1)
        if not SHARE.search(table.head(at)) or not counts:
            continue
        summed = sum((value.low for _row, value in counts), Decimal(0))
        stated_total = table.values[total][at - 1] if total is not None else None
        wholes = [summed, *([stated_total.low] if stated_total else [])]  # a wrong total is told by itself
        for row, value in counts:
            share = table.values[row][at]
            if share is not None and share.unit.is_percent and all(wholes):
                apart = [list(_quotient("share-mismatch", table, (row, at), value.low, whole)) for whole in wholes]
                yield from apart[0] if all(apart) else ()


def _rates(table: Table) -> Iterator[Finding]:
    """A rate (结案率) is that of the counts whose heads name its parts (办结, 受理)."""
    for at in range(1, len(table.cells[0])):
        for cue in cues().of("rates"):
            if not table.head(at).endswith("率") or not cue.words.search(table.head(at)):
                continue
            others = [
                column for column in range(1, len(table.cells[0])) if column != at and not _is_rate(table, column)
            ]
            parts = [column for column in others if re.search(cue.column("part"), table.head(column))]
            wholes = [column for column in others if re.search(cue.column("whole"), table.head(column))]
            if len(parts) == len(wholes) == 1 and parts != wholes:
                yield from _rated(table, at, parts[0], wholes[0])
            break


def _rated(table: Table, at: int, part: int, whole: int) -> Iterator[Finding]:
    for row in range(1, len(table.cells)):
        over, under, rate = (table.values[row][column] for column in (part, whole, at))
        if over and under and rate and under.low and rate.unit.is_percent:
            yield from _quotient("rate-mismatch", table, (row, at), over.low, under.low)


def _quotient(code: str, table: Table, place: tuple[int, int], over: Decimal, under: Decimal) -> Iterator[Finding]:
    row, at = place
    stated, cell = table.values[row][at], table.cells[row][at]
    if stated is None:
        return
    step = Decimal(1).scaleb(-(stated.places or 0))
    expected = (over * 100 / under).quantize(step, ROUND_HALF_UP)
    if abs(expected - stated.low) > step / 2:
        shown = f"{expected}%"
        yield _apart(code, cell, f"{trimmed(over)} ÷ {trimmed(under)} = {shown}", shown)


def _apart(code: str, cell: Passage, working: str, expected: str) -> Finding:
    stated = str(cell.text).strip()
    message = _("the text says {stated}, but {working}").format(stated=stated, working=working)
    hint = _("type {expected}, or correct the other cells").format(expected=expected)
    return Finding(code, cell.span(0, len(cell.text)), message, hint, cell.about, stated, expected, True, stated)
