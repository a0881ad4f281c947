"""Inputs as they are worked on -> on a terminal a bar below what is said, else a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from reportgen.helping.board import words_of
from reportgen.running.batch import Done
from reportgen.running.outcome import Outcome

if TYPE_CHECKING:  # slow to load, and only a terminal has a bar
    from reportgen.helping.bar import Bar

LEAST = 2  # inputs: one alone is done at once


@dataclass
class Progress:
    """Shows how far the work is, in a bar on the ``terminal`` if there is one; ``lines`` gives an input a line each."""

    terminal: IO[str] | None = None
    lines: bool = False
    _bar: Bar | None = None
    _worked: dict[str, None] = field(default_factory=dict)
    _todo: Sized = ()
    _told: int = 0

    def watched(self, done: Done, todo: Sized) -> Iterator[tuple[int, Outcome]]:
        """Yield what is done ``todo``: those alone that are worked on, not what is known to be as it was."""
        if self.terminal and len(todo) >= LEAST:
            from reportgen.helping.bar import Bar

            self._bar = Bar(self.terminal)
            yield from self._bar.watched(done, todo)
            return
        self._todo = todo
        for index, outcome in done:
            self._worked[outcome.input] = None
            yield index, outcome

    def line(self, outcome: Outcome) -> str:
        """Return the line of an input that was worked on: [3/23] 2023/qinghe: built, changed."""
        state = outcome.summary.state
        if not self.lines or len(self._todo) < LEAST or state is None or outcome.input not in self._worked:
            return ""
        self._told += 1
        path = PurePosixPath(outcome.input)
        return f"[{self._told}/{len(self._todo)}] {path.parent.name}/{path.stem}: {words_of(state)}"

    def say(self, text: str) -> bool:
        """Show a text above the bar; tell whether there is one."""
        return self._bar is not None and self._bar.say(text)

    def stop(self) -> None:
        """Take the bar away: the work was broken off."""
        if self._bar:
            self._bar.stop()
