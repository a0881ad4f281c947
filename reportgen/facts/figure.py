"""A fact as a figure of a table: 案件.受理, 件, 14892. Light to load: a run with nothing to do needs no more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Figure(NamedTuple):
    """A fact by its full name: its unit, its number as printed (“” where it is not one number: 3000余), its text."""

    name: str
    unit: str
    number: str
    text: str


def as_text(figures: Iterable[Figure]) -> str:
    """Return figures as one text, which can be kept and compared without being read."""
    return json.dumps(list(figures), ensure_ascii=False)


def figures_in(text: str) -> Iterator[Figure]:
    """Yield the figures of a text that was written so."""
    return (Figure(*each) for each in json.loads(text or "[]"))
