"""Tables -> an Excel workbook, the same bytes for the same tables; a cell that came from data is never a formula."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from reportgen.telling.views import width

Value = str | int | Decimal | None
LONGEST = 32_767  # characters that a cell of Excel takes
WIDEST = 60  # columns are not wider than so many characters
MAX_TITLE = 31  # characters of the name of a sheet
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)  # no clock: XlsxWriter takes no zone
NO_TITLE = re.compile(r"[\[\]:*?/\\]")
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Sheet(NamedTuple):
    """A table: its title, the names of its columns, and rows of text and numbers; None is an empty cell.

    Numbers in the columns ``signed`` (from 0) are changes: they show + or -.
    """

    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Value]]
    signed: tuple[int, ...] = ()


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Return the .xlsx file with a sheet for each table: its head stays in view and has filters."""
    import xlsxwriter  # 0.05 s, which only who wants a workbook need spend

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({"created": MADE, "author": "reportgen"})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        signed = book.add_format({"valign": "top", "num_format": "+General;-General;0"})
        for title, sheet in zip(_titles(sheets), sheets, strict=True):
            page = book.add_worksheet(title)
            for y, row in enumerate((sheet.head, *sheet.rows)):
                for x, value in enumerate(row):
                    if isinstance(value, int | Decimal):
                        page.write_number(y, x, value, signed if x in sheet.signed else wrapped)
                    elif value:
                        page.write_string(y, x, value[:LONGEST], wrapped if y else bold)
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, max(1, len(sheet.rows)), max(0, len(sheet.head) - 1))
            for x, wide in enumerate(_widths(sheet)):
                page.set_column(x, x, wide)
    return out.getvalue()


def _titles(sheets: Iterable[Sheet]) -> list[str]:
    """Return the titles as Excel takes them: short, without its signs, no two the same."""
    found: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        title = NO_TITLE.sub("_", sheet.title).strip("' ")[:MAX_TITLE] or str(number)
        taken = title.casefold() in (each.casefold() for each in found)
        found.append(f"{title[: MAX_TITLE - 4]} {number}" if taken else title)
    return found


def _widths(sheet: Sheet) -> list[int]:
    columns = zip(sheet.head, *sheet.rows, strict=True)
    return [min(WIDEST, max(width(str(value or "")) for value in column) + 3) for column in columns]
