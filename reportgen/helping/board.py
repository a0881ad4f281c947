"""Outcomes -> the table that an office reads after a build: who is where, what is wrong first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from reportgen.running.outcome import Outcome, State
from reportgen.telling.catalogue import ERROR, WARNING
from reportgen.telling.messages import _, joined
from reportgen.telling.views import width

URGENT = (State.MISSING, State.WITH_ERRORS, State.OUT_OF_DATE, State.LOCKED, State.ORPHANED, State.EDITED)

BUILT = (State.CHANGED, State.UNCHANGED, State.EDITED, State.OTHER_FONTS, State.DRAFT)


class Line(NamedTuple):
    """One centre."""

    name: str
    unit: str
    scores: tuple[tuple[str, str], ...]
    errors: int
    warnings: int
    pages: int
    state: State

    @property
    def as_data(self) -> dict[str, object]:
        """The JSON object of ``status --format json``."""
        return {**self._asdict(), "scores": dict(self.scores), "state": self.state.value}


def lines_of(outcomes: Iterable[Outcome]) -> list[Line]:
    """Return a line for each outcome that has a state; what cannot be sent stands first."""
    found = [line_of(outcome) for outcome in outcomes if outcome.summary.state]
    return sorted(found, key=lambda line: URGENT.index(line.state) if line.state in URGENT else len(URGENT))


def line_of(outcome: Outcome) -> Line:
    """Return the line of an outcome."""
    path, summary = PurePosixPath(outcome.input), outcome.summary
    counts = Counter(finding.severity for finding in outcome.findings)
    name = f"{path.parent.name}/{path.stem}"
    state = summary.state or State.WITH_ERRORS
    return Line(name, summary.unit, summary.scores, counts[ERROR], counts[WARNING], summary.pages, state)


def words_of(state: State) -> str:
    """Return what a state is called."""
    return {
        State.CHANGED: _("built, changed"),
        State.UNCHANGED: _("unchanged"),
        State.EDITED: _("edited by hand"),
        State.OTHER_FONTS: _("made with other fonts"),
        State.DRAFT: _("draft"),
        State.STALE: _("to be built"),
        State.WITH_ERRORS: _("with errors"),
        State.OUT_OF_DATE: _("out of date"),
        State.LOCKED: _("cannot be written"),
        State.MISSING: _("no input yet"),
        State.ORPHANED: _("without input"),
    }[state]


def table(lines: Sequence[Line]) -> list[str]:
    """Return the table as lines of text, in columns; a Chinese character is two cells wide."""
    head = (_("input"), _("centre"), _("score"), _("errors"), _("warnings"), _("pages"), _("state"))
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(width(row[column]) for row in rows) for column in range(len(head))]
    return [
        "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _cells(line: Line) -> tuple[str, ...]:
    scores = "、".join(dict.fromkeys(score for _form, score in line.scores)) or "—"
    counts = (str(count) if count else "—" for count in (line.errors, line.warnings, line.pages))
    return (line.name, line.unit or "—", scores, *counts, words_of(line.state))


def tally(lines: Sequence[Line]) -> str:
    """Return the last line: 23 inputs: 21 built (4 changed), 2 with errors, 1 missing."""
    counts = Counter(line.state for line in lines)
    stopped = counts[State.WITH_ERRORS] + counts[State.OUT_OF_DATE]
    built = sum(counts[state] for state in BUILT)
    inputs = built + stopped + counts[State.STALE] + counts[State.LOCKED]
    parts = [_("{n} built ({changed} changed)").format(n=built, changed=counts[State.CHANGED] + counts[State.DRAFT])]
    for number, text in (
        (counts[State.STALE], _("{n} to be built")),
        (stopped, _("{n} with errors")),
        (counts[State.OUT_OF_DATE], _("{n} out of date")),
        (counts[State.LOCKED], _("{n} cannot be written")),
        (counts[State.EDITED], _("{n} edited by hand")),
        (counts[State.OTHER_FONTS], _("{n} made with other fonts")),
        (counts[State.MISSING], _("{n} missing")),
        (counts[State.ORPHANED], _("{n} without input")),
    ):
        if number:
            parts.append(text.format(n=number))
    return _("{n} input(s): {parts}").format(n=inputs, parts=joined(parts))
