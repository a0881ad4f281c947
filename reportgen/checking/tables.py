"""Tables in texts -> totals, shares and rates that their cells do not give, as a reader checks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from reportgen.arithmetic.cues import cues
from reportgen.checking.case import Case
from reportgen.checking.passages import Kind, Passage
from reportgen.numbers.numerals import read_measured
from reportgen.numbers.quantity import Quantity, QuantityError, trimmed
from reportgen.reading.trace import Traced
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _

TOTAL = re.compile(r"\s*(?:合\s*计|总\s*计|共\s*计|小\s*计|总数|总\s*分)\s*")
SHARE = re.compile("占比|比例|比重|占.{0,6}%")
AMONG = re.compile(r"\s*(?:其中|#)")
FULL, POINTS = re.compile("分值|权重|满分"), re.compile("分值|权重|满分|得分")
EXECUTION = (10, 20)
DIGITS = re.compile(r"\d")


@dataclass(frozen=True)
class Table:
    """The cells of one table by row; the first row is its head. Values are None where a cell is no number."""

    cells: tuple[tuple[Passage, ...], ...]
    values: tuple[tuple[Quantity | None, ...], ...]

    @property
    def total_row(self) -> int | None:
        """The one row of totals, if there is one and no row is a part of another."""
        rows = [at for at, row in enumerate(self.cells) if at and TOTAL.fullmatch(row[0].text)]
        parted = any(AMONG.match(row[0].text) for row in self.cells)
        parted |= any(row[0].text.startswith("小") for row in (self.cells[at] for at in rows))  # 小计: of some rows
        return rows[0] if len(rows) == 1 and not parted else None

    def column(self, at: int) -> list[tuple[int, Quantity]]:
        """Return the rows and values of a column, without the total; empty where one of them is no number."""
        rows = [row for row in range(1, len(self.cells)) if row != self.total_row]
        values = [self.values[row][at] for row in rows]
        known = [value for value in values if value is not None]
        return list(zip(rows, known, strict=True)) if len(known) == len(rows) > 1 else []

    def head(self, at: int) -> str:
        """Return the head of a column."""
        return str(self.cells[0][at].text)


def tables(case: Case) -> Iterator[Finding]:
    """What a table sums up, or works out beside its counts, is what its cells give."""
    for table in tables_in(case):
        yield from _sums(table)
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


def _value(text: str) -> Quantity | None:
    try:
        value = read_measured(text) if DIGITS.search(text) else None
    except QuantityError:
        return None
    return value if value is not None and value.exact else None


def _sums(table: Table) -> Iterator[Finding]:
    """The row 合计 is the sum of the others, column by column; percentages within the rounding of each."""
    total = table.total_row
    if total is None:
        return
    for at in range(1, len(table.cells[0])):
        stated, parts = table.values[total][at], table.column(at)
        if stated is None or not parts or _is_rate(table, at) or len({part.unit.base for _row, part in parts}) > 1:
            continue
        summed = sum((part.low for _row, part in parts), Decimal(0))
        rounding = sum(
            (part.slack for _row, part in parts if part.places), stated.slack if stated.places else Decimal(0)
        )
        if abs(stated.low - summed) > rounding and not _lacks_execution(table, at, stated.low - summed):
            working = " + ".join(table.cells[row][at].text for row, _part in parts)
            shown = trimmed(summed) + stated.unit.symbol
            yield from _apart("parts-mismatch", table.cells[total][at], f"{working} = {shown}", shown)


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
        yield from _apart(code, cell, f"{trimmed(over)} ÷ {trimmed(under)} = {shown}", shown)


def _apart(code: str, cell: Passage, working: str, expected: str) -> Iterator[Finding]:
    stated = str(cell.text).strip()
    message = _("the text says {stated}, but {working}").format(stated=stated, working=working)
    hint = _("type {expected}, or correct the other cells").format(expected=expected)
    yield Finding(code, cell.span(0, len(cell.text)), message, hint, cell.about, stated, expected, True, stated)
