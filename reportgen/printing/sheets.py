"""Tables -> .xlsx bytes, the same for the same tables; a number is a number, and a text is never a formula."""

from __future__ import annotations

import datetime
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlsxwriter.format
    import xlsxwriter.worksheet

Value = str | int | Decimal | None
MAX_TITLE, NO_TITLE = 31, re.compile(r"[\[\]:*?/\\]")  # of the name of a sheet
LONGEST = 32_767  # characters of a cell
DIGITS = 15  # that Excel keeps of a number
LINE, MOST_LINES = 16, 12  # of a row: points, lines
A4, FEW = 9, 12  # Excel's number of the paper, and columns that fit on it
NARROWEST, WIDEST, WRAPPED = 6, 48, 18  # columns of a cell, and of a head
MADE = datetime.datetime(2000, 1, 1)  # Excel asks for a date, and is told nothing by it
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


@dataclass(frozen=True)
class Sheet:
    """A table with one head; the first ``fixed`` columns stay in sight. A Decimal is a number, with its digits."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]
    fixed: int = 1
    wide: frozenset[int] = field(default_factory=frozenset)  # columns of whole sentences
    signed: tuple[int, ...] = ()  # columns of changes: their numbers show + or -


def workbook_of(sheets: Sequence[Sheet], title: str) -> bytes:
    """Return the sheets as a workbook."""
    import xlsxwriter  # only an office's build needs it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"title": title, "created": MADE})
    styles = _Styles(book)
    for called, sheet in zip(_titles(sheets), sheets, strict=True):
        _write(book.add_worksheet(called), sheet, styles)
    book.close()
    return out.getvalue()


def _titles(sheets: Iterable[Sheet]) -> list[str]:
    """Return the titles as Excel takes them: short, without its signs, no two the same."""
    found: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        title = NO_TITLE.sub("_", sheet.title).strip("' ")[:MAX_TITLE] or str(number)
        taken = title.casefold() in (each.casefold() for each in found)
        found.append(f"{title[: MAX_TITLE - 4]} {number}" if taken else title)
    return found


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        plain = {"font_name": "等线", "font_size": 10.5, "valign": "top"}
        self.head = book.add_format(
            {**plain, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E9EEF3", "align": "left"}
        )
        self.text = book.add_format(plain)
        self.signed = book.add_format({**plain, "num_format": "+General;-General;0"})
        self.long = book.add_format({**plain, "text_wrap": True})
        self._book, self._plain = book, plain
        self._numbers: dict[int, xlsxwriter.format.Format] = {}

    def number(self, places: int) -> xlsxwriter.format.Format:
        """Return the format of numbers with so many digits after the point."""
        if places not in self._numbers:
            shape = "#,##0" + ("." + "0" * places if places else "")
            self._numbers[places] = self._book.add_format({**self._plain, "num_format": shape})
        return self._numbers[places]


def _write(sheet: xlsxwriter.worksheet.Worksheet, table: Sheet, styles: _Styles) -> None:
    widths = [_width(table, column) for column in range(len(table.head))]
    sheet.set_row(0, LINE * (1 + max(head.count("\n") for head in table.head)) + 4)
    for column, text in enumerate(table.head):
        sheet.write_string(0, column, text, styles.head)
        sheet.set_column(column, column, widths[column])
    for number, row in enumerate(table.rows, 1):
        lines = max((math.ceil(_columns(str(row[at])) * 1.1 / widths[at]) for at in table.wide), default=1)
        sheet.set_row(number, LINE * min(max(1, lines), MOST_LINES))
        for column, value in enumerate(row):
            amount = Decimal(value) if isinstance(value, int) else value
            if isinstance(amount, Decimal) and _is_kept(amount):
                style = styles.signed if column in table.signed else styles.number(_places(amount))
                sheet.write_number(number, column, float(amount), style)
            elif text := ("" if value is None else str(value))[:LONGEST]:
                style = styles.long if column in table.wide else styles.text
                sheet.write_string(number, column, text.encode(errors="replace").decode(), style)
    sheet.freeze_panes(1, table.fixed)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.head) - 1)
    _lay_out(sheet, table)


def _lay_out(sheet: xlsxwriter.worksheet.Worksheet, table: Sheet) -> None:
    """Set how a sheet prints: on A4 across, a table of few columns on one page's width."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    if len(table.head) <= FEW:
        sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, table.fixed - 1)
    sheet.set_footer("&L&A&R&P / &N")


def _is_kept(value: Decimal) -> bool:
    return value.is_finite() and len(value.as_tuple().digits) <= DIGITS


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _width(table: Sheet, column: int) -> float:
    """Return the width of a column: that of its longest cell; a head may be broken."""
    cells = max((_columns(f"{row[column]:,}" if isinstance(row[column], Decimal) else str(row[column]))
                 for row in table.rows), default=0)  # fmt: skip
    head = max(map(_columns, table.head[column].split("\n")))
    return max(NARROWEST, min(WIDEST, max(cells, min(head + 3, WRAPPED)) + 1.5))


@lru_cache(maxsize=4096)  # most cells of an office are much alike
def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
