"""A date as typed: 2024-01-15, 2024年1月15日 -> the day."""

from __future__ import annotations

import datetime
import re

from reportgen.numbers.numerals import mended
from reportgen.telling.messages import _, joined

DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


class DateError(ValueError):
    """What is no date; its text says why, "" where it does not look like one."""


def read_date(text: str) -> datetime.date:
    """Return the day that a text means, one of this century. Raises DateError."""
    match = DATE.fullmatch(mended(text))
    if match is None:
        raise DateError
    try:
        date = datetime.date(*map(int, match.groups()))
    except ValueError:
        raise DateError(_("there is no such day in the calendar")) from None
    if not 2000 <= date.year < 2100:
        raise DateError(_("the year must be between 2000 and 2099"))
    return date


def advice(error: DateError) -> str:
    """Return what to type instead."""
    return joined([str(error), _("type year-month-day, such as 2024-01-15")])
