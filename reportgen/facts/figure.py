"""A fact as a figure of a table: 案件.受理, 件, 14892. Light to load: a run with nothing to do needs no more."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """A fact by its full name: its unit, its number as printed (“” where it is not one number: 3000余), its text."""

    name: str
    unit: str
    number: str
    text: str
