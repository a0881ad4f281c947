"""Work on a terminal -> a bar below what is said: how much is done, how fast it goes, and how long it still takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import IO, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from reportgen.telling.messages import _

T = TypeVar("T")


class _Rate(ProgressColumn):
    """18.5/s; 7/min where it goes slowly."""

    def render(self, task: Task) -> Text:
        """Return how many are done in a second, or a minute."""
        speed = task.finished_speed or task.speed or 0
        if speed >= 1 or not speed:
            return Text(_("{n}/s").format(n=f"{speed:.1f}"))
        return Text(_("{n}/min").format(n=f"{speed * 60:.0f}"))


class Bar:
    """The bar, while there is one; what is said meanwhile stands above it."""

    def __init__(self, stream: IO[str]) -> None:
        self._console = Console(file=stream, markup=False, highlight=False, emoji=False)
        self._progress: Progress | None = None

    def watched(self, done: Iterable[T], todo: Sized) -> Iterator[T]:
        """Yield what is done ``todo``, of which more may be found; the bar is there until all is."""
        columns = (BarColumn(), MofNCompleteColumn(), _Rate(), TextColumn(_("time left")), TimeRemainingColumn())
        bar = Progress(
            TextColumn("{task.description}"), *columns, console=self._console, transient=True,
            redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
        task = bar.add_task(_("working"), total=len(todo))
        self._progress = bar
        bar.start()
        try:
            for each in done:
                bar.update(task, advance=1, total=len(todo))
                yield each
        finally:
            self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        if self._progress:
            self._progress.stop()
        self._progress = None

    def say(self, text: str) -> bool:
        """Show a text, colours and all, above the bar; tell whether there is one."""
        if self._progress is None:
            return False
        self._console.print(Text.from_ansi(text), soft_wrap=True)
        return True
